from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit
from accounts.models import AuditRow


class Command(BaseCommand):
    help = "Recompute every digest of the audit trail; fails when a row was altered or taken out."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = list(audit.broken_rows())
        for row in broken:
            self.stdout.write(f"broken: #{row.pk} {row}")
        if broken:
            raise CommandError(
                f"{len(broken)} of {AuditRow.objects.count()} audit rows do not follow from their content."
            )
        self.stdout.write(f"{AuditRow.objects.count()} audit rows checked, none broken.")
