"""A book of history: writes visits, rounds and their events as the actions would have, in bulk.

Used by the demonstration and by the scale data. What it writes is held by `manage.py verify_ledger`.
"""

import random
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.canonical import canonical, digest_of
from accounts.models import User
from demonstration import bulk
from demonstration.bulk import made, reserved
from inspections.actions import NewFinding, NewPhoto, Position, SentVisit
from inspections.actions.sheets import notice_of, sheet_of
from inspections.models import (
    Finding,
    FindingType,
    Notice,
    NoticeCounter,
    Photo,
    Rectification,
    RectificationEvent,
    State,
    Visit,
    notice_number,
)
from institutions.models import Institution, Licence

Kind = RectificationEvent.Kind


class Book:
    """Rows not yet written, in the order in which `write` has to write them."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.institutions: list[Institution] = []
        self.licences: list[Licence] = []
        self.rounds: list[Rectification] = []
        self.visits: list[Visit] = []
        self.inspectors: list[Any] = []  # rows of the table between visits and users
        self.findings: list[Finding] = []
        self.photos: list[Photo] = []
        self.events: list[RectificationEvent] = []
        self.numbers: dict[tuple[str, int], int] = {}
        self.findings_of: dict[uuid.UUID, list[Finding]] = {}
        self.there: dict[uuid.UUID, tuple[User, User]] = {}  # the inspectors of each visit
        self.served: list[Served] = []
        self.marked: list[tuple[RectificationEvent, dict[str, object], list[Finding]]] = []

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def at(self, day: date, hour: int = 9, minute: int | None = None) -> datetime:
        """A moment of that day in Asia/Shanghai."""
        clock = time(hour, self.rng.randrange(60) if minute is None else minute)
        return datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())

    def visit(
        self,
        institution: Institution,
        on: date,
        *,
        purpose: str,
        inspectors: tuple[User, User],
        result: str = Visit.Result.INSPECTED,
        findings: tuple[str, ...] = (),
        round_: Rectification | None = None,
        recorded_at: datetime | None = None,
        note: str = "",
    ) -> Visit:
        """A visit on the spot; the first of the inspectors logged it, the same evening unless said otherwise."""
        visit_id = self.uuid()
        metres = self.rng.uniform(3, 60)
        visit = made(
            Visit,
            id=visit_id,
            institution=institution,
            rectification=round_,
            purpose=purpose,
            result=result,
            happened_at=self.at(on, self.rng.randrange(9, 17)),
            happened_on=on,
            recorded_at=recorded_at or self.at(on, 19),
            recorded_by=inspectors[0],
            longitude=None if institution.longitude is None else round(institution.longitude + metres / 98_000, 6),
            latitude=institution.latitude,
            datum="" if institution.longitude is None else "wgs84",
            accuracy_m=None if institution.longitude is None else round(self.rng.uniform(5, 40), 1),
            distance_m=None if institution.longitude is None else round(metres, 1),
            proposed_on=on + timedelta(days=3) if result == Visit.Result.NO_ACCESS else None,
            note=note,
            warnings=[],
        )
        if purpose == Visit.Purpose.SURVEY:
            institution.survey_visit = visit_id
        self.visits.append(visit)
        self.there[visit_id] = inspectors
        through = Visit.inspectors.through
        self.inspectors += [made(through, visit_id=visit_id, user_id=inspector.pk) for inspector in inspectors]
        self.findings_of[visit_id] = [made(Finding, visit=visit, type_id=code) for code in findings]
        self.findings += self.findings_of[visit_id]
        return visit

    def photo(self, visit: Visit, slot: int, sha256: str) -> None:
        """A picture taken at a visit; its bytes are stored already."""
        self.photos.append(
            Photo(
                visit=visit,
                slot=slot,
                sha256=sha256,
                taken_at=visit.happened_at,
                longitude=visit.longitude,
                latitude=visit.latitude,
                accuracy_m=visit.accuracy_m,
                stored_at=visit.recorded_at,
            )
        )

    def order(
        self,
        visit: Visit | None,
        on: date,
        due_on: date,
        *,
        by: User,
        round_no: int = 1,
        measure: str = "",
        at: Institution | None = None,
    ) -> "Round":
        """Open a round for a visit's findings, or at an institution without a visit on file."""
        institution = visit.institution if visit is not None else at
        assert institution is not None
        row = made(
            Rectification,
            id=self.uuid(),
            institution=institution,
            scope_code=institution.scope_code,
            number=self.number_of(institution, on.year),
            round_no=round_no,
            opened_by_visit=visit,
            measure=measure,
            ordered_on=on,
            ordered_recorded_at=self.at(on, 17),
            ordered_by=by,
            first_due_on=due_on,
            due_on=due_on,
            next_due_on=due_on,
        )
        self.rounds.append(row)
        findings = self.findings_of[visit.pk] if visit is not None else []
        for finding in findings:
            finding.rectification = row
        opened = Round(self, row, findings)
        on_the_spot = visit is not None and on == visit.happened_on
        opened.order = self.serve(
            Notice.Kind.ORDER,
            row,
            row.number,
            on,
            row.ordered_recorded_at,
            by,
            visit=visit,
            findings=findings,
            due_on=due_on,
            measure=measure,
            served_by=self.there[visit.pk] if on_the_spot and visit else (by,),
        )
        opened.log(
            Kind.ORDERED,
            "",
            by,
            on,
            row.ordered_recorded_at,
            due_on=due_on,
            visit=visit,
            notice=opened.order,
            note=measure,
        )
        return opened

    def serve(
        self,
        kind: str,
        row: Rectification,
        number: str,
        on: date,
        at: datetime,
        by: User,
        *,
        served_by: tuple[User, ...],
        visit: Visit | None = None,
        replaces: Notice | None = None,
        **sheet: object,
    ) -> Notice:
        """A notice by its id, made of the round and its number. Its sheet is put together when the findings on it have
        their ids: by `write`."""
        notice = made(Notice, id=uuid.uuid5(row.pk, number), number=number, kind=kind, rectification=row, served_on=on)
        notice.recorded_at, notice.recorded_by, notice.visit, notice.replaces = at, by, visit, replaces
        self.served.append(Served(notice, {"served_by": served_by, **sheet}))
        return notice

    def number_of(self, institution: Institution, year: int) -> str:
        """The next number of the institution's county and the year."""
        county = institution.scope_code[:6]
        serial = self.numbers[county, year] = self.numbers.get((county, year), 0) + 1
        return notice_number(county, year, serial)

    def write(self) -> None:
        """Everything into the database, and the numbers given to orders. Call inside a transaction."""
        bulk.write(Institution, self.institutions)
        bulk.write(Licence, self.licences)
        self._keep_contents()
        # Rounds and visits point at each other: foreign keys are checked when the transaction ends.
        bulk.write(Rectification, self.rounds)
        bulk.write(Visit, self.visits)
        bulk.write(Visit.inspectors.through, self.inspectors)
        for finding, key in zip(self.findings, reserved(Finding, len(self.findings)), strict=True):
            finding.pk = key
        bulk.write(Finding, self.findings)
        types = FindingType.objects.in_bulk()
        bulk.write(Notice, [each.whole(types) for each in self.served])
        for event, handed_in, findings in self.marked:
            event.content = canonical(handed_in | {"put_right": sorted(finding.pk for finding in findings)})
            event.digest = digest_of(event.content)
        bulk.write(Photo, self.photos)
        bulk.write(RectificationEvent, self.events)
        counters = [
            NoticeCounter(division_prefix=county, year=year, last=n) for (county, year), n in self.numbers.items()
        ]
        NoticeCounter.objects.bulk_create(
            counters, update_conflicts=True, update_fields=["last"], unique_fields=["division_prefix", "year"]
        )
        for rows in (
            self.institutions,
            self.licences,
            self.rounds,
            self.visits,
            self.inspectors,
            self.findings,
            self.served,
            self.marked,
            self.events,
            self.photos,
        ):
            rows.clear()
        self.findings_of.clear()
        self.there.clear()

    def _keep_contents(self) -> None:
        """Each visit as a phone would have sent it. What was ordered and handed in was done at a desk afterwards."""
        photos: dict[uuid.UUID, list[Photo]] = {}
        for photo in self.photos:
            photos.setdefault(photo.visit_id, []).append(photo)
        for visit in self.visits:
            position = None
            if visit.longitude is not None and visit.latitude is not None:
                position = Position(visit.longitude, visit.latitude, visit.accuracy_m, visit.datum)
            surveyed = visit.purpose == Visit.Purpose.SURVEY
            sent = SentVisit(
                id=visit.pk,
                institution=visit.institution,
                purpose=visit.purpose,
                result=visit.result,
                happened_at=visit.happened_at,
                inspectors=tuple(each.username for each in self.there[visit.pk]),
                position=position,
                findings=tuple(NewFinding(each.type_id, each.note) for each in self.findings_of[visit.pk]),
                photos=tuple(
                    NewPhoto(each.sha256, each.slot, each.taken_at, each.longitude, each.latitude, each.accuracy_m)
                    for each in photos.get(visit.pk, [])
                ),
                note=visit.note,
                licence_status=visit.institution.licence_status_at_survey if surveyed else "",
            )
            visit.content = sent.content()
            visit.digest = digest_of(visit.content)


