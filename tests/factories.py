"""Rows for tests, made whole: a round comes with the events it can be rebuilt from, so `verify_ledger` holds.

Days are written as text ("2018-05-01"); what is not said became known at noon of the day it happened.
"""

import itertools
import uuid
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.canonical import canonical, digest_of
from accounts.models import Grant, User
from inspections.actions import NewFinding, Position, SentVisit, order_rectification
from inspections.actions.sheets import notice_of, sheet_of
from inspections.history import history_of
from inspections.models import Finding, Notice, Rectification, RectificationEvent, State, Visit
from institutions.models import (
    Division,
    DivisionName,
    Institution,
    Licence,
    Merge,
    Name,
    Place,
    WithdrawnSurvey,
    scope_code_of,
)
from institutions.moments import EARLIEST
from institutions.positions import cell_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
LIUSHI, NEXT_TO_LIUSHI, PANSHI = "330382114", "330382115", "330382125"
_serial = itertools.count(1)
Day = date | str


def day(text: Day) -> date:
    return text if isinstance(text, date) else date.fromisoformat(text)


def at(on: Day, hour: int = 12, minute: int = 0) -> datetime:
    """A moment of that day in Asia/Shanghai."""
    return datetime.combine(day(on), time(hour, minute), tzinfo=SHANGHAI)


def moment_at(given: datetime | Day | None, otherwise: Day) -> datetime:
    """At noon of a day that is said, of today not later than now: nothing is known before it is."""
    return given if isinstance(given, datetime) else min(at(given or otherwise), timezone.now())


def user_with(role: str, prefix: str, username: str = "", **grant) -> User:
    """A user with one grant, in force since 2018; no password, so nobody signs in by guessing it."""
    user = User(username=username or f"user{next(_serial)}", name=username)
    user.set_unusable_password()
    user.save()
    Grant.objects.create(user=user, role=role, division_prefix=prefix, **({"valid_from": "2018-01-01"} | grant))
    return user


def seconded_from(role: str, prefix: str, to_role: str, to_prefix: str, username: str = "") -> User:
    """借调: a user with two grants, each of another role in another division."""
    user = user_with(role, prefix, username)
    user.grants.create(role=to_role, division_prefix=to_prefix, valid_from="2018-01-01")
    return user


def hand(username: str) -> User:
    """Somebody who did things in the past and has no part in the test."""
    return User.objects.get_or_create(username=username, defaults={"name": username})[0]


def institution(
    township: str = LIUSHI,
    *,
    surveyed_on: Day | None = "2018-04-02",
    surveyed_recorded: datetime | Day | None = None,
    status: str = "none",
    position: tuple[float, float] | None = None,
    **columns,
) -> Institution:
    """An institution of a township, surveyed unless `surveyed_on` is None; `status` is the licence status at survey."""
    survey = {}
    if surveyed_on is not None:
        survey = {
            "surveyed_on": day(surveyed_on),
            "surveyed_recorded_at": moment_at(surveyed_recorded, surveyed_on),
            "licence_status_at_survey": status,
        }
    if position is not None:
        longitude, latitude = position
        columns |= {
            "longitude": longitude,
            "latitude": latitude,
            "datum": "wgs84",
            "cell": cell_of(longitude, latitude),
        }
    serial = next(_serial)
    columns = {
        "name": f"示例培训中心{serial}",
        "recorded_at": at("2018-01-01"),
        "scope_code": scope_code_of(township),
        **survey,
        **columns,
    }
    return Institution.objects.create(division_id=township, **columns)


def licence_of(school: Institution, kind: str, valid_from: Day = "2018-01-01", **columns) -> Licence:
    number = columns.pop("number", f"号{next(_serial)}")
    if "revoked_on" in columns:
        columns.setdefault("revoked_recorded_at", at(columns["revoked_on"]))
    if columns.get("withdrawn_at"):
        columns.setdefault("withdraw_reason", "登错")
    return Licence.objects.create(institution=school, kind=kind, number=number, valid_from=day(valid_from), **columns)


