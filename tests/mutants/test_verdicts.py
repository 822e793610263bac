"""What became of a change is not asked again while the code and the tests it rests on are the same."""

import pytest

from tests.mutants.operators import mutants_of
from tests.mutants.verdicts import Verdicts, names

CHANGE = "room/module.py|f|a < b|a <= b|1"
ONE, TWO, MORE = "tests/test_a.py::test_one", "tests/test_b.py::test_two", "tests/test_b.py::test_more"
DIGESTS = {"tests/test_a.py": "1", "tests/test_b.py": "2"}
KILLED, SURVIVED = {"verdict": "killed", "by": ONE}, {"verdict": "survived", "by": ""}


@pytest.fixture
def kept(tmp_path):
    """What is known with these digests of a change that was judged with DIGESTS by ONE and TWO."""

    def known(result: dict, digests: dict[str, str]) -> Verdicts:
        path = tmp_path / "verdicts.jsonl"
        Verdicts(path, DIGESTS).keep(CHANGE, result, [ONE, TWO])
        return Verdicts(path, digests)

    return known


@pytest.mark.parametrize("result", [KILLED, SURVIVED])
def test_verdict_holds_while_nothing_changes(kept, result):
    assert kept(result, DIGESTS).known(CHANGE, [TWO, ONE]) == result


def test_change_that_a_test_noticed_rests_on_that_test_alone(kept):
    assert kept(KILLED, DIGESTS | {"tests/test_b.py": "3"}).known(CHANGE, [ONE]) == KILLED
    assert kept(KILLED, DIGESTS | {"tests/test_a.py": "3"}).known(CHANGE, [ONE, TWO]) is None


def test_change_that_died_rests_on_all_that_were_run(kept):
    died = {"verdict": "killed", "by": "died (9)"}

    assert kept(died, DIGESTS).known(CHANGE, [ONE, TWO]) == died
    assert kept(died, DIGESTS | {"tests/test_b.py": "3"}).known(CHANGE, [ONE, TWO]) is None


@pytest.mark.parametrize(
    ("digests", "tests", "unasked"),
    [
        (DIGESTS, [ONE, TWO], []),
        (DIGESTS, [ONE], []),  # one that no longer runs through the place was asked in vain
        (DIGESTS | {"tests/test_b.py": "3"}, [ONE, TWO], [TWO]),
        (DIGESTS, [ONE, TWO, MORE], [TWO, MORE]),
    ],
)
def test_of_a_change_that_nobody_noticed_only_new_tests_are_asked(kept, digests, tests, unasked):
    verdicts = kept(SURVIVED, digests)

    assert verdicts.unasked(CHANGE, tests) == unasked
    assert verdicts.known(CHANGE, tests) == (None if unasked else SURVIVED)


def test_changes_that_read_alike_are_told_apart_by_their_order():
    lines_above = "\n\nx = 1\n"
    source = "def f():\n    return a < b, a < b, c < d"

    called = names(mutants_of("room/module.py", source))

    assert called == names(mutants_of("room/module.py", lines_above + source))
    assert len(set(called)) == 3
