from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inspections import ledger


class Command(BaseCommand):
    help = "Rebuild every rectification from its events and notices; fails when a row says anything else."

    def handle(self, *args: Any, **options: Any) -> None:
        checked = differing = 0
        for _rectification, found in ledger.check():
            checked += 1
            differing += bool(found)
            for difference in found:
                self.stdout.write(str(difference))
        if differing:
            raise CommandError(f"{differing} of {checked} rectifications differ from what was kept.")
        self.stdout.write(f"{checked} rectifications rebuilt from their events and notices, no difference.")
