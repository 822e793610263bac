"""Which tests run which lines: gathered once for each test file, and again when what it rests on has changed."""

import functools
import gc
import itertools
import json
import os
import time
import types
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.children import in_children, spent
from tests.mutants.sources import Tree

SHARED = "demonstration"  # the fixture that is made once for the tests of a module
Map = dict[str, dict[int, list[str]]]  # file -> line -> tests that run it


@dataclass
class Gathered:
    lines: Map = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    durations: dict[str, float] = field(default_factory=dict)  # of a test that passes, in seconds of the processor
    failing: list[str] = field(default_factory=list)
    sharing: set[str] = field(default_factory=set)  # tests that use what is made once for a module
    digests: dict[str, str] = field(default_factory=dict)  # of each test file, of what it rests on
    left: list[str] = field(default_factory=list)  # test files for which there was no time


def gather(session: pytest.Session, folder: Path, caches: list[Any], asked: dict[str, Any]) -> Gathered:
    """A test file at a time, each in a child: first those of rules and those whose tests noticed most, and none
    after `until_gathered`."""
    tree = Tree(Path.cwd())
    by_file: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in session.items:
        by_file[_file(item.nodeid)].append(item)
    folder.mkdir(exist_ok=True)
    kept = {file: folder / f"{file.removesuffix('.py').replace('/', '.')}.json" for file in by_file}

    def gathering(file: str):
        def run() -> dict[str, Any]:
            covered = _covered(session, by_file[file], caches)
            kept[file].write_text(json.dumps(placed(tree, file, covered)))
            return {"verdict": "gathered"}

        return run

    noticed = Counter(map(_file, asked["killers"].values()))
    missing = sorted(
        (file for file in by_file if not _holds(tree, kept[file], file)),
        key=lambda file: ("test_rules_of" not in file, -noticed[file], -len(by_file[file])),
    )
    work = ((file, gathering(file), 600.0) for file in missing if time.time() < asked["until_gathered"])
    left = set(missing)
    for file, result in in_children(work):
        if result["verdict"] != "gathered":
            pytest.exit(f"{file} cannot be run here: {result}", returncode=2)
        left.remove(file)
    together = _together(tree, {file: path for file, path in kept.items() if file not in left})
    together.left = sorted(left)
    return together


def placed(tree: Tree, file: str, covered: dict[str, Any]) -> dict[str, Any]:
    """Its lines by the function they stand in, and a digest of what it rests on."""
    tests: list[str] = sorted({test for lines in covered["lines"].values() for ran in lines.values() for test in ran})
    number = {test: index for index, test in enumerate(tests)}
    lines: dict[str, dict[str, dict[int, list[int]]]] = {}
    for path, by_line in covered["lines"].items():
        for line, ran in by_line.items():
            if path not in tree.sources or not line:  # an empty file is said to have a line 0
                continue
            name, down = tree.sources[path].place(line)
            lines.setdefault(path, {}).setdefault(name, {})[down] = [number[test] for test in ran]
    rests_on = tree.rests_on(file, {path: list(named) for path, named in lines.items()})
    return {**covered, "tests": tests, "lines": lines, "rests_on": rests_on}


def _holds(tree: Tree, kept: Path, file: str) -> bool:
    if not kept.exists():
        return False
    content = json.loads(kept.read_text())
    ran = {path: list(named) for path, named in content["lines"].items()}
    return content["rests_on"] == tree.rests_on(file, ran)


def _together(tree: Tree, kept: dict[str, Path]) -> Gathered:
    together = Gathered()
    for file, path in kept.items():
        content = json.loads(path.read_text())
        together.durations |= content["durations"]
        together.failing += content["failed"]
        together.sharing |= set(content["sharing"])
        together.digests[file] = content["rests_on"]
        for source, named in content["lines"].items():
            for name, by_line in named.items():
                for down, ran in by_line.items():
                    line = tree.sources[source].line(name, int(down))
                    together.lines[source][line] += [content["tests"][index] for index in ran]
    return together


def _covered(session: pytest.Session, items: list[pytest.Item], caches: list[Any]) -> dict[str, Any]:
    """The lines each test runs, its fixtures' among them, and how long it takes, in seconds of the processor."""
    from coverage import Coverage

    here = os.getcwd()
    watching = Coverage(data_file=None, config_file=False, source=[here], omit=[f"{here}/tests/*"])
    watching.set_option("run:disable_warnings", ["no-data-collected", "module-not-imported"])
    durations, failed = {}, []
    sharing = [item.nodeid for item in items if SHARED in getattr(item, "fixturenames", ())]
    watching.start()
    for item, following in itertools.zip_longest(items, items[1:]):
        watching.switch_context(item.nodeid)
        for cache in caches:  # each test runs through all that it rests on
            cache.cache_clear()
        began = spent()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            failed.append(item.nodeid)
            session.testsfailed, session.shouldfail = 0, False
        else:
            durations[item.nodeid] = spent() - began
    watching.stop()
    lines: Map = {}
    data = watching.get_data()
    for file in data.measured_files():
        by_line = data.contexts_by_lineno(file).items()
        # What is made once for several tests runs in the first of them, and all of them look at it.
        lines[file.removeprefix(here + os.sep)] = {
            line: sorted({*tests, *(sharing if sharing and sharing[0] in tests else ())}) for line, tests in by_line
        }
    return {"lines": lines, "durations": durations, "failed": failed, "sharing": sharing}


def caches_of_ours() -> list[Any]:
    """What functions of the project keep of their answers."""
    here = os.getcwd() + os.sep
    kept = (thing for thing in gc.get_objects() if type(thing) is functools._lru_cache_wrapper)
    return [each for each in kept if _code_file(each.__wrapped__).startswith(here)]


def _code_file(function: object) -> str:
    return function.__code__.co_filename if isinstance(function, types.FunctionType) else ""


def running(lines: Map, path: str, numbers: Iterable[int]) -> set[str]:
    """The tests that run any of these lines."""
    return {test for line in numbers for test in lines.get(path, {}).get(line, [])}


def _file(test: str) -> str:
    return test.split("::")[0]