def visit_of(
    school: Institution,
    on: Day = "2018-05-01",
    *,
    purpose: str = "routine",
    result: str = "inspected",
    findings: tuple[str | tuple[str, str], ...] = (),
    recorded: datetime | Day | None = None,
    by: User | None = None,
    round_: Rectification | None = None,
    **columns,
) -> Visit:
    """A stored visit with its findings (codes, or codes with a note), written straight into the tables."""
    by = by or hand("visitor")
    stated = {name: columns.pop(name) for name in ("id", "note") if name in columns}
    if "longitude" in columns:
        datum = columns.setdefault("datum", "wgs84")
        stated["position"] = Position(columns["longitude"], columns["latitude"], columns.get("accuracy_m"), datum)
    sent = sent_visit(
        school,
        purpose=purpose,
        result=result,
        happened_at=min(at(on, 10), timezone.now()),
        inspectors=(by.username,),
        findings=tuple(NewFinding(*((each,) if isinstance(each, str) else each)) for each in findings),
        **stated,
    )
    visit = Visit.objects.create(
        id=sent.id,
        institution=school,
        rectification=round_,
        purpose=purpose,
        result=result,
        happened_at=sent.happened_at,
        happened_on=sent.on,
        recorded_at=moment_at(recorded, on),
        recorded_by=by,
        note=sent.note,
        content=sent.content(),
        digest=sent.digest(),
        **columns,
    )
    visit.inspectors.set([by])
    for found in sent.findings:
        Finding.objects.create(visit=visit, type_id=found.type, note=found.note, rectification=round_)
    return visit


def sent_visit(institution: Institution, **stated) -> SentVisit:
    """A visit as a phone sends it: of 1 October 2018 at nine, routine, that found nothing, unless said otherwise."""
    plain = {"id": uuid.uuid4(), "purpose": "routine", "result": "inspected", "happened_at": at("2018-10-01", 9)}
    lists = {name: tuple(value) for name, value in stated.items() if isinstance(value, list)}
    return SentVisit(institution=institution, **plain | stated | lists)


def round_of(
    school: Institution,
    ordered_on: Day,
    *,
    due_on: Day | None = None,
    extensions: list[tuple] = (),
    submitted_on: Day | None = None,
    verified_on: Day | None = None,
    outcome: str = "closed",
    ordered_recorded: datetime | Day | None = None,
    verified_recorded: datetime | Day | None = None,
    voided: datetime | Day | None = None,
    ordered_by: User | None = None,
    submitted_by: User | None = None,
    visit: Visit | None = None,
    id: uuid.UUID | str | None = None,
) -> Rectification:
    """A round with its notices and events, brought as far as the arguments say.

    Due a month after the order unless said; `extensions` are (on, due_on) or (on, due_on, recorded). `voided` takes
    it back at that moment. Ordered for the findings of `visit`, or for none that are on file.
    """
    ordered_on, first_due_on = day(ordered_on), day(due_on or date.fromordinal(day(ordered_on).toordinal() + 30))
    submitted_on = day(submitted_on or verified_on) if submitted_on or verified_on else None
    clerk, sender, checker = ordered_by or hand("clerk"), submitted_by or hand("sender"), hand("checker")
    due = [day(extension[1]) for extension in extensions]
    row = Rectification(
        id=id or uuid.uuid4(),
        institution=school,
        scope_code=school.scope_code,
        number=f"试〔{ordered_on.year}〕{next(_serial)}号",
        round_no=school.rectifications.count() + 1,
        opened_by_visit=visit,
        ordered_on=ordered_on,
        ordered_recorded_at=moment_at(ordered_recorded, ordered_on),
        ordered_by=clerk,
        first_due_on=first_due_on,
        due_on=due[-1] if due else first_due_on,
        next_due_on=due[-1] if due else first_due_on,
    )
    written: list[RectificationEvent] = []
    findings = list(visit.findings.select_related("type", "visit")) if visit else []

    def serve(kind: str, number: str, on: date, by: User, recorded_at: datetime, **more) -> Notice:
        replaced = more.pop("replaces", None)
        sheet = sheet_of(
            kind, number, school, order=row.number, served_on=on, served_by=[by], synthetic=False, replaces=[replaced] if replaced else [],
            **more,
        )  # fmt: skip
        return notice_of(sheet, row, by=by, at=recorded_at, visit=visit, replaces=replaced)

    def log(kind: str, to_state: str, by: User, on: date, recorded_at: datetime, **event) -> None:
        before = written[-1].to_state if written else ""
        written.append(
            RectificationEvent(
                rectification=row, scope_code=row.scope_code, sequence=len(written) + 1, kind=kind, from_state=before, to_state=to_state,
                by=by, happened_on=on, recorded_at=recorded_at, **event,
            )
        )  # fmt: skip

    order = serve(
        "order", row.number, ordered_on, clerk, row.ordered_recorded_at, findings=findings, due_on=first_due_on
    )
    notices = [order]
    log(
        "ordered",
        State.ORDERED,
        clerk,
        ordered_on,
        row.ordered_recorded_at,
        due_on=first_due_on,
        notice=order,
        visit=visit,
    )
    for extension in extensions:
        on, until, *recorded = extension
        log("extended", State.ORDERED, clerk, day(on), moment_at(*recorded or [None], on), due_on=day(until), note="延")
    if submitted_on:
        row.submitted_on, row.submitted_by, row.submitted_outcome = submitted_on, sender, outcome
        content = canonical({"outcome": outcome, "put_right": [], "registered_scope": "", "note": ""})
        kept = {"content": content, "digest": digest_of(content)}
        known = min(at(submitted_on, 11), timezone.now())
        log("submitted", State.SUBMITTED, sender, submitted_on, known, outcome=outcome, **kept)
    if verified_on:
        row.verified_on, row.verified_by, row.outcome = day(verified_on), checker, outcome
        row.verified_recorded_at = moment_at(verified_recorded, verified_on)
        log("verified", State.VERIFIED, checker, row.verified_on, row.verified_recorded_at, outcome=outcome)
    if voided:
        row.voided_at, row.voided_by, row.void_reason = moment_at(voided, ordered_on), checker, "开错"
        on, number = row.voided_at.astimezone(SHANGHAI).date(), f"{row.number}撤"
        notices.append(serve("withdrawal", number, on, checker, row.voided_at, reason="开错", replaces=order))
        log("voided", State.VOIDED, checker, on, row.voided_at, note="开错", notice=notices[-1])
    row.state, row.version = written[-1].to_state, len(written)
    row.save(force_insert=True)
    Notice.objects.bulk_create(notices)
    RectificationEvent.objects.bulk_create(written)
    Finding.objects.filter(pk__in=[finding.pk for finding in findings]).update(rectification=row)
    return row


