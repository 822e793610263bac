"""The ledger as a part of a register: see institutions/imports/parts.py."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from inspections.imports import sentences, undoing
from inspections.imports.planning import Planner
from inspections.imports.reading import DAYS, DAYS_OF_ENDS, READERS, unless_planned
from inspections.imports.vocabulary import (
    HEADINGS,
    OF_AN_ANNEX,
    OF_EACH_ROW,
    OF_UNNAMED_ROWS,
    OUR_OWN,
    PREFIX,
    TELLING,
    TICKED,
    TITLES,
    UNDER,
)
from inspections.imports.writing import Writer
from inspections.models import LedgerEntry
from institutions.imports import cells, headers
from institutions.imports.columns import Remark
from institutions.imports.parts import Done, PartPlan, Reader
from institutions.imports.planned import PlannedRow
from institutions.imports.questions import Questions
from institutions.imports.tables import Table
from institutions.imports.ticks import ticked
from institutions.models import Division, ImportBatch, Institution

TAKE, IGNORE = "take", "ignore"
NEARLY, ALMOST = 75, 80  # of rapidfuzz's ratio: in a ledger, and in what nothing else says to be one
DAYS_OF_A_VISIT = PREFIX + "visited_on"


class Ledger:
    """Columns of a ledger: 检查日期, 存在问题, 整改情况, 完成日期, 销号 …"""

    words = frozenset(HEADINGS) | frozenset(TICKED)
    titles: Mapping[str, str] = TITLES
    days = DAYS
    visit_day = DAYS_OF_A_VISIT
    of_each_row = OF_EACH_ROW
    of_unnamed_rows = OF_UNNAMED_ROWS

    def readers(self, day: Reader) -> Mapping[str, Reader]:
        return {key: reader or (unless_planned(day) if key in DAYS_OF_ENDS else day) for key, reader in READERS.items()}

    def columns(self, table: Table, said: Mapping[int, str]) -> dict[str, int]:
        header = table.header
        if _is_our_own(table):
            return {}  # the ledger that the system hands out itself: it is on record
        best: dict[str, tuple[int, int]] = {}
        ours = {place for key, place in header.places.items() if key not in ("surveyed_on", "serial")}
        for place in sorted({*header.stacks, *said}):
            means = meaning_of_stack(header.stacks.get(place, ()))
            if place in said:
                means = (said[place], -1) if said[place] else None
            elif place in ours:
                means = None
            if means is not None and (means[0] not in best or means[1] < best[means[0]][0]):
                best[means[0]] = (means[1], place)
        found = {key: place for key, (_, place) in best.items()}
        found = {key: place for key, place in ticked_columns(table).items() if place not in ours | set(said)} | found
        return found if TELLING & found.keys() or any(said.values()) else {}

    def near(self, table: Table, claimed: Mapping[str, int]) -> dict[int, str]:
        header = table.header
        if _is_our_own(table):
            return {}
        found: dict[int, str] = {}
        taken = {*header.places.values(), *claimed.values(), *header.ticks, *header.misspelt}
        for place, stack in sorted(header.stacks.items()):
            leaf = next((each for each in reversed(stack) if each), "")
            word = (
                None if place in taken else headers.nearest_word(leaf, HEADINGS.keys(), NEARLY if claimed else ALMOST)
            )
            key = HEADINGS[word][0] if word else ""
            if key and key not in {*claimed, *found.values()} and (claimed or key in TELLING):
                found[place] = key
        return found

    def asks(self, questions: Questions) -> bool:
        return questions.ask(
            "ledger", sentences.ASK_LEDGER, {TAKE: sentences.TAKE, IGNORE: sentences.IGNORE}, scope="file", default=TAKE
        ) != IGNORE  # fmt: skip

    def plan(self, rows: Sequence[PlannedRow], division: Division, questions: Questions) -> PartPlan:
        return LedgerPlan(Planner(rows, division, questions))

    def wrote(self, batch: ImportBatch) -> bool:
        return LedgerEntry.objects.standing().filter(batch=batch).exists()

    def done_of(self, batch: ImportBatch) -> Done | None:
        entries = LedgerEntry.objects.standing().filter(batch=batch)
        counted = entries.aggregate(
            visits=Count("visit") + Count("recheck"),
            orders=Count("pk", filter=Q(ordered=True)),
            submitted=Count("pk", filter=Q(submitted=True)),
        )
        if not any(counted.values()):
            return None
        waiting = LedgerEntry.objects.waiting().filter(batch=batch).count()
        words = str(sentences.DONE.format(**counted))
        needs = str(sentences.TAKING_BACK)
        to_strike_off = (reverse("strike_offs"), str(sentences.TO_STRIKE_OFF.format(count=waiting))) if waiting else ()
        return Done(words, needs, *to_strike_off)

    def rounds_of(self, batch: ImportBatch) -> Collection[UUID]:
        return undoing.rounds_of(batch)

    def visits_of(self, batch: ImportBatch) -> Collection[UUID]:
        return undoing.visits_of(batch)

    def check_taking_back(self, batch: ImportBatch, *, by: User | None, at: datetime) -> None:
        undoing.check_taking_back(batch, by=by, at=at)

    def take_back(self, batch: ImportBatch, *, by: User | None, at: datetime) -> Collection[int]:
        return undoing.take_back(batch, by=by, at=at)


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


def _is_our_own(table: Table) -> bool:
    """The ledger that the system hands out, or the annex of its reports."""
    texts = set(table.header.texts.values())
    return not OUR_OWN.isdisjoint(texts) or ("licence_at_survey" in table.places and not OF_AN_ANNEX.isdisjoint(texts))


def ticked_columns(table: Table) -> dict[str, int]:
    """Columns in which the outcome is ticked, where there are several: most of what stands in them are ticks."""
    found: dict[str, int] = {}
    for place, stack in sorted(table.header.stacks.items()):
        leaf = next((each for each in reversed(stack) if each), "")
        key = TICKED.get(re.sub(r"\(.*?\)$", "", headers.undecorated(leaf)), "")
        written = [cell for cell in table.column(place) if cells.text(cell)] if key else []
        if key and 2 * sum(ticked(cell) is not None for cell in written) >= len(written):
            found.setdefault(key, place)
    return found if len(found) > 1 else {}


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
