"""The ledger as a part of a register: see institutions/imports/parts.py."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.models import User
from inspections.imports import sentences, undoing
from inspections.imports.planning import Planner
from inspections.imports.reading import DAYS, READERS
from inspections.imports.vocabulary import HEADINGS, OUR_OWN, PREFIX, TELLING, UNDER
from inspections.imports.writing import Writer
from inspections.models import LedgerEntry
from institutions.imports import headers
from institutions.imports.columns import Remark
from institutions.imports.parts import PartPlan, Reader
from institutions.imports.planned import PlannedRow
from institutions.imports.questions import Questions
from institutions.imports.tables import Table
from institutions.models import Division, ImportBatch, Institution

TAKE, IGNORE = "take", "ignore"
DAYS_OF_A_VISIT = PREFIX + "visited_on"


class Ledger:
    """Columns of a ledger: 检查日期, 存在问题, 整改情况, 完成日期, 销号 …"""

    words = frozenset(HEADINGS)
    days = DAYS
    readers: Mapping[str, Reader | None] = READERS
    visit_day = DAYS_OF_A_VISIT

    def columns(self, table: Table) -> dict[str, int]:
        header = table.header
        if not OUR_OWN.isdisjoint(header.texts.values()):
            return {}  # the ledger that the system hands out itself: it is on record
        best: dict[str, tuple[int, int]] = {}
        ours = {place for key, place in header.places.items() if key not in ("surveyed_on", "serial")}
        for place, stack in sorted(header.stacks.items()):
            said = meaning_of_stack(stack)
            if said is None or place in ours:
                continue
            if said[0] not in best or said[1] < best[said[0]][0]:
                best[said[0]] = (said[1], place)
        found = {key: place for key, (_, place) in best.items()}
        return found if TELLING & found.keys() else {}

    def asks(self, questions: Questions) -> bool:
        return questions.ask(
            "ledger", sentences.ASK_LEDGER, {TAKE: sentences.TAKE, IGNORE: sentences.IGNORE}, scope="file", default=TAKE
        ) != IGNORE  # fmt: skip

    def plan(self, rows: Sequence[PlannedRow], division: Division, questions: Questions) -> PartPlan:
        return LedgerPlan(Planner(rows, division, questions))

    def wrote(self, batch: ImportBatch) -> bool:
        return LedgerEntry.objects.standing().filter(batch=batch).exists()

    def rounds_of(self, batch: ImportBatch) -> Collection[UUID]:
        return undoing.rounds_of(batch)

    def take_back(self, batch: ImportBatch, *, by: User | None, at: datetime) -> None:
        undoing.take_back(batch, by=by, at=at)


class LedgerPlan:
    """The visits and rounds that the rows of a file would bring about."""

    def __init__(self, planner: Planner):
        self._planner = planner
        self.errors: list[Remark] = planner.errors
        self.warnings: list[Remark] = planner.warnings
        self.held = planner.held

    def write(
        self, institutions: Mapping[tuple[str, int], Institution], *, batch: ImportBatch, by: User, at: datetime
    ) -> None:
        if self._planner.entries:
            Writer(batch, by, at).write(self._planner.entries, institutions)


def meaning_of_stack(stack: tuple[str, ...]) -> tuple[str, int] | None:
    """What a column of a ledger says under the headings above it, the outermost first."""
    levels = [each for place, each in enumerate(stack) if each and each not in stack[:place]]
    if not levels:
        return None
    *above, leaf = levels
    bare = headers.undecorated(leaf)
    for group in reversed(above):
        if key := UNDER.get(headers.undecorated(group), {}).get(bare):
            return key, 0
    said = headers.look_up(HEADINGS, leaf)
    if said is None and above:
        said = headers.look_up(HEADINGS, headers.undecorated(above[-1]) + bare)
    return said
