"""Which tests are asked about a change, and in which order: first those that are likely to notice it."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.mutants.lines import Gathered, running
from tests.mutants.operators import Mutant

GRANTS, SCOPE = (
    re.compile("grants|_doors|_offers|_of_sight"),
    re.compile("scope_leaks"),
)  # files of tests of permissions
RULES = re.compile("test_rules_of")  # files of tests of single rules: the quickest
MOST_AT_IMPORT = 200  # tests for each change of what is read at import, where each has its setting up
MOST_ALIKE = 10
MOST_SECONDS = 15.0  # of tests for each change, as slow as they are while lines are gathered
MOST_OF_PERMISSIONS = 40.0  # of one that asks for permission: a thousand tests walk through the scope's, a door each


class Choice:
    """`tests` are those there are; `killers` names the test that noticed a change last time."""

    def __init__(self, gathered: Gathered, tests: set[str], killers: dict[str, str]):
        self.gathered, self.tests, self.killers = gathered, tests, killers
        self.of_function: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.of_file: dict[str, set[str]] = defaultdict(set)
        for key, test in killers.items():
            path, function, *_changed = key.split("|")
            self.of_function[path, function].add(test)
            self.of_file[path].add(test)

    def running(self, mutant: Mutant) -> list[str]:
        """Those that run through the place of a change: what noticed others there, those that are about its module, then
        the quickest."""
        tests = running(self.gathered.lines, mutant.path, range(mutant.first_line, mutant.last_line + 1))
        likely = [{self._killer(mutant)}, self.of_function[mutant.path, mutant.function]]
        if mutant.asks_permission:
            about = SCOPE if mutant.kind == "link" else GRANTS
            of_rules = {test for test in tests if RULES.search(test)}
            of_permissions = {test for test in tests if about.search(test.split("::")[0])}
            likely[1:1] = [of_rules, _called_after(mutant.path, of_permissions), of_permissions]
        else:
            about, called = _about(mutant.path, tests), _called(Path(mutant.path).stem, tests)
            likely += [about & called, about, called]
            tests = {*self._apart(tests), *(tests & likely[0])}
        return self._ordered(tests, likely, most_seconds(mutant))

    def at_import(self, mutant: Mutant) -> list[str]:
        """Those that run through what is decorated or the class that is given something, then those that import its
        module or are called after it, then those that run anything of its file or of the files that import it."""
        lines = self.gathered.lines
        around = running(lines, mutant.path, _around(mutant))
        inside = running(lines, mutant.path, lines.get(mutant.path, {}))
        near = {test for path in _importing(mutant.path) for test in running(lines, path, lines.get(path, {}))}
        about = _about(mutant.path, set(self.gathered.durations))
        every = around | inside | near | about | self.of_file[mutant.path]
        called = _called_after(mutant.path, every)
        likely = [
            {self._killer(mutant)}, around & called, called & about, around, about, called, self.of_file[mutant.path],
            inside,
        ]  # fmt: skip
        return self._ordered(self._apart(every), likely, MOST_SECONDS)[:MOST_AT_IMPORT]

    def _apart(self, tests: set[str]) -> Iterator[str]:
        """Of each test function at most MOST_ALIKE of its cases, the quickest: they ask much the same."""
        seen: Counter[str] = Counter()
        for test in sorted(tests & self.gathered.durations.keys(), key=self.gathered.durations.__getitem__):
            seen[test.split("[")[0]] += 1
            if seen[test.split("[")[0]] <= MOST_ALIKE:
                yield test

    def _killer(self, mutant: Mutant) -> str:
        return self.killers.get(mutant.joined, "")

    def _ordered(self, tests: Iterable[str], likely: list[set[str]], most: float) -> list[str]:
        """Of those that pass on the code as it is, as many as `most` seconds allow.

        What shares something slow with its neighbours comes last and together.
        """
        durations, shares = self.gathered.durations, self.gathered.sharing

        asked = sorted((test for test in tests if test in durations and test in self.tests), key=durations.__getitem__)
        seen: Counter[str] = Counter()
        nth = {}  # of its function: one of each comes before the second of any
        for test in asked:
            nth[test] = seen[test.split("[")[0]]
            seen[test.split("[")[0]] += 1

        def order(test: str) -> tuple[bool, str, int, int, float]:
            first = next((place for place, some in enumerate(likely) if test in some), len(likely))
            slow = test in shares and first > 0
            return slow, test.split("::")[0] if slow else "", first, nth[test], durations[test]

        chosen: list[str] = []
        for test in sorted(asked, key=order):
            if not chosen or durations[test] <= most:
                chosen.append(test)
                most -= durations[test]
        return chosen


def most_seconds(mutant: Mutant) -> float:
    return MOST_OF_PERMISSIONS if mutant.asks_permission else MOST_SECONDS


def _around(mutant: Mutant) -> range:
    """The lines of the function or class at the top of the module that a change is in."""
    statements = _parsed(mutant.path).body
    inside = (each for each in statements if _first_line(each) <= mutant.line <= (each.end_lineno or 0))
    found = next(inside, None)
    if not isinstance(found, ast.FunctionDef | ast.ClassDef):
        return range(0)
    methods = [each for each in found.body if isinstance(each, ast.FunctionDef)]
    narrow = next((each for each in methods if _first_line(each) <= mutant.line <= (each.end_lineno or 0)), found)
    return range(narrow.lineno, (narrow.end_lineno or 0) + 1)


def _first_line(statement: ast.stmt) -> int:
    return min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", []))])


@cache
def _parsed(path: str) -> ast.Module:
    return ast.parse(Path(path).read_text())


@cache
def _importing(path: str) -> list[str]:
    """The files of the product that import from one."""
    files = (each for each in Path().glob("*/**/*.py") if each.parts[0] not in ("tests", "var"))
    return [str(each) for each in files if _imports(each.read_text(), path)]


def _called_after(path: str, tests: set[str]) -> set[str]:
    """Of the tests those whose name, or whose file's, has the module's or its folder's in it: `roles.py` and
    `test_role_may_do_…`."""
    return _called(Path(path).stem, tests) | _called(Path(path).parent.name, tests)


def _called(word: str, tests: set[str]) -> set[str]:
    return {test for test in tests if word.removesuffix("s") in test.partition("/")[2]}


def _about(path: str, tests: set[str]) -> set[str]:
    """Of the tests those whose file imports from the module."""
    return {test for test in tests if _says(test.split("::")[0], path)}


def _imports(text: str, path: str) -> bool:
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    room, _, name = module.rpartition(".")
    return any(
        words in text for words in (f"from {module} import", f"import {module}\n", f"from {room} import {name}\n")
    )


@cache
def _says(test_file: str, path: str) -> bool:
    return _imports(Path(test_file).read_text(), path)
