"""Histories that nobody thought of: institutions with surveys, visits, rounds and notices, that move, are renamed, merged
and withdrawn, each of it known late or taken back later. Days and moments are counted from the first of March 2018."""

from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from inspections.models import Rectification
from institutions.models import Institution, Licence
from tests.factories import (
    at,
    institution,
    licence_of,
    merge_of,
    move_of,
    rename_of,
    round_of,
    strike_off,
    supplement_of,
    visit_of,
    void,
    what_became_of,
    withdraw_survey_of,
    withdraw_visit_of,
)

TOWNSHIPS = ["330382114", "330382115", "330382001"]
ELSEWHERE = "330381"  # the county next to it
STATUSES = ["full", "registration_only", "permit_only", "none"]
FIRST = date(2018, 3, 1)

days_later = st.integers(0, 120)
any_day = st.integers(0, 400)
late = st.one_of(st.just(0), st.integers(0, 90))  # days until something became known
taken_back = st.one_of(st.none(), st.none(), st.integers(0, 120))  # days after which it was withdrawn


def day(after: int) -> date:
    return FIRST + timedelta(days=after)


def moment(after: int) -> datetime:
    return at(day(after))


@st.composite
def supplements(draw):
    """A supplementary notice and what became of it."""
    return {
        "after": draw(st.integers(0, 60)),
        "term": draw(st.integers(0, 40)),
        "late": draw(late),
        "then": draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["fulfilled", "unfulfilled", "extended", "withdrawn"]), st.integers(0, 60), late
                ),
                max_size=3,
            )
        ),
    }


@st.composite
def rounds(draw):
    """One round by days counted from the one before it."""
    return {
        "gap": draw(st.integers(0, 100)),
        "term": draw(st.integers(0, 60)),
        "late": draw(late),
        "extensions": draw(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), late), max_size=2)),
        "supplements": draw(st.lists(supplements(), max_size=2)),
        "end": draw(st.sampled_from(["verified", "verified", "voided"])),
        "lasts": draw(days_later),
        "end_late": draw(late),
        "outcome": draw(st.sampled_from(["closed", "licensed", "corrected"])),
    }


@st.composite
def histories(draw):
    """An institution with everything that can happen to it; of its rounds the last may be open."""
    return {
        "township": draw(st.sampled_from(TOWNSHIPS)),
        "status": draw(st.sampled_from(STATUSES)),
        "surveyed": draw(st.one_of(st.none(), days_later)),
        "survey_late": draw(late),
        "survey_withdrawn": draw(taken_back),
        "surveyed_instead": draw(st.one_of(st.none(), st.tuples(any_day, st.sampled_from(STATUSES)))),
        "rounds": draw(st.lists(rounds(), max_size=3)),
        "last_open": draw(st.booleans()),
        "moves": draw(
            st.lists(st.tuples(any_day, late, st.sampled_from([*TOWNSHIPS, ELSEWHERE]), taken_back), max_size=2)
        ),
        "renames": draw(st.lists(st.tuples(any_day, late, st.sampled_from("甲乙丙"), taken_back), max_size=2)),
        "licences": draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["permit", "registration"]),
                    any_day,
                    late,
                    st.one_of(st.none(), any_day),
                    taken_back,
                ),
                max_size=2,
            )
        ),
        "gone": draw(st.sampled_from(["", "", "merged", "merged", "withdrawn"])),
        "gone_after": draw(any_day),
        "taken_apart": draw(taken_back),
        "visits": draw(
            st.lists(st.tuples(any_day, late, st.sampled_from(["T01", "S02", "M01"]), taken_back), max_size=2)
        ),
    }


def write(history: dict, kept: Institution) -> Institution:
    """Write a history into the tables; `kept` is what it was merged into, if it was and no round of it is open."""
    surveyed = history["surveyed"]
    school = institution(
        history["township"],
        status=history["status"],
        surveyed_on=None if surveyed is None else day(surveyed),
        surveyed_recorded=None if surveyed is None else moment(surveyed + history["survey_late"]),
    )
    if surveyed is not None and history["survey_withdrawn"] is not None:
        withdrawn = surveyed + history["survey_late"] + history["survey_withdrawn"]
        instead = history["surveyed_instead"]
        instead = instead and (day(min(instead[0], withdrawn)), instead[1])
        withdraw_survey_of(school, moment(withdrawn), instead=instead)
    for after, known_after, code, back in history["visits"]:
        visit = visit_of(school, day(after), findings=(code,), recorded=moment(after + known_after))
        if back is not None:
            withdraw_visit_of(visit, moment(after + known_after + back))
    for kind, after, known_after, revoked, back in history["licences"]:
        known = after + known_after
        ends = {} if revoked is None else {"revoked_on": day(after + revoked)}
        ends |= {} if revoked is None else {"revoked_recorded_at": moment(known + revoked)}
        ends |= {} if back is None else {"withdrawn_at": moment(known + back)}
        licence_of(school, kind, day(after), recorded_at=moment(known), **ends)
    ordered = 0
    for index, each in enumerate(history["rounds"]):
        ordered += each["gap"]
        ordered = write_round(school, each, ordered, history["last_open"] and index == len(history["rounds"]) - 1)
    write_moves_and_names(school, history)
    gone, back = history["gone_after"], history["taken_apart"]
    if history["gone"] == "merged" and not school.rectifications.open().exists():
        merge_of(school, kept, moment(gone), ended=None if back is None else moment(gone + back))
    elif history["gone"] == "withdrawn":
        Institution.objects.filter(pk=school.pk).update(withdrawn_at=moment(gone))
    return school


