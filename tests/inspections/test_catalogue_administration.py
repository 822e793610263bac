"""The catalogue of findings is kept by the administrator; what orders were printed with is not rewritten."""

import pytest
from django.urls import reverse
from django.utils import translation

from inspections.models import FindingType
from tests.accounts.people import save
from tests.factories import institution, user_with, visit_of

CODE = "L01"
PAGE = reverse("admin:inspections_findingtype_change", args=[CODE])


@pytest.fixture
def office(db, browse):
    return browse(user_with("admin", "", "administrator"))


def typed(**changes) -> dict:
    item = FindingType.objects.get(pk=CODE)
    names = (
        "name_zh",
        "name_en",
        "legal_basis",
        "severity",
        "meaning",
        "in_force_from",
        "in_force_to",
        "evidence",
        "note",
    )
    return (
        {name: str(getattr(item, name) or "") for name in names} | {"division_prefix": item.division_prefix} | changes
    )


def test_wording_of_an_item_nobody_was_found_with_can_be_put_right(office):
    answer = save(office, PAGE, typed(legal_basis="另一依据"))

    assert answer.status_code == 302
    assert FindingType.objects.get(pk=CODE).legal_basis == "另一依据"


def test_wording_of_an_item_that_was_found_stays(office):
    visit_of(institution(), "2018-04-02", findings=(CODE,))
    before = FindingType.objects.get(pk=CODE)

    answer = save(
        office, PAGE, typed(legal_basis="另一依据", name_zh="另一名称", in_force_from="2020-01-01", note="看过")
    )

    after = FindingType.objects.get(pk=CODE)
    assert answer.status_code == 302
    assert (after.legal_basis, after.name_zh, after.in_force_from) == (
        before.legal_basis,
        before.name_zh,
        before.in_force_from,
    )
    assert after.note == "看过"


def test_item_that_was_found_can_be_ended(office):
    visit_of(institution(), "2018-04-02", findings=(CODE,))

    save(office, PAGE, typed(in_force_to="2030-01-01"))

    assert str(FindingType.objects.get(pk=CODE).in_force_to) == "2030-01-01"


@pytest.mark.parametrize("was_found", [False, True])
def test_end_before_beginning_is_said_in_words(office, was_found):
    if was_found:
        visit_of(institution(), "2018-10-02", findings=(CODE,))

    answer = save(office, PAGE, typed(in_force_to="1999-01-01"))

    assert answer.status_code == 200
    assert "废止日 1999-01-01 早于施行日" in answer.content.decode()
    assert FindingType.objects.get(pk=CODE).in_force_to is None


@pytest.mark.parametrize(
    ("code", "status"), [("", 302), ("330382", 302), ("330382114", 200), ("3303821", 200), ("33", 302), ("99", 200)]
)
def test_item_is_of_a_county_or_above_or_of_the_nation(office, code, status):
    assert save(office, PAGE, typed(division_prefix=code)).status_code == status


@pytest.mark.parametrize(
    ("language", "name_en", "name"), [("zh-hans", "Over", "超"), ("en", "Over", "Over"), ("en", "", "超")]
)
def test_item_is_named_in_the_language_of_the_page_when_it_has_a_name_in_it(language, name_en, name):
    item = FindingType(code="Z01", name_zh="超", name_en=name_en)

    with translation.override(language):
        assert (item.name, str(item)) == (name, f"Z01 {name}")
