"""A licence status that is ticked: √ under 有证有照 | 有照无证 | 无证无照, or under 办学许可证 | 营业执照."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from institutions.imports import cells, refusals
from institutions.imports.finding import Header
from institutions.imports.questions import Questions
from institutions.imports.tables import Table
from institutions.models import LicenceStatus

if TYPE_CHECKING:
    from institutions.imports.columns import Columns

# What says yes and no, in capitals.
YES = frozenset(
    "√ ✓ ✔ ☑ ■ ● ○ ◎ ★ V Y YES TRUE 1 是 有 对 已 已办 已办理 已有 有证 有照 具备 齐全".split()  # noqa: SIM905
)
NO = frozenset("× ✗ ✘ ✕ X N NO FALSE 0 □ ☐ / - — —— 否 无 没 没有 未 未办 未办理 无证 无照 不具备".split())  # noqa: SIM905
BOTH, BLANK_TICKS, NEITHER = ("permit", "registration"), "blank_ticks", "blank"
OF_A_LICENCE = {"permit": "permit", "registration": "registration", "credit_code": "registration"}
OF_TWO = {
    (True, True): LicenceStatus.FULL,
    (False, True): LicenceStatus.REGISTRATION_ONLY,
    (True, False): LicenceStatus.PERMIT_ONLY,
    (False, False): LicenceStatus.NONE,
}


def ticked(cell: object) -> bool | None:
    """Whether a cell says yes or no; None for anything else."""
    written = cells.text(cell).replace(" ", "").upper()
    return True if written in YES else False if written in NO else None


def ticks_of(table: Table, places: dict[str, int]) -> dict[int, str]:
    """The columns of a table in which a status is ticked: column -> what a tick in it says. Of numbers of licences
    those in which there are ticks alone; only where both kinds are ticked."""
    header: Header = table.header
    found = dict(header.ticks)
    for key, kind in OF_A_LICENCE.items():
        if key in places and kind not in found.values() and _are_ticks(table.column(places[key])):
            found[places[key]] = kind
    kinds = set(found.values())
    if not set(BOTH) <= kinds:
        found = {place: kind for place, kind in found.items() if kind not in BOTH}
    return found if len(found) > 1 else {}


def _are_ticks(column: Iterable[object]) -> bool:
    """Something is ticked, and nothing else stands there."""
    found = False
    for cell in column:
        if cells.text(cell):
            yes = ticked(cell)
            if yes is None:
                return False
            found |= yes
    return found


class TickReader:
    """The licence status that each row of a table ticks; "" where it ticks none."""

    def __init__(self, columns: "Columns", questions: Questions):
        self.columns, self.questions = columns, questions
        self.table = columns.table
        self.kind_of = self.table.header.ticks
        self.cells = {place: list(self.table.column(place)) for place in self.kind_of}

    def of(self, index: int, status: str) -> str:
        """The status of a row of which the column of statuses says `status`."""
        if not self.kind_of:
            return status
        said: dict[str, bool] = {}
        for place, kind in self.kind_of.items():
            cell = self._cell(index, place)
            if not cells.text(cell):
                continue
            yes = ticked(cell)
            if yes is None:
                given = cells.short(cells.text(cell))
                self._error(index, refusals.NOT_A_TICK.format(given=given, title=self.table.header.title(place)), given)
                return status
            said[kind] = said.get(kind, False) or yes
        found = self._found(index, said)
        if found and status and found != status:
            self._error(index, refusals.TICK_DISAGREES.format(ticked=LicenceStatus(found).label), status)
        return status or found

    def _cell(self, index: int, place: int) -> object:
        at = (self.table.lines[index].row, place)
        return self.table.sheet.unread.get(at) or self.cells[place][index]

    def _found(self, index: int, said: dict[str, bool]) -> str:
        chosen = [kind for kind, yes in said.items() if yes and kind not in BOTH]
        if len(chosen) > 1:
            names = "、".join(str(LicenceStatus(kind).label) for kind in chosen)
            self._error(index, refusals.TICKED_TWICE.format(names=names), names)
        if chosen:
            return chosen[0]
        if not said.keys() & set(BOTH):
            return self._blank(index) if set(self.kind_of.values()) & set(BOTH) else ""
        return str(OF_TWO[said.get("permit", False), said.get("registration", False)])

    def _blank(self, index: int) -> str:
        """Neither of the two is ticked nor crossed: nothing, or not filled in."""
        choices = {
            str(LicenceStatus.NONE): str(LicenceStatus.NONE.label),
            NEITHER: str(refusals.CHOICE_NOT_FILLED_IN),
        }
        row = self.columns.numbers[index]
        answer = self.questions.ask(
            BLANK_TICKS, refusals.ASK_BLANK_TICKS, choices, scope="file", row=row, column="证照情况", default=NEITHER
        )
        return str(LicenceStatus.NONE) if answer == LicenceStatus.NONE else ""

    def _error(self, index: int, message: str | Promise, received: str) -> None:
        self.columns.error(index, "licence_status", message, received)
