from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refusal
from accounts.models import Grant, User
from accounts.roles import Role
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
            options["output"].write_text(page, encoding="utf-8")
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        except OSError as problem:
            said = {"file": options["output"], "why": problem.strerror}
            raise CommandError(_("不能写入 %(file)s：%(why)s。") % said) from problem
        told = {"what": "map_file", "question": question.query_string(), "rows": rows}
        with transaction.atomic():
            audit.write("export", Division.objects.get(pk=question.division), by=None, after=told)
        self.stdout.write(_("已写入 %(file)s：%(rows)s 家机构。") % {"file": options["output"], "rows": rows})


def _seeing(division: str) -> User:
    """Nobody, who sees the division and none of its people."""
    operator = User()
    operator.grants_in_force = [Grant(role=Role.AUDITOR, division_prefix=division)]
    return operator
