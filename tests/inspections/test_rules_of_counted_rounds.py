"""Which rounds and notices count on a day as known at a moment, which of them decides, and whose hands they are in."""

from datetime import date, timedelta

import pytest

from inspections.errors import IllegalMove, StaleVersion
from inspections.models import FindingType, Notice, NoticeCounter
from inspections.models.rectifications import Rectification, RectificationEvent
from institutions.moments import Moment
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    hand,
    institution,
    licence_of,
    merge_of,
    round_of,
    supplement_of,
    user_with,
    visit_of,
    what_became_of,
    withdraw_survey_of,
    withdraw_visit_of,
)

D = Moment(day("2018-12-31"), at("2019-01-03"))
ON, NEXT_DAY = D.on, D.on + timedelta(days=1)
KNOWN, LATER = D.known_at, D.known_at + timedelta(seconds=1)


def called(rounds) -> str:
    return "".join(sorted(rounds.values_list("institution__name", flat=True)))


def open_round(name: str, ordered_on="2018-10-01", due_on="2019-03-31", township=LIUSHI, **how) -> Rectification:
    return round_of(institution(township, name=name), ordered_on, due_on=due_on, **how)


# --- On a day, as known at a moment


@pytest.fixture
def rounds(db) -> None:
    """What each is at the moment is in its name."""
    open_round("开", ordered_on=ON, ordered_recorded=KNOWN)
    open_round("次日", ordered_on=NEXT_DAY, ordered_recorded=KNOWN)
    open_round("迟知", ordered_recorded=LATER)
    open_round("作废", voided=KNOWN)
    open_round("后废", voided=LATER)
    open_round("销", verified_on=ON, verified_recorded=KNOWN)
    open_round("后销", verified_on=NEXT_DAY, verified_recorded=KNOWN)
    open_round("迟销", verified_on="2018-12-01", verified_recorded=LATER)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("counted_at", {"开", "后废", "后销", "迟销", "销"}), ("verified_at", {"销"}),
     ("open_at", {"开", "后废", "后销", "迟销"})],
)  # fmt: skip
def test_rounds_of_a_day_were_ordered_by_then_known_and_neither_voided_nor_struck_off(rounds, asked, expected):
    counted = getattr(Rectification.objects, asked)(D)

    assert set(counted.values_list("institution__name", flat=True)) == expected


def due(round_: Rectification) -> date:
    return Rectification.objects.with_due_at(D).get(pk=round_.pk).due_at_moment


@pytest.mark.parametrize(
    ("extensions", "expected"),
    [
        ([], "2018-11-30"),
        ([(ON, "2019-01-31", KNOWN)], "2019-01-31"),
        ([(NEXT_DAY, "2019-01-31", KNOWN)], "2018-11-30"),
        ([(ON, "2019-01-31", LATER)], "2018-11-30"),
        ([("2018-10-02", "2019-01-31"), ("2018-10-03", "2019-02-28")], "2019-02-28"),
    ],
)
def test_deadline_of_a_day_is_that_of_the_last_extension_by_then(db, extensions, expected):
    round_ = open_round("甲", due_on="2018-11-30", extensions=extensions)
    open_round("乙", due_on="2018-11-30", extensions=[("2018-10-02", "2019-06-30")])
    handed_in = open_round("丙", due_on="2018-11-30", extensions=extensions, submitted_on="2018-12-31")

    assert due(round_) == due(handed_in) == day(expected)


def test_extension_of_a_supplement_is_none_of_its_round(db):
    round_ = open_round("甲", due_on="2018-11-30", extensions=[("2018-10-02", "2018-12-31")])
    notice = supplement_of(round_, "2018-10-03", due_on="2018-12-01")
    what_became_of(notice, "extended", "2018-10-04", due_on="2019-06-30")

    assert due(round_) == day("2018-12-31")