def move_of(
    school: Institution,
    to: str,
    from_on: Day,
    *,
    recorded: datetime | Day | None = None,
    address: str = "",
    withdrawn: datetime | Day | None = None,
) -> Place:
    """An institution that is in another division from a day on; its columns are what holds now."""
    if not school.places.exists():
        first = {"division_id": school.division_id, "scope_code": school.scope_code}
        address_then = {"operating_address": school.operating_address}
        Place.objects.create(
            institution=school, from_on=EARLIEST, recorded_at=school.recorded_at, **first, **address_then
        )
    place = Place.objects.create(
        institution=school, division_id=to, scope_code=scope_code_of(to), operating_address=address,
        from_on=day(from_on), recorded_at=moment_at(recorded, from_on), withdrawn_at=_withdrawn(withdrawn, from_on),
    )  # fmt: skip
    present = _present(school.places)
    columns = {name: getattr(present, name) for name in ("division_id", "scope_code", "operating_address")}
    Institution.objects.filter(pk=school.pk).update(moved=True, **columns)
    school.refresh_from_db()
    return place


def rename_of(
    school: Institution,
    name: str,
    from_on: Day,
    *,
    recorded: datetime | Day | None = None,
    withdrawn: datetime | Day | None = None,
) -> Name:
    """An institution that is called otherwise from a day on; its column is what holds now."""
    if not school.names.exists():
        Name.objects.create(institution=school, name=school.name, from_on=EARLIEST, recorded_at=school.recorded_at)
    written = Name.objects.create(
        institution=school, name=name, from_on=day(from_on), recorded_at=moment_at(recorded, from_on),
        withdrawn_at=_withdrawn(withdrawn, from_on),
    )  # fmt: skip
    Institution.objects.filter(pk=school.pk).update(renamed=True, name=_present(school.names).name)
    school.refresh_from_db()
    return written


def _withdrawn(given: datetime | Day | None, otherwise: Day) -> datetime | None:
    return given and moment_at(given, otherwise)


def _present(rows):
    """Of an institution's places or names the one that holds now."""
    return rows.filter(withdrawn_at__isnull=True).order_by("from_on", "recorded_at", "pk").last()


def division_rename_of(code: str, name: str, from_on: Day, *, recorded: datetime | Day | None = None) -> DivisionName:
    """A division that is called otherwise from a day on."""
    division = Division.objects.get(pk=code)
    if not division.names.exists():
        division.names.create(name=division.name, from_on=EARLIEST, recorded_at=at(EARLIEST))
    written = division.names.create(name=name, from_on=day(from_on), recorded_at=moment_at(recorded, from_on))
    present = division.names.order_by("from_on", "recorded_at", "pk").last()
    Division.objects.filter(pk=code).update(renamed=True, name=present.name)
    return written


def withdraw_survey_of(school: Institution, when: datetime | Day, *, instead: tuple[Day, str] | None = None) -> None:
    """The survey counts no longer from a moment on; another one does, `instead`: its day and its licence status."""
    moment = moment_at(when, school.surveyed_on)
    WithdrawnSurvey.objects.create(
        institution=school, surveyed_on=school.surveyed_on, surveyed_recorded_at=school.surveyed_recorded_at,
        licence_status_at_survey=school.licence_status_at_survey, withdrawn_at=moment,
    )  # fmt: skip
    on, status = (day(instead[0]), instead[1]) if instead else (None, "")
    Institution.objects.filter(pk=school.pk).update(
        surveyed_on=on, licence_status_at_survey=status, surveyed_recorded_at=moment if instead else None,
        survey_withdrawn=True, survey_visit=None, survey_of=None,
    )  # fmt: skip
    school.refresh_from_db()


