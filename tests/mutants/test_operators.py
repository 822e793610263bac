"""What is changed, and that the written reasons are about something that is there."""

import ast
import tomllib
from pathlib import Path

import pytest

from tests.mutants.__main__ import REASONS, ROOT
from tests.mutants.operators import mutants_of, mutated


def changes(source: str, **restricted) -> set[str]:
    """The source with each of its changes, one line each."""
    found = mutants_of("room/module.py", source, **restricted)
    return {" ; ".join(ast.unparse(mutated(source, each)).splitlines()) for each in found}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", {"a <= b"}),
        ("a == b", {"a != b"}),
        ("0 <= a < b", {"1 <= a < b", "0 < a < b", "0 <= a <= b"}),
        ("a and b", {"a or b", "a", "b"}),
        ("not a", {"a"}),
        ("~a", {"a"}),
        ("Q(a=b) | Q(c=d)", {"Q(a=b) & Q(c=d)"}),
        ("on + timedelta(days=7)", {"on - timedelta(days=7)", "on + timedelta(days=8)"}),
        ("a if b else c", {"a", "c"}),
        ("min(a)", {"max(a)"}),
        ("rows.filter(a__lte=b)", {"rows", "rows.filter(a__lt=b)"}),
        ("rows.filter(a=b, c=d)", {"rows", "rows.filter(a=b)", "rows.filter(c=d)"}),
        ("rows.order_by('-a')", {"rows", "rows.order_by('a')"}),
        ("require(user, permission, code)", {"require(user, permission)"}),
        ("has_permission(user, permission)", {"True", "False"}),
        ("user.prefixes(permission)", {"user.prefixes()"}),
        ("_('3 天')", set()),
        ("f'{a + 1}'", set()),
    ],
)
def test_expression_is_changed_in_one_place_at_a_time(source, expected):
    assert changes(f"x = {source}") == {f"x = {each}" for each in expected}


def test_call_that_answers_nothing_is_left_out():
    assert changes("def f():\n    require(user)") == {"def f(): ;     pass"}


def test_predicate_answers_always_and_never():
    source = "def f() -> bool:\n    return a"

    assert changes(source) == {"def f() -> bool: ;     return True", "def f() -> bool: ;     return False"}


def test_table_loses_its_elements_one_by_one():
    assert changes("LEGAL = {a: {b, c}}") == {"LEGAL = {}", "LEGAL = {a: {c}}", "LEGAL = {a: {b}}"}


def test_decorator_is_taken_away_unless_the_name_would_mean_another_thing():
    assert changes("@require_GET\ndef f(): pass") == {"def f(): ;     pass"}
    assert changes("@property\ndef f(self): pass") == set()


def test_whether_a_value_is_frozen_is_no_rule():
    assert changes("@dataclass(frozen=True)\nclass Box: pass") == set()


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
