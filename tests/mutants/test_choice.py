"""Which tests are asked about a change: those about its module first, one of each function, within the time there is."""

import pytest

from tests.mutants.choice import MOST_SECONDS, Choice
from tests.mutants.lines import Gathered
from tests.mutants.operators import mutants_of

PATH = "figures/kept.py"
ABOUT, OTHER = "tests/figures/test_kept_counts.py::test_{}", "tests/desk/test_audit_of_several_divisions.py::test_{}"
MUTANT = next(iter(mutants_of(PATH, "def total(a, b):\n    return a < b\n")))


@pytest.fixture
def asked():
    """The tests asked about a change through whose place those of `durations` run."""

    def choose(durations: dict[str, float], killers: dict[str, str] | None = None) -> list[str]:
        ran = {PATH: {line: list(durations) for line in range(1, 3)}}
        gathered = Gathered(lines=ran, durations=durations)  # type: ignore[arg-type]
        return Choice(gathered, set(durations), killers or {}).running(MUTANT)

    return choose


def test_those_about_the_module_come_before_quicker_ones(asked):
    assert asked({OTHER.format("page"): 0.1, ABOUT.format("sums"): 2}) == [ABOUT.format("sums"), OTHER.format("page")]


def test_one_of_each_function_comes_before_the_second_of_any(asked):
    one, two, slow = (ABOUT.format(each) for each in ("sums[1]", "sums[2]", "folded"))

    assert asked({one: 0.1, two: 0.2, slow: 3}) == [one, slow, two]


def test_one_for_which_there_is_no_time_leaves_it_to_those_after(asked):
    first, long, after = (ABOUT.format(each) for each in ("sums", "history", "trend"))

    assert asked({first: 1, long: MOST_SECONDS, after: MOST_SECONDS - 1}) == [first, after]


def test_one_that_noticed_it_before_is_asked_first_however_long_it_takes(asked):
    quick, noticed = OTHER.format("page"), OTHER.format("history")

    assert asked({quick: 0.1, noticed: MOST_SECONDS * 2}, {MUTANT.joined: noticed}) == [noticed]
