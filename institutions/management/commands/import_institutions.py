import hashlib
import json
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DataError, IntegrityError
from django.utils.functional import Promise

from accounts.errors import Refusal
from accounts.models import User
from institutions.imports import refusals
from institutions.imports.columns import Remark
from institutions.imports.example import example_register
from institutions.imports.files import import_workbook
from institutions.imports.marked import marked_workbook
from institutions.imports.plan import Plan
from institutions.imports.workbook import FOR_COMMANDS, read_workbook
from institutions.models import Division
from institutions.positions import Datum

NEXT, END = "\n  ", "\n}"  # of JSON with two spaces before what it is made of
LISTED = 100  # rows that the text output lists of a kind


class Command(BaseCommand):
    help = "Import a register of institutions (.xlsx, .csv). All errors at once; nothing is written when any row fails."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--division", default="", help="the county, e.g. 330382")
        parser.add_argument("--example", action="store_true", help="write a blank register to fill in, import nothing")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--datum", default=Datum.WGS84, choices=Datum.values, help="of the file's coordinates")
        parser.add_argument("--errors", type=Path, help="write the rows with marked cells to this .xlsx")
        parser.add_argument(
            "--answer", action="append", default=[], metavar="KEY=VALUE", help="to a question of the file; repeatable"
        )
        parser.add_argument("--by", metavar="USERNAME", help="who imports it: a ledger needs somebody")
        parser.add_argument("--format", default="text", choices=["text", "json"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["example"]:
                _check_writable(options["file"])
                options["file"].write_bytes(example_register())
                return
            self._import(**options)
        except (Refusal, OSError, IntegrityError, DataError) as problem:
            sentence = _sentence(problem)
            if options["format"] == "json":
                refused = Plan(Division(), errors=[Remark(0, "", sentence, options["file"].name)])
                self._print(refused.as_json(None) | {"rows": 0})
            raise CommandError(sentence) from problem

    def _import(self, file: Path, **options: Any) -> None:
        division = Division.objects.filter(pk=options["division"], level="county").first()
        if division is None:
            raise Refusal(refusals.NO_SUCH_COUNTY.format(code=options["division"]))
        if options["errors"]:
            if options["errors"].resolve() == file.resolve():
                raise Refusal(str(refusals.ERRORS_OVER_FILE))
            _check_writable(options["errors"])
        with file.open("rb") as opened:
            data = opened.read(FOR_COMMANDS.most_bytes + 1)
        workbook, sha256 = read_workbook(data, file.name, FOR_COMMANDS), hashlib.sha256(data).hexdigest()
        del data  # up to 200 MB
        plan, batch = import_workbook(
            workbook,
            division,
            options["datum"],
            _answers(options["answer"]),
            file_name=file.name,
            sha256=sha256,
            by=somebody(options["by"]),
            dry_run=options["dry_run"],
        )
        if plan.errors and options["errors"]:
            options["errors"].write_bytes(marked_workbook(workbook, plan))
        batch_id = str(batch.pk) if batch else None
        if options["format"] == "json":
            self._print_plan(plan, batch_id)
        else:
            self._tell(plan, batch_id, options["dry_run"])
        if plan.errors:
            raise CommandError(refusals.HAS_ERRORS.format(count=len(plan.errors)), returncode=1)

    def _print(self, answer: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))

    def _print_plan(self, plan: Plan, batch: str | None) -> None:
        """`Plan.as_json`, its last list row by row: a long register's is longer than what there is of memory."""
        summary = json.dumps(plan.summary(batch), ensure_ascii=False, indent=2)
        self.stdout.write(f'{summary.removesuffix(END)},{NEXT}"plan": [', ending="")
        between = ""
        for row in plan.set_rows():
            said = json.dumps(row, ensure_ascii=False, indent=2).replace("\n", "\n    ")
            self.stdout.write(f"{between}\n    {said}", ending="")
            between = ","
        self.stdout.write(f"{NEXT if between else ''}]{END}")

    def _tell(self, plan: Plan, batch: str | None, dry_run: bool) -> None:
        for title, remarks in (
            (refusals.ERRORS, plan.errors),
            (refusals.DUPLICATES, plan.duplicates),
            (refusals.WARNINGS, plan.warnings),
        ):
            for remark in remarks:
                self.stdout.write(f"[{title}] {remark}")
        for title, kind in ((refusals.CHANGED, "changed"), (refusals.NEW, "new")):
            self._list(title, plan, kind)
        self.stdout.write(
            refusals.COUNTED.format(**{kind: plan.count(kind) for kind in ("new", "changed", "unchanged")})
        )
        for part in plan.not_read:
            self.stdout.write(str(part))
        if batch:
            self.stdout.write(refusals.WRITTEN.format(batch=batch))
        elif dry_run and not plan.errors:
            self.stdout.write(str(refusals.NOTHING_WRITTEN))

    def _list(self, title: str | Promise, plan: Plan, kind: str) -> None:
        """Changed rows with old → new, new ones by name and township; says when the list is cut."""
        for row in islice(plan.of_kind(kind), LISTED):
            what = ";".join(map(str, row.effects)) if row.kind == "changed" else row.columns["division"].name
            said = {"title": title, "row": row.row, "name": row.columns["name"], "what": what}
            self.stdout.write(refusals.LISTED_ROW.format(**said))
        if (count := plan.count(kind)) > LISTED:
            self.stdout.write(refusals.NOT_LISTED.format(title=title, rest=count - LISTED))


def somebody(username: str | None) -> User | None:
    """The user of --by. Raises Refusal for one that is not there."""
    found = User.objects.filter(username=username, is_active=True).first() if username else None
    if username and found is None:
        raise Refusal(refusals.NO_SUCH_USER.format(username=username))
    return found


def _answers(given: list[str]) -> dict[str, str]:
    """KEY=VALUE of --answer; a key may hold an equals sign, a value none. Raises Refusal."""
    wrong = [each for each in given if "=" not in each]
    if wrong:
        raise Refusal(refusals.ANSWER_WITHOUT_VALUE.format(given=wrong[0]))
    return {key: value for key, _, value in (each.rpartition("=") for each in given)}


def _sentence(problem: Exception) -> str:
    if isinstance(problem, Refusal):
        return problem.message
    if isinstance(problem, OSError):
        return refusals.FILE_NOT_READABLE.format(place=problem.filename, why=problem.strerror)
    return refusals.DATABASE_REFUSED.format(why=problem)


def _check_writable(place: Path) -> None:
    """Raise Refusal when a file cannot be written there: said before anything is done."""
    was_there = place.exists()
    try:
        place.open("ab").close()
    except OSError as problem:
        raise Refusal(refusals.ERRORS_NOT_WRITABLE.format(place=place, why=problem.strerror)) from problem
    if not was_there:
        place.unlink()
