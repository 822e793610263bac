"""What an undone import or a withdrawn visit took away since the report before; and what every contradiction brings for
who explains it."""

import re

import pytest
from django.urls import reverse

from inspections.models import LedgerEntry
from institutions.models import Division, ImportBatch, ImportedRow, Institution
from institutions.moments import Moment
from reports.actions import approve_report
from reports.contradictions import CHECKS, MEANS, SAYS, SHOWN, contradictions
from tests.factories import (
    LIUSHI,
    at,
    day,
    institution,
    licence_of,
    merge_of,
    round_of,
    visit_of,
    withdraw_survey_of,
    withdraw_visit_of,
)
from tests.reports.reporting import approved, leader, submitted

pytestmark = pytest.mark.django_db
SINCE, BEFORE = "2018-12-10", "2018-11-20"


def found(known: str = "2019-01-05", **more):
    told = contradictions("330382", Moment(day("2018-12-31"), at(known)), day("2018-11-30"), **more)
    return {each.code: each for each in told}


def _names(known: str = "2019-01-05") -> dict[str, list[str]]:
    return {code: [listed.name for listed in each.institutions] for code, each in found(known).items()}


def _batch(undone: str) -> ImportBatch:
    county = Division.objects.get(pk="330382")
    return ImportBatch.objects.create(division=county, recorded_at=at("2018-06-01"), rolled_back_at=at(undone))


@pytest.mark.parametrize(("kind", "undone", "told"), [
    ("new", SINCE, True), ("changed", SINCE, True), ("unchanged", SINCE, False), ("changed", BEFORE, False),
])  # fmt: skip
def test_import_that_counted_then_and_was_undone_since(kind, undone, told):
    school = institution(name="导入的")
    ImportedRow.objects.create(batch=_batch(undone), row_number=1, institution=school, kind=kind, original={})

    assert _names() == ({"import_undone": ["导入的"]} if told else {})
    assert _names("2018-12-09") == {}


def test_ledger_that_was_undone_since_is_told_and_its_visits_are_not_told_again():
    school = institution(name="台账的")
    visit = visit_of(school, "2018-06-01", findings=("S02",))
    withdraw_visit_of(visit, SINCE)
    LedgerEntry.objects.create(
        batch=_batch(SINCE), row_number=1, institution=school, visit=visit, taken_back_at=at(SINCE)
    )

    assert _names() == {"import_undone": ["台账的"]}


@pytest.mark.parametrize(("findings", "purpose", "withdrawn", "told"), [
    (("S02",), "routine", SINCE, True),
    ((), "survey", SINCE, True),
    ((), "routine", SINCE, False),  # it had told nothing that is counted
    (("S02",), "routine", BEFORE, False),
])  # fmt: skip
def test_visit_that_counted_then_and_was_withdrawn_since(findings, purpose, withdrawn, told):
    withdraw_visit_of(visit_of(institution(name="走访的"), "2018-06-01", findings=findings, purpose=purpose), withdrawn)

    assert _names() == ({"visit_withdrawn": ["走访的"]} if told else {})
    assert _names("2018-12-09") == {}


@pytest.mark.parametrize(("merged", "told"), [("2018-08-01", "留下的"), (SINCE, "并入的")])
def test_what_a_registration_lost_is_told_of_the_one_into_which_it_was_merged_then(merged, told):
    """Its visits and imports counted there, when it was merged at the report before; in itself, when not yet."""
    stays, gone, imported = (institution(name=name) for name in ("留下的", "并入的", "并入又导入的"))
    withdraw_visit_of(visit_of(gone, "2018-06-01", findings=("S02",)), "2018-12-20")
    ImportedRow.objects.create(
        batch=_batch("2018-12-20"), row_number=1, institution=imported, kind="changed", original={}
    )
    for each in (gone, imported):
        merge_of(each, stays, at(merged))

    names = _names()

    assert names["visit_withdrawn"] == [told]
    assert names["import_undone"] == [told if told == "留下的" else "并入又导入的"]


def test_survey_whose_visit_was_withdrawn_shrinks_the_base_and_says_why():
    school = institution(name="走访的")
    visit = visit_of(school, "2018-04-02", purpose="survey")
    withdraw_survey_of(school, SINCE)
    withdraw_visit_of(visit, SINCE)

    assert _names() == {"base_shrank": ["走访的"], "visit_withdrawn": ["走访的"]}


@pytest.mark.parametrize(
    ("taken_back", "told"), [("2018-12-20", ["import_undone"]), ("2019-01-20", ["visit_withdrawn"])]
)
def test_visit_is_told_of_its_import_where_that_was_undone_by_the_moment_asked_for(taken_back, told):
    school = institution(name="台账的")
    visit = visit_of(school, "2018-06-01", findings=("S02",))
    withdraw_visit_of(visit, SINCE)
    batch = _batch(taken_back)
    LedgerEntry.objects.create(batch=batch, row_number=1, institution=school, visit=visit, taken_back_at=at(taken_back))

    assert list(_names()) == told


# --- Against the report that was handed in


