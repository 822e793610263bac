import csv
import json
import unicodedata
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import Refusal
from accounts.watermark import settled
from figures.questions import parse_day, parse_moment
from figures.statistics import FIGURE_NAMES, FIGURES, PARTITIONS, Completion, completion
from institutions.moments import Moment


class Command(BaseCommand):
    help = "The figures of a division as of a day, as known at a moment; by division, licence status or finding type."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--division", required=True, help="code, e.g. 330382")
        parser.add_argument("--as-of", default="", help="YYYY-MM-DD, default today")
        parser.add_argument("--known-at", default="", help="ISO 8601, default now")
        parser.add_argument("--by", default=None, help=" | ".join(PARTITIONS))
        parser.add_argument("--format", default="text", choices=["text", "json", "csv"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = parse_day(options["as_of"]) if options["as_of"] else None
            known_at: datetime | None = settled(parse_moment(options["known_at"])) if options["known_at"] else None
            found = completion(options["division"], Moment.of(day, known_at), by=options["by"])
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        {"json": self._json, "csv": self._csv, "text": self._text}[options["format"]](found)

    def _json(self, found: Completion) -> None:
        self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=2))

    def _csv(self, found: Completion) -> None:
        writer = csv.DictWriter(self.stdout, ["key", "name", *FIGURES, "completion_rate", "completion_percent"])
        writer.writeheader()
        writer.writerows(row.as_json() for row in found.rows)
        writer.writerow({"key": found.division, "name": found.name, **found.total.as_json()})

    def _text(self, found: Completion) -> None:
        self.stdout.write(f"{found.name} {found.division}  {found.moment.on}")
        head = ["", *(str(name) for name in FIGURE_NAMES.values()), "完成率"]
        parts = [(row.name, row.figures) for row in found.rows] + [(found.name, found.total)]
        lines = [
            [name, *(str(getattr(figures, figure)) for figure in FIGURES), figures.completion_percent]
            for name, figures in parts
        ]
        widths = [max(map(_width, column)) for column in zip(head, *lines, strict=True)]
        for line in (head, *lines):
            self.stdout.write(
                "  ".join(
                    _padded(text, width, left=not i) for i, (text, width) in enumerate(zip(line, widths, strict=True))
                ).rstrip()
            )


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text
