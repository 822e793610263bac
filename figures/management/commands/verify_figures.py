from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from figures import verifying
from figures.questions import parse_day


class Command(BaseCommand):
    help = (
        "Compare the counts that figures are read from with their definition: how each institution stands day by day, "
        "and the counts of each day given, by default of today and of every month end, as known now and when the day "
        "had ended; fails at the first difference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", action="append", default=[], help="YYYY-MM-DD; several times for several days")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            days = [parse_day(day) for day in options["day"]]
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        if (first := next(verifying.differences(days), None)) is not None:
            raise CommandError(first)
        self.stdout.write("The kept counts say what the definition says.")