def _january(known: str) -> dict[str, list[str]]:
    told = contradictions("330382", Moment(day("2019-01-31"), at(known)), day("2018-12-31"))
    return {each.code: [listed.name for listed in each.institutions] for each in told}


def _surveyed_late(recorded: str, withdrawn: str) -> None:
    """By a visit of 20 December."""
    school = institution(name="迟报的", surveyed_on="2018-12-20", surveyed_recorded=recorded)
    visit = visit_of(school, "2018-12-20", purpose="survey", recorded=recorded)
    withdraw_survey_of(school, withdrawn)
    withdraw_visit_of(visit, withdrawn)


TAKEN_AWAY = {"base_shrank": ["迟报的"], "visit_withdrawn": ["迟报的"]}


@pytest.mark.parametrize(
    ("recorded", "withdrawn", "told"),
    [("2019-01-02", "2019-01-08", TAKEN_AWAY),  # in the report of the 3rd, and gone since
     ("2018-12-20", "2019-01-02", {}),  # gone before it was counted
     ("2019-01-04", "2019-01-08", {})],  # never in it
)  # fmt: skip
def test_what_was_taken_away_is_measured_against_the_report_that_was_approved(recorded, withdrawn, told):
    _surveyed_late(recorded, withdrawn)
    approved()

    assert _january("2019-02-03") == told


def test_report_that_nobody_has_approved_is_none_to_measure_against():
    """Then it is the day as it was known when it had ended."""
    _surveyed_late("2018-12-20", "2019-01-02")
    version = submitted()
    before_approval = _january("2019-02-03")
    report = version.report
    report.refresh_from_db()
    approve_report(report, by=leader(), version=report.version, at=at("2019-02-04"))

    assert (before_approval, _january("2019-02-03"), _january("2019-02-05")) == (TAKEN_AWAY, TAKEN_AWAY, {})


def test_page_says_as_known_when_the_report_before_is_looked_at(browse, taskforce):
    approved()

    for before, known in (("2018-12-31", "2019-01-03 09:00"), ("2018-11-30", "2018-12-01 00:00")):
        asked = {"division": "330382", "as_of": "2019-01-31", "before": before}
        page = browse(taskforce).get(reverse("contradictions"), asked).content.decode()
        assert f"上期（以 {known} 所知）→ 本期：" in page


def test_every_check_says_what_it_means_and_what_to_do():
    assert list(CHECKS) == list(SAYS) == list(MEANS)
    assert [code for code, means in MEANS.items() if not re.search("请.*。$", str(means))] == []


# --- For who explains it


def _twice(number: str, *names: str) -> None:
    for name in names:
        licence_of(institution(LIUSHI, name=name), "permit", number=number, recorded_at=at("2018-06-01"))


def test_digest_is_the_same_for_the_same_institutions_and_another_for_others():
    _twice("教民133038270000010号", "甲", "乙")
    first = found()["permit_number_used_twice"].digest
    Institution.objects.filter(name="甲").update(name="改名")

    again = found()["permit_number_used_twice"].digest
    _twice("教民133038270000011号", "丙", "丁")
    more = found()["permit_number_used_twice"].digest

    assert (len(first), again) == (64, first)
    assert more != first


def test_digest_is_of_those_too_that_are_not_shown():
    _twice("教民133038270000010号", *(f"甲{number:03d}" for number in range(SHOWN + 2)))
    shown = found()["permit_number_used_twice"]

    Institution.objects.filter(name=f"甲{SHOWN + 1:03d}").update(withdrawn_at=at(SINCE))
    fewer = found()["permit_number_used_twice"]

    assert (shown.count, fewer.count) == (SHOWN + 2, SHOWN + 1)
    assert [each.name for each in fewer.institutions] == [each.name for each in shown.institutions]
    assert fewer.digest != shown.digest


def test_digest_of_two_checks_about_the_same_institutions_is_not_the_same():
    school = institution()
    withdraw_visit_of(visit_of(school, "2018-06-01", findings=("S02",)), SINCE)
    ImportedRow.objects.create(batch=_batch(SINCE), row_number=1, institution=school, kind="new", original={})

    told = found()

    assert told["visit_withdrawn"].digest != told["import_undone"].digest


def test_query_opens_the_whole_list(browse, taskforce):
    _twice("教民133038270000010号", *(f"甲{number:03d}" for number in range(SHOWN + 5)))
    told = found()["permit_number_used_twice"]

    page = browse(taskforce).get(told.get_absolute_url())

    assert told.get_absolute_url().startswith(reverse("contradictions"))
    [shown] = page.context["found"]
    assert (shown.code, shown.count, len(shown.institutions)) == (told.code, SHOWN + 5, SHOWN + 5)
    assert shown.digest == told.digest


def test_one_check_asked_for_by_its_code_is_that_one():
    _twice("教民133038270000010号", "甲", "乙")
    round_of(institution(), "2018-05-01", verified_on="2018-06-01", outcome="licensed")

    assert list(found(code="licensed_without_licence")) == ["licensed_without_licence"]
    assert list(found(code="base_shrank")) == []
