import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import Refusal
from figures.questions import parse_day
from figures.statistics import FIGURE_NAMES
from institutions.models import Division
from reports.collecting.actions import collect, is_right_below
from reports.collecting.reading import read_report
from reports.collecting.rolling import RollUp, State, rolled_up
from reports.collecting.sending import Sent, from_api, from_folder

TOKEN = "COLLECT_TOKEN"  # noqa: S105 (the name of a variable)
MOST_TOKEN = 200


class Command(BaseCommand):
    help = (
        "Collect the reports of the divisions below, check them and add them up. Exit 1 when one is missing, "
        "contradicts or was refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="a folder of exported .json, or the address of an installation")
        parser.add_argument("--division", required=True, help="code of the division that collects, e.g. 3303")
        parser.add_argument("--as-of", required=True, help="YYYY-MM-DD")
        parser.add_argument(
            "--token-file",
            type=Path,
            help=f"file with the token of the API; else the variable {TOKEN} of the environment",
        )
        parser.add_argument("--format", default="text", choices=["text", "json"])

    def handle(self, *args: Any, **options: Any) -> None:
        division = Division.objects.filter(pk=options["division"]).first()
        if division is None:
            raise CommandError(f"没有代码为“{options['division']}”的行政区划。")
        try:
            as_of = parse_day(options["as_of"])
            refused = self._collected(options["source"], division, as_of, options["token_file"])
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        found = rolled_up(division, as_of)
        if options["format"] == "json":
            self.stdout.write(json.dumps(found.as_json() | {"refused": refused}, ensure_ascii=False, indent=2))
        else:
            self._tell(found, refused)
        if refused or not found.complete:
            raise SystemExit(1)

    def _collected(self, source: str, division: Division, as_of: date, token_file: Path | None) -> list[dict[str, str]]:
        """What was refused, with its place and the sentence; everything else is kept."""
        refused = []
        for sent in self._sent(source, division, as_of, token_file):
            try:
                received = read_report(sent.data, name=sent.source, sha256=sent.sha256)
                if "://" in source and not is_right_below(received.division, division.code):
                    continue  # an installation lists its townships' reports, too
                collect(received, division=division, as_of=as_of, by=None, source=sent.source)
            except Refusal as refusal:
                refused.append({"source": sent.source, "message": refusal.message})
        return refused

    def _sent(self, source: str, division: Division, as_of: date, token_file: Path | None) -> Iterator[Sent]:
        if "://" not in source:
            return from_folder(Path(source))
        return from_api(source, _token(token_file), division=division.code, as_of=as_of)

    def _tell(self, found: RollUp, refused: list[dict[str, str]]) -> None:
        self.stdout.write(f"{found.name} {found.division}  {found.as_of}")
        for row in found.rows:
            said = "" if row.state == State.MISSING else f"  {_figures(row.figures)}"
            self.stdout.write(f"{row.state.label}  {row.name} {row.code}{said}")
            for doubt in row.doubts:
                self.stdout.write(f"    {'矛盾' if doubt.blocks else '提示'}：{doubt.says}")
        self.stdout.write(f"合计（{len(found.received)}/{len(found.rows)}）  {_figures(found.total)}")
        for words, rows in (("缺报", found.missing), ("矛盾", found.contradicting)):
            if rows:
                self.stdout.write(f"{words}：{'、'.join(row.name for row in rows)}")
        for each in refused:
            self.stdout.write(f"没有收 {each['source']}：{each['message']}")


def _figures(figures: Any) -> str:
    counted = "、".join(f"{name}{getattr(figures, figure)}" for figure, name in FIGURE_NAMES.items())
    return f"{counted}、完成率{figures.completion_percent}"


def _token(token_file: Path | None) -> str:
    """Never printed, in no message either."""
    if token_file is None:
        token = os.environ.get(TOKEN, "").strip()
    else:
        try:
            token = token_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as problem:
            raise CommandError(f"不能读取令牌文件 {token_file}。") from problem
    if not token or len(token) > MOST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise CommandError(f"没有可用的接口令牌：请用 --token-file 指定文件，或设置环境变量 {TOKEN}。")
    return token
