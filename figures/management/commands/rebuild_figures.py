from typing import Any

from django.core.management.base import BaseCommand

from figures import keeping


class Command(BaseCommand):
    help = (
        "Make the counts anew that figures are read from, of everything on file. They are made by `migrate` and kept "
        "by every write; this is for when verify_figures names a difference."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{keeping.rebuild()} institutions counted.")
