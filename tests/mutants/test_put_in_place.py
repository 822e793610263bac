"""Changed code takes the place of the old in functions that are alive, or the change is left to a fresh process."""

import importlib.util
import sys
import types

import pytest

from tests.mutants.operators import Mutant, mutants_of
from tests.mutants.runs import put_in_place

SOURCE = """\
def early(a, b):
    return a < b

def twice(rows):
    return [each for each in rows if each < 1], [each for each in rows if each < 1]

def kept(a):
    return (lambda: a)() if a else 0

PAIR = (lambda a: a < 1, lambda a: a < 2)
"""


@pytest.fixture
def module(tmp_path, monkeypatch) -> types.ModuleType:
    (tmp_path / "rules.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    spec = importlib.util.spec_from_file_location("rules", tmp_path / "rules.py")
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "rules", made)
    spec.loader.exec_module(made)
    return made


def change(before: str, after: str) -> Mutant:
    return next(each for each in mutants_of("rules.py", SOURCE) if (each.before, each.after) == (before, after))


def test_function_that_is_alive_runs_the_changed_code(module):
    early = module.early

    reached = put_in_place(change("a < b", "a <= b"), {"rules.py": [early]})

    assert reached
    assert (early(1, 1), early(2, 1)) == (True, False)


def test_of_two_functions_on_one_line_the_changed_one_alone_is_another(module):
    first, second = module.PAIR

    reached = put_in_place(change("a < 2", "a <= 2"), {"rules.py": [first, second]})

    assert reached
    assert (first(1), second(2)) == (False, True)


def test_change_that_takes_a_function_away_is_left_to_a_fresh_process(module):
    taken = change("(lambda: a)() if a else 0", "0")

    assert not put_in_place(taken, {"rules.py": [module.kept]})
    assert module.kept(3) == 3


def test_change_of_what_no_living_function_is_made_of_is_left_to_a_fresh_process(module):
    assert not put_in_place(change("a < b", "a <= b"), {"rules.py": [module.twice]})