@pytest.mark.parametrize(
    ("ordered_on", "served", "expected"),
    [("2018-10-01", {}, "2018-10-20"), ("2018-10-01", {"recorded": LATER}, "2018-11-30")],
)
def test_supplement_that_is_known_and_due_earlier_has_the_deadline(db, ordered_on, served, expected):
    round_ = open_round("甲", due_on="2018-11-30")
    supplement_of(round_, "2018-10-03", due_on="2018-10-20", **served)

    assert due(round_) == day(expected)


def standing(*rounds: Rectification) -> list[str]:
    return [Rectification.objects.deciding_at(D).get(pk=each.pk).standing for each in rounds]


def test_open_round_is_overdue_after_its_deadline_and_a_verified_one_stands_as_it_ended(db):
    rounds = (
        open_round("甲", due_on=ON), open_round("乙", due_on=ON - timedelta(days=1)),
        open_round("丙", verified_on="2018-11-01", outcome="licensed"),
    )  # fmt: skip

    assert standing(*rounds) == ["open", "overdue", "licensed"]


def deciding(school) -> list[int]:
    return list(Rectification.objects.deciding_at(D).filter(institution=school).values_list("round_no", flat=True))


def test_round_that_is_open_decides_and_of_the_others_the_one_verified_last(db):
    school = institution()
    round_of(school, "2018-05-01", verified_on="2018-09-01")
    round_of(school, "2018-06-01", verified_on="2018-08-01", verified_recorded="2018-09-02")
    round_of(school, "2018-07-01", verified_on="2018-08-01", verified_recorded="2018-09-01")
    round_of(school, "2018-07-02", verified_on="2018-08-01", verified_recorded="2018-09-01")
    round_of(school, "2018-10-01", due_on="2019-03-31")

    assert deciding(school) == [5, 1, 2, 4, 3]


def test_of_rounds_that_were_open_then_the_one_due_first_decides(db):
    school = institution()
    round_of(school, "2018-05-01", due_on="2019-02-28", verified_on=NEXT_DAY)
    round_of(school, "2018-06-01", due_on="2019-01-31", verified_on=NEXT_DAY)

    assert deciding(school) == [2, 1]


@pytest.mark.parametrize(
    ("served_on", "recorded", "known"), [(ON, KNOWN, True), (NEXT_DAY, KNOWN, False), (ON, LATER, False)]
)
def test_notice_is_known_from_the_day_it_was_served_and_the_moment_it_was_recorded(db, served_on, recorded, known):
    open_round("甲", ordered_on=served_on, ordered_recorded=recorded)

    assert Notice.objects.known_at(D).exists() is known


# --- As things stand


def test_rounds_between_two_places_are_those_of_the_order_given(db):
    for name in "甲乙丙丁":
        open_round(name)
    ordered = Rectification.objects.order_by("institution__recorded_at", "number")

    assert list(ordered.between(1, 3)) == list(ordered)[1:3]


@pytest.mark.parametrize("state", ["ordered", "submitted", "verified", "voided"])
def test_rounds_in_a_state_are_those_and_no_others(db, state):
    open_round("ordered ")
    open_round("submitted ", submitted_on="2018-11-01")
    open_round("verified ", verified_on="2018-11-01")
    open_round("voided ", voided="2018-11-01")

    assert called(Rectification.objects.in_state(state)) == f"{state} "


def test_rounds_are_seen_in_ones_own_divisions(inspector):
    open_round("柳市")
    open_round("北白象", township=NEXT_TO_LIUSHI)

    assert called(Rectification.objects.visible_to(inspector)) == "柳市"


def test_round_goes_nowhere_but_where_the_table_says(db):
    round_ = open_round("甲")

    with pytest.raises(IllegalMove):
        round_.move_to("verified", kind="verified", by=hand("checker"), on=ON, at=KNOWN, columns={})
    round_.refresh_from_db()
    assert (round_.state, round_.version) == ("ordered", 1)


