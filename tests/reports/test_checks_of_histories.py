"""Checks that are told from the rounds of a division find what asking each of its institutions finds, whatever moved,
was merged or became known late."""

from itertools import pairwise

from django.db.models import F
from hypothesis import given, settings

from figures.standing import ceased_on
from figures.statistics import members, population
from institutions.models import LicenceStatus
from institutions.moments import Moment
from reports.contradictions import _seen_open_on, _was_closed, contradictions
from reports.monthly import _rebounded, rebounds
from tests.factories import at
from tests.figures.histories import TOWNSHIPS
from tests.figures.test_recount import ONCE_MORE, taken_back, told, written
from tests.recount import MONTH_ENDS


@settings(max_examples=6, **ONCE_MORE)
@given(told)
def test_checks_of_any_history_find_what_asking_each_institution_finds(db, told):
    with taken_back():
        written(told)

        for before, on in pairwise(MONTH_ENDS):
            now = Moment(on, at("2026-01-01"))
            for division in ("330382", TOWNSHIPS[0]):
                here = population(division, now)
                closed = here.registered_at(now).filter(_was_closed(now))
                closed = closed.alias(closed_on=ceased_on(now), seen_on=_seen_open_on(now))
                without = here.with_licence_now(now).exclude(licence_now=LicenceStatus.FULL)
                again = here.surveyed_at(now).filter(_rebounded(now, before))

                found = {
                    each.code: {listed.institution.pk for listed in each.institutions}
                    for each in contradictions(division, now, before)
                }

                assert found.get("closed_but_visited_open", set()) == _pks(closed.filter(seen_on__gt=F("closed_on")))
                assert found.get("licensed_without_licence", set()) == _pks(members("licensed", without, now))
                assert _pks(rebounds(here, now, before, division)) == _pks(again)


def _pks(institutions) -> set:
    return set(institutions.values_list("pk", flat=True))
