"""What a verdict rests on: the functions that are run through, and the tops of their files and of those beside them."""

from pathlib import Path

import pytest

from tests.mutants.sources import AT_IMPORT, Source, Tree

MODULE = """\
TABLE = {1}


def first(a):
    b = a
    return b


class Row:
    on = 1

    @property
    def day(self):
        return self.on

    @day.setter
    def day(self, on):
        self.on = on


def one(): return 1
"""


def test_lines_are_named_by_their_function_and_the_rest_by_order():
    source = Source(MODULE)

    assert source.bodies == {"first#1": (5, 6), "Row.day#1": (14, 14), "Row.day#2": (18, 18)}
    assert source.place(6) == ("first#1", 1)
    assert source.place(9) == (AT_IMPORT, 6)
    assert [source.line(*source.place(line)) for line in range(1, 22)] == list(range(1, 22))


def test_name_of_a_line_stays_when_a_function_above_grows():
    grown = Source(MODULE.replace("    b = a\n", "    b = a\n    b += 1\n"))

    assert grown.place(15) == Source(MODULE).place(14) == ("Row.day#1", 0)
    assert grown.place(10) == Source(MODULE).place(9)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("b = a", "b = -a", {"first#1"}),
        ("TABLE = {1}", "TABLE = {2}", {AT_IMPORT}),
        ("@property", "@cached_property", {AT_IMPORT}),
        ("return 1", "return 2", {AT_IMPORT}),
    ],
)
def test_digest_changes_where_the_text_does(before, after, changed):
    then, now = Source(MODULE).digests, Source(MODULE.replace(before, after)).digests

    assert {name for name in then if then[name] != now[name]} == changed


# --- What a test file rests on


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "room/rules.py": f"from room.limits import MOST\n{MODULE}",
        "room/limits.py": "MOST = 1\n",
        "room/pages.py": "from room.rules import TABLE\n",
        "tests/conftest.py": "",
        "tests/helpers.py": "A = 1",
        "tests/far.py": "B = 1",
        "tests/room/test_rules.py": "from tests.helpers import A\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "text", "same"),
    [
        ("room/rules.py", f"from room.limits import MOST\n{MODULE}".replace("b = a", "b = -a"), False),
        ("room/rules.py", f"from room.limits import MOST\n{MODULE}".replace("self.on = on", "self.on = 0"), True),
        ("room/rules.py", f"from room.limits import MOST\n{MODULE}".replace("{1}", "{2}"), False),
        ("room/limits.py", "MOST = 2\n", False),
        ("room/pages.py", "from room.rules import TABLE as ROWS\n", True),
        ("tests/conftest.py", "A = 1", False),
        ("tests/helpers.py", "A = 2", False),
        ("tests/far.py", "B = 2", True),
        ("tests/room/test_rules.py", "from tests.helpers import A as B\n", False),
    ],
)
def test_test_file_rests_on_what_it_runs_through_and_on_the_tops_of_these_files_and_of_what_they_import(
    root, file, text, same
):
    ran = {"room/rules.py": ["first#1"]}
    before = Tree(root).rests_on("tests/room/test_rules.py", ran)

    (root / file).write_text(text)

    assert (Tree(root).rests_on("tests/room/test_rules.py", ran) == before) is same
