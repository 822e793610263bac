"""What is refused of a visit as it was sent, to the day, the degree and the photo; and what is only doubted."""

from datetime import timedelta

import pytest

from accounts.errors import Invalid
from inspections.actions.rounds import CLOCK_TOLERANCE, LONGEST_TERM
from inspections.actions.sent_visit import (
    LEDGER,
    Found,
    NewFinding,
    NewItem,
    NewOrder,
    NewPhoto,
    Position,
    Submission,
)
from inspections.actions.visit_checks import MOST_PHOTOS, CheckedVisit, check_visit
from inspections.actions.visits import not_counted, oddities
from inspections.models import FindingType, Visit
from institutions.models import Institution
from institutions.moments import EARLIEST
from tests.factories import LIUSHI, at, day, institution, sent_visit, visit_of

EVENING, DAY = at("2018-10-01", 20), day("2018-10-01")
OF_A_LEDGER = {"source": LEDGER}  # names nobody, who would have to have a grant on the day


@pytest.fixture
def checked(school, inspector):
    def visit(*, forgiving=False, **stated) -> CheckedVisit:
        sent = sent_visit(school, **stated).sent_by(inspector)
        return check_visit(sent, inspector, EVENING, forgiving=forgiving)

    return visit


@pytest.fixture
def refused(checked):
    def fields(**stated) -> list[str]:
        try:
            checked(**stated)
        except Invalid as refusal:
            return sorted(refusal.errors)
        return []

    return fields


# --- When


def test_visit_happened_within_the_tolerance_of_when_it_came_and_not_before_the_first_day(refused):
    latest, first = EVENING + CLOCK_TOLERANCE, at(EARLIEST, 0)
    given = [latest, latest + timedelta(microseconds=1), first, first - timedelta(microseconds=1)]

    said = [refused(happened_at=each, **OF_A_LEDGER) for each in given]
    assert said == [[], ["happened_at"], [], ["happened_at"]]


def test_year_that_a_clock_may_say_is_doubted_and_any_other_refused(refused):
    given = [at(f"{year}-06-01") for year in (1969, 1970, 2100, 2101)]

    said = [refused(happened_at=each, forgiving=True) for each in given]
    assert said == [["happened_at"], [], [], ["happened_at"]]


def test_finding_of_a_visit_with_a_wrong_clock_is_judged_by_the_day_it_came(checked):
    FindingType.objects.filter(code="T01").update(in_force_to=DAY)
    stated = {"findings": [NewFinding("T01")], "happened_at": at("2018-10-03"), "forgiving": True}

    assert [each.reason for each in checked(**stated).aside] == ["clock"]


def test_order_is_due_from_the_day_of_the_visit_to_the_longest_term(refused):
    given = [DAY - timedelta(1), DAY, DAY + LONGEST_TERM, DAY + LONGEST_TERM + timedelta(1)]

    said = [refused(findings=[NewFinding("T01")], order=NewOrder(each)) for each in given]
    assert said == [["order.due_on"], [], [], ["order.due_on"]]


# --- Where, and who


@pytest.mark.parametrize(("longitude", "latitude"), [(180, 0), (-180, 0), (0, 90), (0, -90)])
def test_position_is_on_the_earth_with_its_edges(refused, longitude, latitude):
    over = Position(longitude * 1.001, latitude * 1.001)

    assert (refused(position=Position(longitude, latitude)), refused(position=over)) == ([], ["position"])


def test_two_should_have_been_there_but_a_ledger_names_nobody(checked):
    said = [any("两名" in each for each in checked(**of).warnings) for of in ({}, OF_A_LEDGER)]

    assert said == [True, False]


def test_number_of_an_identity_card_is_in_no_name_of_what_is_found(refused):
    found = Found(name="王某110101199001011237", address="井大路9号", division=LIUSHI, category="arts")  # nobody's

    assert refused(found=found) == ["found.name"]


# --- What was looked at


def test_answer_is_one_of_those_known(refused):
    assert [refused(items=[NewItem("S02", each)]) for each in ("ok", "perhaps")] == [[], ["items.0.answer"]]


def test_problem_there_and_put_right_is_said_once_at_its_place(opened, inspector):
    [marked] = opened.findings.filter(type="T01").values_list("pk", flat=True)
    sent = sent_visit(
        opened.institution, purpose="recheck", findings=[NewFinding("T01")], put_right=(marked,),
        submits=Submission(opened.pk, "licensed", (marked,)),
    )  # fmt: skip

    with pytest.raises(Invalid) as refusal:
        check_visit(sent.sent_by(inspector), inspector, EVENING)

    assert {name: len(said) for name, said in refusal.value.errors.items() if name != "submits.outcome"} == {
        "findings.0.type": 1, "put_right": 1, "submits.put_right": 1,
    }  # fmt: skip


# --- Photos


def test_visit_has_so_many_photos_at_most(refused):
    photos = [NewPhoto("a" * 64, slot) for slot in range(MOST_PHOTOS + 1)]

    assert (refused(photos=photos[1:]), refused(photos=photos)) == ([], ["photos"])


def test_photo_is_of_a_problem_that_was_found_at_this_institution(refused, school):
    visit_of(school, "2018-05-01", findings=("T01",))
    visit_of(institution(), "2018-05-01", findings=("S02",))

    said = [refused(photos=[NewPhoto("a" * 64, 1, finding=code)]) for code in ("T01", "S02")]
    assert said == [[], ["photos.0.finding"]]


# --- What is said of it


def test_first_survey_counts_and_one_that_saw_nothing_does_not():
    sent = sent_visit(Institution(), purpose="survey")

    assert not_counted(sent, Institution(), True) == []
    assert not_counted(sent, Institution(), False) == ["没有看到这家机构，本次不算排摸。"]


@pytest.mark.parametrize(
    ("more", "said"), [(timedelta(0), []), (timedelta(seconds=1), ["手机时间与服务器相差超过 5 分钟。"])]
)
def test_clock_that_is_off_is_said(more, said):
    visit = Visit(institution=Institution(), device_sent_at=EVENING + CLOCK_TOLERANCE + more)

    assert oddities(visit, EVENING) == said