def test_events_known_since_a_day_come_the_last_first(db):
    moments = (at("2018-12-01", 0), at("2018-11-30", 23, 59), at("2018-12-02"), at("2018-12-02"))
    for number, recorded in enumerate(moments, start=1):
        round_of(
            institution(), "2018-10-01", ordered_recorded=recorded, id=f"00000000-0000-0000-0000-00000000000{number}"
        )

    events = RectificationEvent.objects.known_since(day("2018-12-01"))
    assert [str(each.rectification_id)[-1] for each in events] == ["4", "3", "1"]


def test_round_that_somebody_else_moved_meanwhile_is_not_moved(db):
    round_ = open_round("甲")
    stale = Rectification.objects.get(pk=round_.pk)
    round_.note_event("extended", by=hand("checker"), on=ON, at=KNOWN)

    with pytest.raises(StaleVersion):
        stale.note_event("extended", by=hand("checker"), on=ON, at=KNOWN)
    assert round_.events.count() == 2


# --- Whose hands


@pytest.fixture
def me(db):
    return user_with("task_force", "330382", "me")


def others(me) -> str:
    return called(Rectification.objects.by_other_hands_than(me))


def test_who_submitted_is_a_hand_and_who_ordered_or_returned_is_none(me):
    open_round("交", submitted_on="2018-11-01", submitted_by=me)
    open_round("开", submitted_on="2018-11-01", ordered_by=me)
    returned = open_round("退", submitted_on="2018-11-01")
    returned.move_to("returned", kind="returned", by=me, on=ON, at=KNOWN, columns={})

    assert others(me) == "开退"


@pytest.mark.parametrize(
    ("result", "withdrawn", "left"),
    [("inspected", None, ""), ("no_access", None, "甲"), ("inspected", "2018-11-02", "甲")],
)
def test_who_was_there_is_a_hand_unless_nobody_was_in_or_the_visit_is_withdrawn(me, result, withdrawn, left):
    round_ = open_round("甲")
    visit = visit_of(round_.institution, "2018-11-01", result=result, round_=round_, by=me)
    visit_of(institution(), "2018-11-01", by=me)
    other = open_round("乙")
    visit_of(other.institution, "2018-11-01", round_=other)
    round_.note_event("evidence", by=me, on=ON, at=KNOWN, visit=visit) if result == "inspected" else None
    if withdrawn:
        withdraw_visit_of(visit, withdrawn)

    assert others(me) == f"乙{left}"
    assert (me.pk in round_.hands()) is (left == "")


@pytest.mark.parametrize(
    ("entered", "outcome", "left"),
    [
        ({"recorded_at": at("2018-10-01", 0)}, "licensed", ""),
        ({"recorded_at": at("2018-09-30", 23, 59)}, "licensed", "甲"),
        ({"recorded_at": at("2018-10-01", 0)}, "closed", "甲"),
        ({"recorded_at": at("2018-10-01", 0), "recorded_by": "somebody"}, "licensed", "甲"),
        ({"recorded_at": at("2018-10-01", 0), "elsewhere": True}, "licensed", "甲"),
    ],
    ids=["since the order", "before it", "closed", "by another", "of another"],
)
def test_who_entered_a_licence_since_the_order_is_a_hand_of_licensing(me, entered, outcome, left):
    round_ = open_round("甲", submitted_on="2018-11-01", outcome=outcome)
    by = hand("somebody") if "recorded_by" in entered else me
    school = institution() if entered.get("elsewhere") else round_.institution
    licence_of(school, "permit", recorded_at=entered["recorded_at"], recorded_by=by)

    assert others(me) == left
    assert (me.pk in round_.hands()) is (left == "")


