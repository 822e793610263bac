import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import Refusal
from accounts.watermark import settled
from figures.questions import parse_day, parse_moment
from institutions.moments import Moment, today
from reports.as_docx import as_docx
from reports.formats import FORMATS
from reports.letterheads import heading_of
from reports.monthly import monthly_report
from reports.printed import Printed, narrative_of


class Command(BaseCommand):
    help = "Write the monthly report of a division as files and print its narrative."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--division", required=True)
        parser.add_argument("--as-of", required=True, help="YYYY-MM-DD")
        parser.add_argument("--known-at", default="", help="ISO 8601, default now")
        parser.add_argument("--output", required=True, type=Path, help="folder; made when missing")
        parser.add_argument("--formats", default="docx", help="、".join(FORMATS))
        parser.add_argument("--template", type=Path, help="a Word template of the bureau's own, for docx")

    def handle(self, *args: Any, **options: Any) -> None:
        formats = [name.strip() for name in options["formats"].split(",") if name.strip()]
        if not formats:
            raise CommandError(f"--formats 没有写明格式，可用：{'、'.join(FORMATS)}。")
        if unknown := [name for name in formats if name not in FORMATS]:
            raise CommandError(f"不能写成“{'、'.join(unknown)}”，可用：{'、'.join(FORMATS)}。")
        try:
            known_at = settled(parse_moment(options["known_at"])) if options["known_at"] else None
            moment = Moment.of(parse_day(options["as_of"]), known_at)
            report = monthly_report(options["division"], moment, known_at=options["known_at"])
            printed = Printed.of(report, heading=heading_of(report.division, today()))
            files = {name: _made(printed, name, options["template"]) for name in formats}
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        folder: Path = options["output"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                _write(folder / f"{report.division}-{report.moment.on}.{name}", content)
        except OSError as problem:
            raise CommandError(f"不能写入 {folder}:{problem.strerror}。") from problem
        for each in report.contradictions:
            self.stderr.write(f"请核对：{each.says}（{each.count}）")
        self.stdout.write(narrative_of(printed))


def _made(printed: Printed, name: str, template: Path | None) -> bytes:
    if name != "docx" or template is None:
        return FORMATS[name].make(printed)
    try:
        return as_docx(printed, template.read_bytes())
    except OSError as problem:
        raise CommandError(f"读不了报告模板 {template}：{problem.strerror}。") from problem


def _write(place: Path, content: bytes) -> None:
    """Whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
        unfinished = Path(file.name)
        try:
            file.write(content)
        except OSError:
            unfinished.unlink()
            raise
    unfinished.chmod(0o644)
    os.replace(unfinished, place)
