"""What a round's events and notices say: what each notice demanded, what became of it, what was marked as put right.

The rows (deadlines, the findings of a round and their marks) are caches of this; `ledger` compares them.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from inspections.models import Notice, Rectification, RectificationEvent

Kind = RectificationEvent.Kind


@dataclass(frozen=True)
class Mark:
    """That a finding was put right: on which day, and the id of the visit that saw it."""

    on: date
    visit: UUID | None


@dataclass
class Served:
    """A notice and what became of it. `due_on` is its deadline in force; a replacement has that of what it replaced."""

    notice: Notice
    due_on: date | None
    fulfilled_on: date | None = None
    withdrawn: bool = False
    replaced_by: Notice | None = None

    @property
    def fulfilled(self) -> bool:
        return self.fulfilled_on is not None

    @property
    def in_force(self) -> bool:
        return self.notice.kind != Notice.Kind.WITHDRAWAL and not self.withdrawn and self.replaced_by is None

    @property
    def findings(self) -> list[int]:
        """Ids of the findings on its sheet."""
        return [each["id"] for each in self.notice.sheet["findings"]]


@dataclass(frozen=True)
class Listed:
    """A notice in the list of its round: what it demands is that of the order or the supplement behind it."""

    served: Served
    due_on: date | None
    fulfilled: bool | None

    @property
    def id(self) -> UUID:
        return self.served.notice.pk

    @property
    def number(self) -> str:
        return self.served.notice.number

    @property
    def kind(self) -> str:
        return self.served.notice.kind

    @property
    def served_on(self) -> date:
        return self.served.notice.served_on

    @property
    def digest(self) -> str:
        return self.served.notice.digest

    @property
    def replaces(self) -> UUID | None:
        return self.served.notice.replaces_id

    @property
    def reconstructed(self) -> bool:
        return self.served.notice.reconstructed

    @property
    def in_force(self) -> bool:
        return self.served.in_force

    @property
    def state(self) -> str:
        """In words, what became of it; "" while it stands as it was served."""
        if self.served.withdrawn:
            return _("已撤回")
        if self.served.replaced_by is not None:
            return _("已由 %(number)s 更正") % {"number": self.served.replaced_by.number}
        return _("已整改到位") if self.fulfilled else ""


@dataclass
class History:
    """One round, replayed. `marks` are the findings it has to have put right, each with the marks that stand, in the
    order in which they were made."""

    served: dict[UUID, Served]
    marks: dict[int, list[Mark]] = field(default_factory=dict)
    marks_are_known: bool = True  # False after a submission of a release that did not keep its marks

    @classmethod
    def of(cls, events: Iterable[RectificationEvent], notices: Iterable[Notice]) -> "History":
        """From the events, oldest first, and the notices of one round."""
        history = cls({notice.pk: Served(notice, notice.due_on) for notice in notices})
        for event in events:
            history._take(event)
        return history

    @property
    def held(self) -> dict[int, Mark | None]:
        """The findings of the round, each with the mark that its row has: the last one made of those that stand."""
        return {pk: marks[-1] if marks else None for pk, marks in self.marks.items()}

    @property
    def order(self) -> Served | None:
        return next((each for each in self.served.values() if each.notice.kind == Notice.Kind.ORDER), None)

    @property
    def supplements(self) -> list[Served]:
        """Supplementary notices that were not withdrawn, whether replaced or not: what they demand stands."""
        listed = (each for each in self.served.values() if each.notice.kind == Notice.Kind.SUPPLEMENT)
        return [each for each in listed if not each.withdrawn]

    @property
    def in_force(self) -> list[Served]:
        """The sheets that hold now: orders and supplements, or what replaced them."""
        return [each for each in self.served.values() if each.in_force]

    def next_due_on(self, due_on: date) -> date:
        """The earliest deadline of a round whose own is `due_on`: of its order and its unfulfilled supplements."""
        return min([due_on, *(each.due_on for each in self.supplements if each.due_on and not each.fulfilled)])

    def demand_of(self, served: Served) -> Served:
        """The order or the supplement behind a chain of replacements: it has the deadline and is fulfilled."""
        while served.notice.kind == Notice.Kind.REPLACEMENT and served.notice.replaces_id in self.served:
            served = self.served[served.notice.replaces_id]
        return served

    def sheet_of(self, demand: Served) -> Served:
        """The sheet by which an order or a supplement is served now: its last replacement, or itself."""
        while demand.replaced_by is not None:
            demand = self.served[demand.replaced_by.pk]
        return demand

    def demanding(self, kinds: Collection[str]) -> list[Served]:
        """The sheets in force by which orders or supplements, as `kinds` says, demand something."""
        return [each for each in self.in_force if self.demand_of(each).notice.kind in kinds]

    def listed(self, *, struck_off: bool) -> list[Listed]:
        """Every notice, oldest first. The order is fulfilled when its round is `struck_off`, and not before."""
        rows = []
        for served in self.served.values():
            demand = self.demand_of(served)
            fulfilled = demand.fulfilled or struck_off
            withdrawal = served.notice.kind == Notice.Kind.WITHDRAWAL
            rows.append(Listed(served, demand.due_on, None if withdrawal else fulfilled))
        return rows

    def number_of(self, notice: UUID | None) -> str:
        """The number of a notice of the round; "" for none."""
        return self.served[notice].notice.number if notice in self.served else ""

    def deadlines(self) -> dict[int, date | None]:
        """Finding id -> the deadline in force by which it has to be put right."""
        demands = [self.order, *self.supplements] if self.order else self.supplements
        return {finding: each.due_on for each in demands for finding in each.findings}

    def marks_without(self, visit: UUID | None) -> dict[int, list[Mark]]:
        """The marks that stand when one visit shows nothing any more."""
        return {pk: [each for each in of if each.visit != visit] for pk, of in self.marks.items()}

    def named(self, findings: Collection[int]) -> Iterator[dict[str, Any]]:
        """Findings as the sheets word them, each once."""
        wanted = set(findings)
        for served in self.served.values():
            for each in served.notice.sheet["findings"]:
                if each["id"] in wanted:
                    wanted.discard(each["id"])
                    yield each

    def _take(self, event: RectificationEvent) -> None:
        if event.kind == Kind.ORDERED and self.order is not None:
            self._hold(self.order)
        elif event.kind == Kind.SUPPLEMENTED and event.notice_id in self.served:
            self._hold(self.served[event.notice_id])
        elif event.kind in (Kind.EVIDENCE, Kind.SUBMITTED):
            self._mark(event)
        elif event.kind == Kind.RETURNED:
            self.marks, self.marks_are_known = {pk: [] for pk in self.marks}, True
        elif event.kind == Kind.VISIT_WITHDRAWN:
            self.marks = self.marks_without(event.visit_id)
        elif event.kind == Kind.VOIDED:
            for served in self.served.values():
                served.withdrawn = served.notice.kind != Notice.Kind.WITHDRAWAL
        elif event.notice_id is not None or event.kind == Kind.EXTENDED:
            self._change(event)

    def _hold(self, served: Served) -> None:
        self.marks |= {pk: [] for pk in served.findings}

    def _mark(self, event: RectificationEvent) -> None:
        if event.kind == Kind.SUBMITTED and not event.content:
            self.marks_are_known = False
        for finding in event.handed_in.get("put_right", []):
            self.marks.setdefault(finding, []).append(Mark(event.happened_on, event.visit_id))

    def _change(self, event: RectificationEvent) -> None:
        """What an event says of one notice; of the order when it names none."""
        served = self.served.get(event.notice_id) if event.notice_id else self.order
        if served is None:
            return
        if event.kind == Kind.EXTENDED:
            served.due_on = event.due_on
        elif event.kind in (Kind.FULFILLED, Kind.UNFULFILLED):
            served.fulfilled_on = event.happened_on if event.kind == Kind.FULFILLED else None
        elif event.kind == Kind.REPLACED and served.notice.replaces_id in self.served:
            self.served[served.notice.replaces_id].replaced_by = served.notice
        elif event.kind == Kind.WITHDRAWN:
            self._withdraw(served)

    def _withdraw(self, served: Served) -> None:
        """A supplement, by whichever sheet: its findings leave the round."""
        for sheet in self.served.values():
            if self.demand_of(sheet) is served:
                sheet.withdrawn = True
        for finding in served.findings:
            self.marks.pop(finding, None)


def history_of(rectification: Rectification) -> History:
    """Replay a round from the database."""
    events = rectification.events.order_by("sequence")
    return History.of(events, rectification.notices.order_by("recorded_at", "number"))
