"""What became of a change is not asked again while the code and the tests it rests on are the same."""

import pytest

from tests.mutants.operators import mutants_of
from tests.mutants.runs import Verdicts

[CHANGE, *_OTHERS] = mutants_of("room/module.py", "x = a < b")
TESTS = ["tests/test_a.py::test_one", "tests/test_b.py::test_two"]
DIGESTS = {"tests/test_a.py": "1", "tests/test_b.py": "2"}
KILLED, SURVIVED = {"verdict": "killed", "by": TESTS[0]}, {"verdict": "survived", "by": ""}


def kept(tmp_path, result: dict, digests: dict[str, str], tests: list[str]) -> dict | None:
    """What is known of a change with these digests after it was judged with DIGESTS by TESTS."""
    path = tmp_path / "verdicts.jsonl"
    Verdicts(path, DIGESTS).keep(CHANGE, result, TESTS)
    return Verdicts(path, digests).known(CHANGE, tests)


@pytest.mark.parametrize("result", [KILLED, SURVIVED])
def test_verdict_holds_while_nothing_changes(tmp_path, result):
    assert kept(tmp_path, result, DIGESTS, TESTS[::-1]) == result


def test_change_that_a_test_noticed_rests_on_that_test_alone(tmp_path):
    assert kept(tmp_path, KILLED, DIGESTS | {"tests/test_b.py": "3"}, TESTS[:1]) == KILLED
    assert kept(tmp_path, KILLED, DIGESTS | {"tests/test_a.py": "3"}, TESTS) is None


def test_change_that_no_test_noticed_rests_on_all_that_were_run(tmp_path):
    assert kept(tmp_path, SURVIVED, DIGESTS | {"tests/test_b.py": "3"}, TESTS) is None
    assert kept(tmp_path, SURVIVED, DIGESTS, TESTS[:1]) is None


def test_change_that_was_not_judged_is_not_known(tmp_path):
    assert kept(tmp_path, {"verdict": "anew"}, DIGESTS, TESTS) is None
