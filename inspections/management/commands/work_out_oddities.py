from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from inspections.actions.oddities import all_worked_out_again


class Command(BaseCommand):
    help = (
        "Work out what is odd about visits and photos (疑点) again, all of them or those since a day. Doing it again "
        "changes nothing; may be stopped at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, help="visits of this day and later: 2018-10-01")

    def handle(self, *args: Any, since: date | None, **options: Any) -> None:
        visits = new = gone = 0
        for some, written, taken in all_worked_out_again(since=since):
            visits, new, gone = visits + some, new + written, gone + taken
        said = {"visits": visits, "new": new, "gone": gone}
        self.stdout.write(_("%(visits)s 次走访：新增或改写疑点 %(new)s 条，去掉 %(gone)s 条。") % said)