def write_moves_and_names(school: Institution, history: dict, known: int = 0) -> None:
    """Nothing of it is recorded before `known`."""
    for after, known_after, to, back in history["moves"]:
        recorded = max(after + known_after, known)
        withdrawn = None if back is None else moment(recorded + back)
        move_of(school, to, day(after), recorded=moment(recorded), withdrawn=withdrawn)
    for after, known_after, name, back in history["renames"]:
        recorded = max(after + known_after, known)
        withdrawn = None if back is None else moment(recorded + back)
        rename_of(school, name, day(after), recorded=moment(recorded), withdrawn=withdrawn)


def write_round(school: Institution, each: dict, ordered: int, stays_open: bool, known: int = 0) -> int:
    """Write one round that was ordered on a day of the history; the day on which it ended.

    Nothing of it is recorded before `known`.
    """
    due, extensions = ordered + each["term"], []
    for after, longer, known_after in each["extensions"]:
        due += longer
        on = ordered + after
        extensions.append((day(on), day(due), moment(max(on + known_after, known))))
    ended = ordered + each["lasts"]
    known_ordered = max(ordered + each["late"], known)
    round_ = round_of(
        school,
        day(ordered),
        due_on=day(ordered + each["term"]),
        ordered_recorded=moment(known_ordered),
        extensions=extensions,
    )
    for supplement in each["supplements"]:
        _write_supplement(round_, supplement, ordered + supplement["after"], known)
    if not stays_open:
        finish(round_, each, ended, known_ordered)
    return ended


def finish(round_: Rectification, each: dict, ended: int, known: int) -> None:
    """Strike a round off, or void it; nothing of that is recorded before `known`."""
    if each["end"] == "voided":
        void(round_, moment(known + each["end_late"]))
    else:
        recorded = moment(max(ended, known) + each["end_late"])
        strike_off(round_, day(ended), recorded=recorded, outcome=each["outcome"])


def _write_supplement(round_: Rectification, each: dict, served: int, known: int) -> None:
    due = served + each["term"]
    recorded = moment(max(served + each["late"], known))
    notice = supplement_of(round_, day(served), due_on=day(due), recorded=recorded)
    for kind, after, known_after in each["then"]:
        on = served + after
        due += 10
        until = day(due) if kind == "extended" else None
        what_became_of(notice, kind, day(on), recorded=moment(max(on + known_after, known)), due_on=until)


def write_more(school: Institution, history: dict, known: int) -> None:
    """What becomes known of an institution after `known`, about days before and after it, and what is taken back."""
    for visit in school.visits.filter(withdrawn_at__isnull=True, notices__isnull=True):
        withdraw_visit_of(visit, moment(known))
    for after, _late, code, _back in history["visits"]:
        visit_of(school, day(after), findings=(code,), recorded=moment(known + 1))
    if school.surveyed_on is not None and school.surveyed_recorded_at < moment(known):
        instead = history["surveyed_instead"]
        withdraw_survey_of(school, moment(known), instead=instead and (day(instead[0]), instead[1]))
    Licence.objects.filter(institution=school, revoked_on__isnull=True, valid_from__lte=day(400)).update(
        revoked_on=day(401), revoked_recorded_at=moment(known + 1)
    )
    school.licences.filter(kind="permit", withdrawn_at__isnull=True, recorded_at__lt=moment(known)).update(
        withdrawn_at=moment(known), withdraw_reason="登错"
    )
    for kind, after, *_rest in history["licences"]:
        licence_of(school, kind, day(after), recorded_at=moment(known + 1))
    open_round = school.rectifications.open().first()
    for index, each in enumerate(history["rounds"][:2] if school.on_register else []):
        if open_round is not None:
            for supplement in each["supplements"]:
                _write_supplement(open_round, supplement, supplement["after"] + 400, known)
            finish(open_round, each, 500, known)
            open_round = None
        else:
            write_round(school, each, each["gap"], index == 1, known)
            open_round = school.rectifications.open().first()
    write_moves_and_names(school, history, known)
    school.refresh_from_db()
    if school.merged_at is not None and school.merged_at < moment(known):
        take_apart(school, moment(known))
    elif history["gone"] and school.on_register:
        Institution.objects.filter(pk=school.pk).update(withdrawn_at=moment(known))


def take_apart(school: Institution, when: datetime) -> None:
    """What was merged is an institution of its own again, from a moment on."""
    school.merges.filter(ended_at__isnull=True).update(ended_at=when, end_reason="并错")
    Institution.objects.filter(pk=school.pk).update(merged_into=None, merged_at=None)