def withdraw_visit_of(visit: Visit, when: datetime | Day) -> None:
    """A visit that is taken back at a moment."""
    taken = {"withdrawn_by": hand("checker"), "withdraw_reason": "记错"}
    Visit.objects.filter(pk=visit.pk).update(withdrawn_at=moment_at(when, visit.happened_on), **taken)


def supplement_of(
    round_: Rectification,
    on: Day = "",
    *,
    due_on: Day | None = None,
    findings: tuple[str, ...] = ("S02",),
    recorded: datetime | Day | None = None,
    by: User | None = None,
) -> Notice:
    """A supplementary notice for a visit that found more while the round is open; served and known as a visit is."""
    on = day(on or round_.ordered_on)
    visit = visit_of(round_.institution, on, findings=findings, recorded=recorded)
    order_rectification(
        visit, by=by or hand("clerk"), on=on, due_on=day(due_on) if due_on else None, at=moment_at(recorded, on)
    )
    round_.refresh_from_db()
    return visit.notices.get()


def what_became_of(
    notice: Notice, kind: str, on: Day, *, recorded: datetime | Day | None = None, due_on: Day | None = None
) -> RectificationEvent:
    """What happened to a supplementary notice of an open round: fulfilled, unfulfilled, withdrawn or extended."""
    round_ = Rectification.objects.get(pk=notice.rectification_id)
    event = round_.note_event(
        kind, by=hand("checker"), on=day(on), at=moment_at(recorded, on), notice=notice, due_on=due_on and day(due_on)
    )
    Rectification.objects.filter(pk=round_.pk).update(next_due_on=history_of(round_).next_due_on(round_.due_on))
    return event


def strike_off(
    round_: Rectification, on: Day, *, outcome: str = "closed", recorded: datetime | Day | None = None
) -> Rectification:
    """An open round submitted and verified on one day."""
    round_ = Rectification.objects.get(pk=round_.pk)
    sender, checker, on, known = hand("sender"), hand("checker"), day(on), moment_at(recorded, on)
    handed_in = {"submitted_on": on, "submitted_by": sender, "submitted_outcome": outcome}
    round_.move_to("submitted", kind="submitted", by=sender, on=on, at=known, outcome=outcome, columns=handed_in)
    verified = {"verified_on": on, "verified_recorded_at": known, "verified_by": checker, "outcome": outcome}
    round_.move_to("verified", kind="verified", by=checker, on=on, at=known, outcome=outcome, columns=verified)
    return round_


def void(round_: Rectification, when: datetime | Day) -> Rectification:
    """An open round taken back at a moment."""
    round_ = Rectification.objects.get(pk=round_.pk)
    moment = moment_at(when, round_.ordered_on)
    columns = {"voided_at": moment, "voided_by": hand("checker"), "void_reason": "开错"}
    on = moment.astimezone(SHANGHAI).date()
    round_.move_to("voided", kind="voided", by=hand("checker"), on=on, at=moment, note="开错", columns=columns)
    return round_


def picture(colour: str = "red", size: tuple[int, int] = (40, 30), **save) -> bytes:
    """The bytes of a small JPEG; `exif=` is passed on."""
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", **save)
    return file.getvalue()


def merge_of(
    school: Institution,
    into: Institution,
    when: datetime | Day = "2018-06-15",
    *,
    ended: datetime | Day | None = None,
) -> Merge:
    """A registration that is another one's from a moment on, until another moment; it has no open round. One that stays
    without a survey takes the other's over, as long as it is merged."""
    known = moment_at(when, "2018-06-15")
    end = {"ended_at": moment_at(ended, "2018-07-15"), "end_reason": "并错"} if ended else {}
    merge = Merge.objects.create(merged=school, into=into, recorded_at=known, reason="重复登记", **end)
    columns = {} if ended else {"merged_into": into, "merged_at": known}
    Institution.objects.filter(pk=school.pk).update(has_merges=True, **columns)
    into.refresh_from_db()
    school.refresh_from_db()
    taken = {}
    if not ended and into.surveyed_on is None and school.surveyed_on is not None:
        taken = {"surveyed_on": school.surveyed_on, "licence_status_at_survey": school.licence_status_at_survey}
        taken["surveyed_recorded_at"] = max(known, school.surveyed_recorded_at)
        taken["survey_of"] = school.survey_of_id or school.pk
    Institution.objects.filter(pk=into.pk).update(has_merges=True, **taken)
    for each in (school, into):
        each.refresh_from_db()
    return merge
