"""A pytest plugin that runs tests against changed code: `-p tests.mutants.runs`.

Django, the database and the tests are set up once. For each change a child is forked, in which the changed function's
code takes the place of the old one, and the tests that run through it are run until one fails. What is read when a
module is imported (tables, decorators, defaults) cannot be changed that way: for it the tests start anew, with the
module's changed source in place of the file (`MUTANT`).
"""

import ast
import contextlib
import gc
import hashlib
import importlib.abc
import importlib.util
import itertools
import json
import os
import resource
import sqlite3
import sys
import traceback
import types
from collections import defaultdict
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.operators import Mutant, mutated

SURVIVED, KILLED, ANEW = 0, 1, 3
TEMPLATE = "template.sqlite3"  # the database as it is made, beside the results
MOST_MEMORY = 6 * 2**30
MOST_SECONDS = 30.0  # of tests for each change
SHARED = "demonstration"  # the fixture that is made once for the tests of a module
Map = dict[str, dict[int, list[str]]]  # file -> line -> tests that run it


# --- Started anew, with one module changed


class Changed(importlib.abc.MetaPathFinder):
    """Finds one module, with its source changed."""

    def __init__(self, mutant: Mutant):
        self.mutant, self.name = mutant, mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        file = str(Path(self.mutant.path).resolve())
        loader = ChangedSource(name, file)
        loader.mutant = self.mutant
        is_package = file.endswith("__init__.py")
        places = [str(Path(file).parent)] if is_package else None
        return importlib.util.spec_from_file_location(name, file, loader=loader, submodule_search_locations=places)


class ChangedSource(SourceFileLoader):
    mutant: Mutant

    def get_code(self, fullname: str) -> types.CodeType:
        return compile(mutated(Path(self.path).read_text(), self.mutant), self.path, "exec")


if "MUTANT" in os.environ:
    sys.meta_path.insert(0, Changed(Mutant(**json.loads(os.environ["MUTANT"]))))


