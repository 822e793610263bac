from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import Refusal
from institutions.actions import merge_institutions, take_apart
from institutions.models import Institution, Merge


class Command(BaseCommand):
    help = "Merge an institution into another that stays; with --apart, take one out of what it was merged into."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("merged", type=UUID, help="the institution that is merged, or taken apart")
        parser.add_argument("into", type=UUID, nargs="?", help="the institution that stays")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--apart", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["apart"] == (options["into"] is not None):
            raise CommandError("name the institution that stays, or --apart, and not both")
        merged = _found(options["merged"])
        try:
            if options["apart"]:
                merge = Merge.objects.standing().filter(merged=merged).first()
                if merge is None:
                    raise CommandError(f"{merged.pk} {merged.name} is merged into nothing")
                take_apart(merge, by=None, reason=options["reason"])
                self.stdout.write(f"{merged.pk} {merged.name} is on the register again")
            else:
                into = _found(options["into"])
                merge_institutions(into=into, merged=merged, by=None, reason=options["reason"])
                self.stdout.write(f"{merged.pk} {merged.name} merged into {into.pk} {into.name}")
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal


def _found(pk: UUID) -> Institution:
    institution = Institution.objects.filter(pk=pk).first()
    if institution is None:
        raise CommandError(f"no institution {pk}")
    return institution
