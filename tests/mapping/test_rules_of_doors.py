"""Placing institutions: offered, counted and carried out where the registry may be edited, and nowhere else.

`seconded` is of the 专班 of one township and audits another.
"""

import pytest

from institutions.models import Division
from mapping.actions import start_run
from mapping.models import GeocodingOutcome
from mapping.placing import carry_out
from tests.factories import NEXT_TO_LIUSHI, PANSHI, institution

PAGE = "/map/geocoding/"


@pytest.fixture
def unplaced(db) -> None:
    """One of each township."""
    for township in (NEXT_TO_LIUSHI, PANSHI):
        institution(township)


def test_page_counts_and_offers_what_may_be_edited(browse, seconded, unplaced):
    context = browse(seconded).get(PAGE).context

    assert context["counts"]["total"] == 1
    assert [each.code for each in context["form"].fields["division"].queryset] == [NEXT_TO_LIUSHI]


@pytest.mark.parametrize(("township", "state", "placed"), [(NEXT_TO_LIUSHI, "done", 1), (PANSHI, "failed", 0)])
def test_run_is_carried_out_where_who_asked_may_edit(seconded, unplaced, township, state, placed):
    run = start_run(Division.objects.get(pk=township), by=seconded, provider="offline")

    carry_out(run)

    run.refresh_from_db()
    assert (run.state, GeocodingOutcome.objects.count()) == (state, placed)


@pytest.mark.parametrize(("role", "offered"), [("taskforce", True), ("inspector", False), ("auditor", False)])
def test_map_leads_to_the_placing_whoever_may_edit(browse, request, unplaced, role, offered):
    page = browse(request.getfixturevalue(role)).get("/map/?division=all")

    assert (f'href="{PAGE}"' in page.content.decode()) is offered
