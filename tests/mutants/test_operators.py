"""What is changed, and that the written reasons are about something that is there."""

import ast
import tomllib
from pathlib import Path

import pytest

from tests.mutants.__main__ import REASONS, ROOT
from tests.mutants.operators import mutants_of, mutated


def changes(source: str, path: str = "room/module.py", **restricted) -> set[str]:
    """The source with each of its changes, one line each."""
    found = mutants_of(path, source, **restricted)
    return {" ; ".join(ast.unparse(mutated(source, each)).splitlines()) for each in found}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", {"a <= b"}),
        ("0 <= a < b", {"1 <= a < b", "0 < a < b", "0 <= a <= b"}),
        ("a and b", {"a", "b"}),
        ("Q(a=b) | Q(c=d)", {"Q(a=b) & Q(c=d)"}),
        ("on + timedelta(days=7)", {"on + timedelta(days=8)"}),
        ("a if b else c", {"c"}),
        ("[a for a in b if c]", {"[a for a in b]"}),
        ("min(a)", {"max(a)"}),
        ("rows.filter(a__lte=b)", {"rows", "rows.filter(a__lt=b)"}),
        ("rows.filter(a=b, c=d)", {"rows.filter(a=b)", "rows.filter(c=d)"}),
        ("require(user, permission, code)", {"require(user, permission)"}),
        ("has_permission(user, permission)", {"True"}),
        ("user.prefixes(permission)", {"user.prefixes()"}),
        # No rule, or too loud to go unnoticed:
        ("a == b", set()),
        ("a or ()", set()),
        ("rows.order_by('-a')", set()),
        ("rows[1:2]", set()),
        ("_('甲') if b else c", set()),
        ("_('3 天')", set()),
        ("f'{a + 1}'", set()),
    ],
)
def test_expression_is_changed_in_one_place_at_a_time(source, expected):
    assert changes(f"x = {source}") == {f"x = {each}" for each in expected}


def test_call_that_may_refuse_is_left_out():
    assert changes("def f():\n    require(user)\n    write(row)") == {"def f(): ;     pass ;     write(row)"}


def test_predicate_answers_always_and_never():
    source = "def f() -> bool:\n    return a"

    assert changes(source) == {"def f() -> bool: ;     return True", "def f() -> bool: ;     return False"}


def test_limit_with_a_name_is_another():
    assert changes("MOST = 50") == {"MOST = 51"}


def test_table_of_who_may_do_what_loses_its_entries_one_by_one():
    source = "LEGAL = {a: {b, c}}"

    assert changes(source, path="inspections/moves.py") == {"LEGAL = {}", "LEGAL = {a: {c}}", "LEGAL = {a: {b}}"}
    assert changes(source) == set()


def test_decorator_is_taken_away_where_it_asks_who_may():
    assert changes("@asks(permission)\ndef f(): pass") == {"def f(): ;     pass"}
    assert changes("@property\ndef f(self): pass") == set()


def test_outside_the_rules_only_what_asks_for_permission_is_changed():
    source = "def f():\n    rows = Row.objects.visible_to(user).filter(a__lt=1)\n    require(user, permission, code)"

    assert changes(source, only_permissions=True) == {
        "def f(): ;     rows = Row.objects.filter(a__lt=1) ;     require(user, permission, code)",
        "def f(): ;     rows = Row.objects.visible_to(user).filter(a__lt=1) ;     require(user, permission)",
        "def f(): ;     rows = Row.objects.visible_to(user).filter(a__lt=1) ;     pass",
    }


@pytest.mark.parametrize("text", ["reason", "before", "after"])
def test_every_survivor_has_a_reason_and_a_place(text):
    survivors = tomllib.loads(REASONS.read_text()).get("survivor", [])

    assert [each for each in survivors if not each[text].strip()] == []
    assert [each["file"] for each in survivors if not Path(ROOT / each["file"]).is_file()] == []