def pytest_configure(config: pytest.Config) -> None:
    """The same examples each time, and slowness fails nothing: a test that fails has noticed the change."""
    from hypothesis import HealthCheck, settings

    settings.register_profile(
        "mutants", derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    settings.load_profile("mutants")
    # After pytest-django, whose fixture they replace.
    if "MUTANTS" in os.environ:
        config.pluginmanager.import_plugin("tests.mutants.database")
    elif "MUTANT" in os.environ:
        config.pluginmanager.import_plugin("tests.mutants.template")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Started anew: as for a change that is put in place."""
    if "MUTANT" in os.environ:
        durations = json.loads(Path(os.environ["MUTANT_ORDER"]).read_text())
        items[:] = _chosen(items, os.environ.get("MUTANT_FIRST", ""), durations)


# --- One server, a child for each change


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    if "MUTANTS" not in os.environ:
        return None
    asked = json.loads(Path(os.environ["MUTANTS"]).read_text())
    serve(session, asked)
    return True


def serve(session: pytest.Session, asked: dict[str, Any]) -> None:
    """Gathers which tests run which lines, then judges every change asked for; writes a line of JSON for each."""
    from django.db import connection
    from django.test.utils import setup_databases
    from pytest_django.plugin import blocking_manager_key

    with session.config.stash[blocking_manager_key].unblock():
        setup_databases(verbosity=0, interactive=False)
        _keep_database(connection, Path(asked["results"]).with_name(TEMPLATE))
    items = {item.nodeid: item for item in session.items}
    functions = _functions()
    gc.collect()
    gc.freeze()
    results = Path(asked["results"])

    gathered = _gather(session, asked, results.parent)
    lines, durations = gathered
    (results.parent / "durations.json").write_text(json.dumps(durations))
    mutants = [Mutant(**each) for each in asked["mutants"]]
    chosen = [_chosen(_running(mutant, items, lines), _killer(mutant, asked), durations) for mutant in mutants]
    verdicts = Verdicts(results.with_name("verdicts.jsonl"), asked["digests"])
    with results.open("a") as file:

        def write(number: int, result: dict[str, Any]) -> None:
            file.write(json.dumps({"number": number, **result}) + "\n")
            file.flush()

        left = []
        for number, mutant in enumerate(mutants):
            tests = [item.nodeid for item in chosen[number]]
            if result := verdicts.known(mutant, tests):
                write(number, result)
            else:
                left.append(number)
        for number, result in _in_children(_judgements(session, left, mutants, chosen, functions)):
            write(number, result)
            verdicts.keep(mutants[number], result, [item.nodeid for item in chosen[number]])


class Verdicts:
    """What became of changes before: holds while the code and the tests it rests on are the same."""

    def __init__(self, path: Path, digests: dict[str, str]):
        self.path, self.digests = path, digests
        kept = map(json.loads, path.read_text().splitlines()) if path.exists() else ()
        self.kept = {each["change"]: each for each in kept}

    def known(self, mutant: Mutant, tests: list[str]) -> dict[str, Any] | None:
        kept = self.kept.get(self._change(mutant))
        return kept["result"] if kept and kept["basis"] == self._basis(kept["result"], tests) else None

    def keep(self, mutant: Mutant, result: dict[str, Any], tests: list[str]) -> None:
        """`tests` are those that were run, or would have been until one failed."""
        if result["verdict"] != "anew":
            line = {"change": self._change(mutant), "basis": self._basis(result, tests), "result": result}
            with self.path.open("a") as file:
                file.write(json.dumps(line) + "\n")

    def _change(self, mutant: Mutant) -> str:
        return "|".join([mutant.path, str(mutant.place), str(mutant.choice)])

    def _basis(self, result: dict[str, Any], tests: list[str]) -> str:
        """A digest of the test that noticed the change or, when none did, of all."""
        ran = [result["by"]] if result["by"].split("::")[0] in self.digests else tests
        listed = sorted(f"{test} {self.digests[test.split('::')[0]]}" for test in ran)
        return hashlib.sha256("\n".join(listed).encode()).hexdigest()


def _keep_database(connection: Any, template: Path) -> None:
    """The database just made, for the tests that start anew."""
    template.unlink(missing_ok=True)
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(template)) as kept:
        connection.connection.backup(kept)


def _running(mutant: Mutant, items: dict[str, pytest.Item], lines: Map) -> list[pytest.Item]:
    """The tests that run through the place of a change."""
    wanted = {
        test
        for line in range(mutant.first_line, mutant.last_line + 1)
        for test in lines.get(mutant.path, {}).get(line, [])
        if test in items
    }
    return [items[test] for test in wanted]


def _killer(mutant: Mutant, asked: dict[str, Any]) -> str:
    """The test that noticed the change last time."""
    return asked["killers"].get("|".join(mutant.key), "")


def _judgements(session, numbers, mutants, chosen, functions) -> Iterator[tuple[int, Any, float]]:
    for number in numbers:

        def judge(mutant=mutants[number], tests=chosen[number]) -> dict[str, Any]:
            began = _spent()
            if mutant.at_import or not tests or not _put_in_place(mutant, functions):
                return {"verdict": "anew", "tests": len(tests)}
            killer = _run(session, tests)
            seconds = round(_spent() - began, 2)
            verdict = "killed" if killer else "survived"
            return {"verdict": verdict, "by": killer, "tests": len(tests), "seconds": seconds}

        yield number, judge, MOST_SECONDS


def _spent() -> float:
    """Seconds of the processor, those of the processes that were waited for among them."""
    return sum(os.times()[:4])


def _run(session: pytest.Session, items: list[pytest.Item]) -> str:
    """Runs until one fails; its id, "" when none does."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return item.nodeid
    return ""


def _chosen(items: list[pytest.Item], first: str, durations: dict[str, float]) -> list[pytest.Item]:
    """Of those that pass on the code as it is: the test that noticed last time, then the others, the quickest first,
    as many as MOST_SECONDS allow.

    What shares something slow with its neighbours comes last and together.
    """

    def order(item: pytest.Item) -> tuple[bool, bool, str, float]:
        file, shares = item.nodeid.split("::")[0], SHARED in getattr(item, "fixturenames", ())
        return item.nodeid != first, shares, file if shares else "", durations[item.nodeid]

    ordered = sorted((item for item in items if item.nodeid in durations), key=order)
    spent = itertools.accumulate(durations[item.nodeid] for item in ordered)
    return [item for item, seconds in zip(ordered, spent, strict=True) if item is ordered[0] or seconds <= MOST_SECONDS]


# --- Changed code in the place of the old


def _functions() -> dict[str, list[types.FunctionType]]:
    """Every function alive, by the file it comes from."""
    found: dict[str, list[types.FunctionType]] = defaultdict(list)
    here = os.getcwd() + os.sep
    for thing in gc.get_objects():
        if type(thing) is types.FunctionType and thing.__code__.co_filename.startswith(here):
            found[thing.__code__.co_filename.removeprefix(here)].append(thing)
    return found


def _put_in_place(mutant: Mutant, functions: dict[str, list[types.FunctionType]]) -> bool:
    """Whether the change has reached the code of a living function."""
    path = Path(mutant.path).resolve()
    source = path.read_text()
    old = {_name(code): code for code in _codes(compile(ast.parse(source), str(path), "exec"))}
    new = {_name(code): code for code in _codes(compile(mutated(source, mutant), str(path), "exec"))}
    reached = False
    for function in functions[mutant.path]:
        name = _name(function.__code__)
        if name in new and new[name] != old.get(name):
            try:
                function.__code__ = new[name]
            except ValueError:  # another number of free variables
                return False
            reached = True
    return reached


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from _codes(each)


def _name(code: types.CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


# --- Which tests run which lines


def _gather(session: pytest.Session, asked: dict[str, Any], folder: Path) -> tuple[Map, dict[str, float]]:
    """A test file at a time, each in a child; what was gathered of the same code before is not gathered again."""
    by_file: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in session.items:
        by_file[item.nodeid.split("::")[0]].append(item)
    known = {file: folder / f"{asked['digests'][file]}.lines.json" for file in by_file}

    def gathering(file: str):
        def gather() -> dict[str, Any]:
            gathered = _covered(session, by_file[file])
            known[file].write_text(json.dumps(gathered))
            return {"verdict": "gathered"}

        return gather

    missing = sorted((file for file in by_file if not known[file].exists()), key=lambda file: -len(by_file[file]))
    for file, result in _in_children((file, gathering(file), 600.0) for file in missing):
        if result["verdict"] != "gathered":
            pytest.exit(f"{file} cannot be run here: {result}", returncode=2)

    lines: Map = defaultdict(lambda: defaultdict(list))
    durations: dict[str, float] = {}
    failing: list[str] = []
    for file in known.values():
        gathered = json.loads(file.read_text())
        durations |= gathered["durations"]
        failing += gathered["failed"]
        for path, by_line in gathered["lines"].items():
            for line, tests in by_line.items():
                lines[path][int(line)] += tests
    (folder / "failing.json").write_text(json.dumps(failing))
    return lines, durations


def _covered(session: pytest.Session, items: list[pytest.Item]) -> dict[str, Any]:
    """The lines each test runs, its fixtures' among them, and how long it takes, in seconds of the processor."""
    from coverage import Coverage

    here = os.getcwd()
    watching = Coverage(data_file=None, config_file=False, source=[here], omit=[f"{here}/tests/*"])
    watching.set_option("run:disable_warnings", ["no-data-collected", "module-not-imported"])
    durations, failed = {}, []
    sharing = [item.nodeid for item in items if SHARED in item.fixturenames]
    watching.start()
    for item, following in zip(items, [*items[1:], None], strict=True):
        watching.switch_context(item.nodeid)
        began = _spent()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            failed.append(item.nodeid)
            session.testsfailed, session.shouldfail = 0, False
        else:
            durations[item.nodeid] = _spent() - began
    watching.stop()
    lines: Map = {}
    data = watching.get_data()
    for file in data.measured_files():
        by_line = data.contexts_by_lineno(file).items()
        # What is made once for several tests runs in the first of them, and all of them look at it.
        lines[file.removeprefix(here + os.sep)] = {
            line: sorted({*tests, *(sharing if sharing and sharing[0] in tests else ())}) for line, tests in by_line
        }
    return {"lines": lines, "durations": durations, "failed": failed}


# --- Children


def _in_children(work: Iterator[tuple[Any, Any, float]]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """(name, function, seconds it should take) -> (name, what it returned), as many at a time as there are cores."""
    running: dict[int, tuple[Any, int]] = {}
    work = iter(work)
    more = True
    while more or running:
        while more and len(running) < (os.cpu_count() or 1):
            following = next(work, None)
            if following is None:
                more = False
                break
            name, function, seconds = following
            pid, pipe = _fork(function, seconds)
            running[pid] = (name, pipe)
        if running:
            pid, status = os.wait()
            name, pipe = running.pop(pid)
            with os.fdopen(pipe, "rb") as end:
                said = end.read()
            # One that says nothing has run out of time or memory: the change did not go unnoticed.
            yield name, json.loads(said) if said else {"verdict": "killed", "by": f"died ({status})"}


def _fork(function: Any, seconds: float) -> tuple[int, int]:
    end, start = os.pipe()
    pid = os.fork()
    if pid:
        os.close(start)
        return pid, end
    nowhere = os.open(os.environ.get("MUTANTS_LOG", os.devnull), os.O_RDWR | os.O_APPEND | os.O_CREAT)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    limit = int(20 + 4 * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        with os.fdopen(start, "wb") as pipe:
            pipe.write(json.dumps(function()).encode())
    except Exception:  # whatever a change brings about ends this child alone: said in MUTANTS_LOG, told by its silence
        traceback.print_exc()
    os._exit(0)
