from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inspections import as_sent, ledger
from institutions.merges import differences


class Command(BaseCommand):
    help = (
        "Rebuild every rectification from its events and notices, and compare every visit, kept aside or not, with "
        "what was sent, and what institutions say of being merged with their merges; fails when a row says anything "
        "else."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        rounds = differing_rounds = 0
        for _rectification, found in ledger.check():
            rounds += 1
            differing_rounds += bool(found)
            for difference in found:
                self.stdout.write(str(difference))
        visits = differing_visits = 0
        for _visit, first in as_sent.check():
            visits += 1
            if first is not None:
                differing_visits += 1
                self.stdout.write(str(first))
        copies = differing_copies = 0
        for _copy, altered in as_sent.check_copies():
            copies += 1
            if altered is not None:
                differing_copies += 1
                self.stdout.write(str(altered))
        merges = list(differences())
        for said in merges:
            self.stdout.write(said)
        if merges:
            raise CommandError(f"{len(merges)} institutions say otherwise than their merges.")
        if differing_rounds or differing_visits or differing_copies:
            raise CommandError(
                f"{differing_rounds} of {rounds} rectifications differ from what was kept, "
                f"{differing_visits} of {visits} visits and {differing_copies} of {copies} kept aside "
                "from what was sent."
            )
        self.stdout.write(f"{rounds} rectifications rebuilt from their events and notices, no difference.")
        self.stdout.write(f"{visits} visits and {copies} kept aside compared with what was sent, no difference.")
