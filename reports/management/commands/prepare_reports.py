from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import Refusal
from figures.questions import parse_day
from institutions.moments import today
from reports.actions.scheduling import prepare_reports


class Command(BaseCommand):
    help = (
        "Begin the report of each bureau whose period ended: a draft that waits for its clerk. To be run once a day; "
        "a second time does nothing. Exit 1 when one could not be begun."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", default="", help="YYYY-MM-DD, default today; none in the future")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = False
        try:
            on = parse_day(options["on"]) if options["on"] else today()
            for schedule, report, problem in prepare_reports(on):
                name = f"{schedule.division.name} {schedule.division_id}"
                if report is not None:
                    self.stdout.write(f"{name}：已编制截至 {report.as_of} 的草稿 {report.pk}")
                elif problem:
                    failed = True
                    self.stderr.write(f"{name}：{problem}")
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if failed:
            raise SystemExit(1)
