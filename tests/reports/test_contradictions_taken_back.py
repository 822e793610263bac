"""What an undone import or a withdrawn visit took away since the report before; and what every contradiction brings for
who explains it."""

import re

import pytest
from django.urls import reverse

from inspections.models import LedgerEntry
from institutions.models import Division, ImportBatch, ImportedRow, Institution
from institutions.moments import Moment
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