class Served:
    """A notice whose sheet is not put together yet."""

    def __init__(self, notice: Notice, sheet: dict[str, Any]):
        self.notice, self.sheet = notice, sheet

    def whole(self, types: dict[str, FindingType]) -> Notice:
        """The notice with its sheet, as `order_rectification` would have served it."""
        notice, sheet = self.notice, self.sheet
        row, visit = notice.rectification, notice.visit
        for finding in sheet.get("findings", ()):
            finding.type = types[finding.type_id]
        kept = sheet_of(
            notice.kind,
            notice.number,
            row.institution,
            order=row.number,
            served_on=notice.served_on,
            visited_on=visit.happened_on if visit else None,
            replaces=[notice.replaces] if notice.replaces else [],
            synthetic=True,
            **sheet,
        )
        made = notice_of(kept, row, by=notice.recorded_by, at=notice.recorded_at, visit=visit, replaces=notice.replaces)
        notice.due_on, notice.content, notice.digest = made.due_on, made.content, made.digest
        return notice


class Round:
    """One round being written: each move appends its event as the ledger's actions do."""

    def __init__(self, book: Book, row: Rectification, findings: list[Finding]):
        self.book, self.row, self.findings = book, row, findings
        self.row.version = 0
        self.order: Notice | None = None

    def log(self, kind: str, from_state: str, by: User, on: date, at: datetime, **event: object) -> RectificationEvent:
        self.row.version += 1
        written = made(
            RectificationEvent,
            rectification=self.row,
            scope_code=self.row.scope_code,
            sequence=self.row.version,
            kind=kind,
            from_state=from_state,
            to_state=self.row.state,
            by=by,
            happened_on=on,
            recorded_at=at,
            **event,
        )
        self.book.events.append(written)
        return written

    def recheck(
        self, on: date, *, inspectors: tuple[User, User], result: str, recorded_at: datetime | None = None
    ) -> Visit:
        visit = self.book.visit(
            self.row.institution,
            on,
            purpose=Visit.Purpose.RECHECK,
            inspectors=inspectors,
            result=result,
            round_=self.row,
            recorded_at=recorded_at,
        )
        if result != Visit.Result.NO_ACCESS:
            self.log(Kind.EVIDENCE, self.row.state, inspectors[0], on, visit.recorded_at, visit=visit)
        return visit

    def submit(self, visit: Visit | None, outcome: str, *, by: User, scope: str = "", on: date | None = None) -> None:
        """Hand in with a recheck as evidence, or on a day without one."""
        day = visit.happened_on if visit is not None else on
        assert day is not None
        before, self.row.state = self.row.state, State.SUBMITTED
        self.row.submitted_on, self.row.submitted_by = day, by
        self.row.submitted_outcome, self.row.registered_scope = outcome, scope
        for finding in self.findings:
            finding.put_right_on, finding.put_right_visit = day, visit
        at = visit.recorded_at if visit is not None else self.book.at(day, 19)
        submitted = self.log(Kind.SUBMITTED, before, by, day, at, outcome=outcome, visit=visit)
        handed_in: dict[str, object] = {"outcome": outcome, "registered_scope": scope, "note": ""}
        self.book.marked.append((submitted, handed_in, self.findings))

    def give_back(self, on: date, *, by: User, reason: str) -> None:
        before, self.row.state = self.row.state, State.RETURNED
        for finding in self.findings:
            finding.put_right_on = finding.put_right_visit = None
        self.log(Kind.RETURNED, before, by, on, self.book.at(on, 16), note=reason)

    def extend(self, on: date, due_on: date, *, by: User, reason: str) -> None:
        self.row.due_on = self.row.next_due_on = due_on
        self.log(Kind.EXTENDED, self.row.state, by, on, self.book.at(on, 16), due_on=due_on, note=reason)

    def verify(self, on: date, *, by: User, at: datetime | None = None) -> None:
        row, before, at = self.row, self.row.state, at or self.book.at(on, 16)
        row.state, row.outcome = State.VERIFIED, row.submitted_outcome
        row.verified_on, row.verified_by, row.verified_recorded_at = on, by, at
        if row.outcome == "closed":
            row.institution.ceased_on = on
        self.log(Kind.VERIFIED, before, by, on, at, outcome=row.outcome)

    def void(self, on: date, *, by: User, reason: str) -> None:
        row, before, at = self.row, self.row.state, self.book.at(on, 16)
        row.state, row.voided_at, row.voided_by, row.void_reason = State.VOIDED, at, by, reason
        number = self.book.number_of(row.institution, on.year)
        withdrawal = self.book.serve(
            Notice.Kind.WITHDRAWAL, row, number, on, at, by, served_by=(by,), replaces=self.order, reason=reason
        )
        self.log(Kind.VOIDED, before, by, on, at, note=reason, notice=withdrawal)