def test_who_entered_a_licence_of_what_is_merged_into_it_is_a_hand_as_long_as_it_is_merged(me):
    merged, apart = (open_round(name, submitted_on="2018-11-01", outcome="licensed") for name in "甲乙")
    into, once, elsewhere = institution(), institution(), institution()
    merge_of(into, merged.institution, "2018-10-15")
    merge_of(once, apart.institution, "2018-10-15", ended="2018-10-16")
    merge_of(elsewhere, institution(), "2018-10-15")
    for school in (into, once, elsewhere):
        licence_of(school, "permit", recorded_at=at("2018-10-20"), recorded_by=me)

    assert others(me) == "乙"


# --- The catalogue


def test_meanings_of_findings_come_in_the_order_of_their_codes(db):
    codes = ["L02", "T01", "L01"]

    assert FindingType.objects.meanings(codes) == ["none", "registration_only"]
    assert FindingType.objects.meanings(["T01"]) == []


@pytest.mark.parametrize(
    ("prefix", "offered"),
    [("", True), ("33", True), ("3303", True), ("330382", True), ("330382114", False), ("330381", False)],
)
def test_items_are_offered_from_the_country_down_to_the_county(db, prefix, offered):
    FindingType.objects.filter(code="T01").update(division_prefix=prefix)

    assert FindingType.objects.offered_in("330382114000").filter(code="T01").exists() is offered


# --- By which survey it is judged


@pytest.mark.parametrize(
    ("surveyed", "withdrawn", "judged"),
    [
        (at("2018-10-01"), at("2018-10-02"), "full"),  # a survey that ordered it, too
        (at("2018-10-01", 13), at("2018-10-02"), "none"),
        (at("2018-09-01"), at("2018-10-01"), "none"),
        (at("2018-09-01"), at("2018-10-01", 12, 1), "full"),
    ],
)
def test_round_is_judged_by_the_withdrawn_survey_that_counted_when_it_was_ordered(db, surveyed, withdrawn, judged):
    school = institution(status="full", surveyed_recorded=surveyed)
    round_ = round_of(school, "2018-10-01", ordered_recorded=at("2018-10-01"))
    withdraw_survey_of(school, withdrawn)

    assert Rectification.objects.get(pk=round_.pk).judged_as == judged


@pytest.mark.parametrize(
    ("surveyed", "withdrawn", "judged"),
    [
        (at("2018-10-20"), at("2018-10-25"), "full"),
        (at("2018-10-20", 13), at("2018-10-25"), "none"),
        (at("2018-10-10"), at("2018-10-20"), "none"),
        (at("2018-10-10"), at("2018-10-20", 12, 1), "full"),
    ],
)
def test_strike_off_is_judged_by_the_withdrawn_survey_that_counted_at_it(db, surveyed, withdrawn, judged):
    school = institution(status="full", surveyed_recorded=surveyed)
    round_ = round_of(school, "2018-10-01", verified_on="2018-10-20", verified_recorded=at("2018-10-20"))
    withdraw_survey_of(school, withdrawn)

    assert Rectification.objects.get(pk=round_.pk).judged_as == judged


def test_strike_off_is_judged_by_the_survey_that_counted_at_it_before_that_which_counted_at_the_order(db):
    school = institution(status="full", surveyed_recorded=at("2018-09-01"))
    round_ = round_of(school, "2018-10-01", verified_on="2018-10-20", verified_recorded=at("2018-10-20"))
    withdraw_survey_of(school, at("2018-10-10"), instead=("2018-09-02", "permit_only"))
    withdraw_survey_of(school, at("2018-10-25"))

    assert Rectification.objects.get(pk=round_.pk).judged_as == "permit_only"


# --- Numbers


def test_notices_of_each_county_and_year_are_numbered_by_themselves(db):
    taken = [NoticeCounter.next_number(*each) for each in (
        ("330382", 2018), ("330381", 2018), ("330382", 2019), ("330382", 2018, 5), ("330381", 2018), ("330382", 2018),
    )]  # fmt: skip

    assert taken == [1, 1, 1, 2, 2, 7]
