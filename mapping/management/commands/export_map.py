from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refusal
from accounts.models import Grant, User
from accounts.roles import Role
from accounts.scope import DIVISION_DIGITS
from figures.drilldown import GRAMMAR, Drilldown
from institutions.models import Division
from mapping.standalone import made


class Command(BaseCommand):
    help = (
        "Write the map of a division as of a day, as known at a moment, as one HTML file that opens without a network. "
        "The other conditions are those of /institutions/. Principals and phones are not in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        for name in GRAMMAR:
            parser.add_argument(f"--{name.replace('_', '-')}", default="", required=name == "division")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = {name: options[name] for name in GRAMMAR if options[name]}
        operator = _seeing(options["division"])
        try:
            question = Drilldown.from_query(asked, operator)
            page, rows = made(question, operator, by=str(_("命令行")))
            told = {"what": "map_file", "question": question.query_string(), "rows": rows}
            with transaction.atomic():  # no file without its row in the trail
                audit.write("export", _on_file(question.division), by=None, after=told)
                options["output"].write_text(page, encoding="utf-8")
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        except OSError as problem:
            said = {"file": options["output"], "why": problem.strerror}
            raise CommandError(_("不能写入 %(file)s：%(why)s。") % said) from problem
        self.stdout.write(_("已写入 %(file)s：%(rows)s 家机构。") % {"file": options["output"], "rows": rows})


def _on_file(code: str) -> Division:
    """The narrowest division on file that holds it: 330382000 is what lies in 330382 and in none below."""
    above = [code[:digits] for digits in DIVISION_DIGITS if digits <= len(code)]
    return Division.objects.filter(pk__in=above).order_by("-code")[0]


def _seeing(division: str) -> User:
    """Nobody, who sees the division and none of its people."""
    operator = User()
    operator.grants_in_force = [Grant(role=Role.AUDITOR, division_prefix=division)]
    return operator
