"""On the demonstration, the figures equal the recount of tests/recount.py for all 25 townships and 18 month ends."""

import pytest
from django.utils import timezone

from figures.statistics import FIGURES
from institutions.models import Division
from tests.factories import at
from tests.recount import MONTH_ENDS, assert_figures_are_recounted, exported, recount, sums

# The year's end, before the late visit of 8 January became known; and everything known today.
KNOWN_AT = [at("2019-01-03"), timezone.now()]


@pytest.fixture(scope="module")
def tables(demonstration, django_db_blocker):
    with django_db_blocker.unblock():
        return exported()


@pytest.mark.parametrize("known_at", KNOWN_AT, ids=["3 January 2019", "now"])
@pytest.mark.parametrize("on", MONTH_ENDS, ids=str)
def test_figures_of_the_demonstration_equal_the_recount(db, tables, on, known_at):
    assert_figures_are_recounted(tables, on, known_at)


def test_recount_itself_gives_the_reference_figures(db, tables):
    counted = recount(tables, MONTH_ENDS[11], KNOWN_AT[1])

    # 全市排摸1495所,存在问题1270所,已整改1198所;无证无照存在问题779所,已整改763所(取缔449、办证314)。
    whole = {name: int(counted[name].sum()) for name in FIGURES}
    assert (whole["surveyed"], whole["with_problems"], whole["rectified"]) == (1495, 1270, 1198)
    unlicensed = sums(counted, "status")["none"]
    assert {name: unlicensed[name] for name in ("with_problems", "rectified", "closed", "licensed")} == {
        "with_problems": 779, "rectified": 763, "closed": 449, "licensed": 314,
    }  # fmt: skip


def test_recount_of_the_demonstration_covers_every_township(db, tables):
    counted = recount(tables, MONTH_ENDS[11], KNOWN_AT[1])

    assert set(counted.township) == set(Division.objects.children_of("330382").values_list("pk", flat=True))
    assert counted.township.nunique() == 25
