"""Which licences a list of a day knows of, and which columns are personal."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from figures.columns import LICENCES, NAME, PHONE, PRINCIPAL, STANDING, licences_at, with_list_columns
from figures.standing import with_standing
from institutions.models import Institution
from institutions.moments import Moment
from institutions.past import Listed, as_listed
from tests.factories import at, day, institution, licence_of, visit_of

D = Moment(day("2018-12-31"), at("2019-01-03"))
NEXT_DAY, LATER = D.on + timedelta(days=1), D.known_at + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("licence", "listed"),
    [
        ({"valid_from": D.on, "recorded_at": D.known_at}, True),
        ({"valid_from": NEXT_DAY, "recorded_at": D.known_at}, False),
        ({"valid_from": D.on, "recorded_at": LATER}, False),
        ({"recorded_at": at("2018-02-01"), "withdrawn_at": D.known_at, "withdraw_reason": "错"}, False),
        ({"recorded_at": at("2018-02-01"), "withdrawn_at": LATER, "withdraw_reason": "错"}, True),
        ({"recorded_at": at("2018-02-01"), "valid_to": day("2018-06-01")}, True),  # in force or not
    ],
)
def test_licence_of_a_day_had_begun_was_known_and_stood(db, licence, listed):
    licence_of(institution(), "permit", **licence)

    [found] = Institution.objects.prefetch_related(licences_at(D))
    assert len(found.licences_then) == int(listed)


@pytest.mark.parametrize(
    ("revoked_on", "recorded", "shown"),
    [(D.on, D.known_at, True), (NEXT_DAY, D.known_at, False), (D.on, LATER, False), (None, None, False)],
)
def test_revocation_of_a_day_had_happened_and_was_known(db, revoked_on, recorded, shown):
    revoked = {"revoked_on": revoked_on, "revoked_recorded_at": recorded} if revoked_on else {}
    licence_of(institution(), "permit", recorded_at=at("2018-02-01"), **revoked)

    [found] = Institution.objects.prefetch_related(licences_at(D))
    assert [each.revoked_then for each in found.licences_then] == [D.on if shown else None]


@pytest.mark.parametrize(("columns", "brought"), [([NAME], False), ([NAME, LICENCES[0]], True), ([], False)])
def test_licences_are_brought_where_a_column_asks_for_them(db, columns, brought):
    institution()

    [found] = with_list_columns(Institution.objects.all(), D, columns)
    assert hasattr(found, "licences_then") is brought


@pytest.mark.parametrize(("visited", "said"), [(None, "unseen"), ("2018-05-01", "clear")])
def test_standing_of_what_nobody_has_looked_at_has_a_word_of_its_own(db, visited, said):
    school = institution(surveyed_on="2018-04-02")
    if visited:
        visit_of(school, visited)

    [listed] = as_listed(with_list_columns(with_standing(Institution.objects.all(), D), D), D)

    assert STANDING.cell(listed) == said


@pytest.mark.parametrize("order", [("2018-05-01", "2018-06-01"), ("2018-06-01", "2018-05-01")])
def test_last_visit_is_the_latest_in_whatever_order_they_were_written(db, order):
    school = institution(surveyed_on="2018-04-02")
    for on in order:
        visit_of(school, on)

    [found] = with_list_columns(Institution.objects.all(), D)

    assert found.last_visit_on == day("2018-06-01")


def test_columns_that_name_people_are_personal():
    assert [each.personal for each in (NAME, PRINCIPAL, PHONE)] == [False, True, True]


class OfARound(NamedTuple):
    listed: Listed


def test_column_of_an_institution_says_the_same_of_a_round(db):
    institution(name="甲", phone="13800001111", surveyed_on=None)
    [listed] = as_listed(Institution.objects.all(), D)

    phone, name = PHONE.of_round(), NAME.of_round()
    assert (phone.cell(OfARound(listed)), phone.masked(OfARound(listed))) == ("13800001111", "138****1111")
    assert (name.cell(OfARound(listed)), name.masked, name.personal) == ("甲", None, False)


def test_newest_of_the_licences_of_a_kind_comes_first(db):
    school = institution()
    for year in ("2016", "2018", "2017"):
        licence_of(school, "permit", f"{year}-01-01", number=year, recorded_at=at("2018-02-01"))

    [found] = Institution.objects.prefetch_related(licences_at(D))
    assert [each.number for each in found.licences_then] == ["2018", "2017", "2016"]
