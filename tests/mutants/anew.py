"""A pytest plugin that judges changes of what is read when a module is imported: `-p tests.mutants.anew`.

The process starts as any that runs tests. Where a module would be imported, a child is forked for each of its changes,
a few at a time: it goes on with the changed module, is set up and runs its tests; what was imported before is shared. The process itself
goes on with the module as it is, to the next one. At last it runs every test that failed in a child: one that fails
here, too, has noticed nothing.
"""

import importlib.abc
import importlib.util
import json
import os
import shutil
import signal
import sys
import time
import types
from collections import deque
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.children import AT_ONCE, confine, folder, or_not_judged, spent
from tests.mutants.choice import MOST_SECONDS
from tests.mutants.operators import Mutant, mutated
from tests.mutants.runs import first_that_fails, same_examples

ASKED = json.loads(Path(os.environ["MUTANTS_ANEW"]).read_text())  # changes by path, results, until
PATHS = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in ASKED["changes"]}
FIRST, SO_FAR = 6, "unnoticed so far"  # so many tests are asked before the others are
SLOW = ("psycopg", "requests", "jsonschema")  # packages that are imported once, whatever module comes first
state: dict[str, Any] = {"change": None, "began": 0.0}  # in a child: the change it is of


# --- At the import of a module


class Changed(importlib.abc.MetaPathFinder):
    """Finds the modules of which something is to be changed."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name not in PATHS:
            return None
        file = Path(PATHS[name]).resolve()
        places = [str(file.parent)] if file.name == "__init__.py" else None
        loader = ChangedSource(name, str(file))
        return importlib.util.spec_from_file_location(name, file, loader=loader, submodule_search_locations=places)


class ChangedSource(SourceFileLoader):
    def get_code(self, fullname: str) -> types.CodeType:
        tree: Any = Path(self.path).read_text()
        if not state["change"] and in_a_child_of_each(ASKED["changes"][PATHS[fullname]]):
            changed = state["change"]["mutant"]
            tree = mutated(tree, Mutant(**changed)) if changed else tree
        return compile(tree, self.path, "exec")


for package in SLOW:
    importlib.import_module(package)
sys.meta_path.insert(0, Changed())
signal.signal(signal.SIGTERM, lambda *_: ASKED.update(until=0))


def in_a_child_of_each(changes: list[dict[str, Any]]) -> bool:
    """True in a child for each change, False in the process itself when all have ended.

    Without any change the tests have to pass as they are run here, or nothing that is said of the module holds.
    """
    as_it_is = {"number": f"as it is {changes[0]['number']}", "mutant": None, "tests": changes[0]["tests"][:FIRST]}
    if _forked([as_it_is]):
        return True
    return _verdict(as_it_is) == "survived" and _forked(changes)


def _forked(changes: list[dict[str, Any]]) -> bool:
    """True in a child for each change, AT_ONCE of them at a time."""
    # What is likely to notice it first, each time in a child of its own: pytest collects once.
    left = deque((change, change["tests"][:FIRST], change["tests"][FIRST:]) for change in changes)
    running: dict[int, tuple[dict[str, Any], list[str]]] = {}
    while running or left and time.time() < ASKED["until"]:
        while left and len(running) < AT_ONCE and time.time() < ASKED["until"]:
            change, tests, others = left.popleft()
            pid = os.fork()
            if not pid:
                confine(2 * MOST_SECONDS)
                state.update(change={**change, "tests": tests, "others": others}, began=spent())
                return True
            running[pid] = (change, others)
        pid, status = os.wait()
        change, others = running.pop(pid)
        shutil.rmtree(folder(pid), ignore_errors=True)
        verdict = _verdict(change)
        if verdict == SO_FAR and status == 0:
            left.appendleft((change, others, []))
        elif status or not verdict:
            _say({"number": change["number"], "verdict": "killed", "by": f"does not start ({status})"})
    return False


def _verdict(change: dict[str, Any]) -> str:
    """The last that was said of it."""
    return next((each["verdict"] for each in reversed(_said()) if each["number"] == change["number"]), "")


# --- In each child


def pytest_configure(config: pytest.Config) -> None:
    same_examples()
    config.pluginmanager.import_plugin("tests.mutants.template")  # after pytest-django, whose fixture it replaces


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> bool:
    session.items = []  # of each change its own are collected
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    for module in PATHS:  # what nothing has imported by now
        importlib.import_module(module)
    if state["change"] is None:
        confine(600.0)
        said = or_not_judged(lambda: {"verdict": "as it is", "failing": _failing(session)})
    else:
        said = or_not_judged(lambda: _judge(session, state["change"]))
    _say({"number": state["change"]["number"] if state["change"] else -1, **said})
    shutil.rmtree(folder(os.getpid()), ignore_errors=True)
    os._exit(0)


def _judge(session: pytest.Session, change: dict[str, Any]) -> dict[str, Any]:
    items = _collected(session, change["tests"])
    killer = "does not start (tests)" if session.testsfailed else first_that_fails(session, items)
    verdict = "killed" if killer else SO_FAR if change["others"] else "survived"
    return {"verdict": verdict, "by": killer, "tests": len(items), "seconds": round(spent() - state["began"], 2)}


def _failing(session: pytest.Session) -> list[str]:
    """Of the tests that noticed a change those that fail without any."""
    noticed = dict.fromkeys(each["by"] for each in _said() if "::" in each["by"])
    failing = []
    for item in _collected(session, list(noticed)):
        if first_that_fails(session, [item]):
            failing.append(item.nodeid)
            session.testsfailed, session.shouldfail = 0, False
    return failing


def _collected(session: pytest.Session, tests: list[str]) -> list[pytest.Item]:
    files = list(dict.fromkeys(test.split("::")[0] for test in tests))
    found = {item.nodeid: item for item in session.perform_collect(files)} if files else {}
    return [found[test] for test in tests if test in found]


def _said() -> list[dict[str, Any]]:
    path = Path(ASKED["results"])
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _say(result: dict[str, Any]) -> None:
    with Path(ASKED["results"]).open("a") as file:
        file.write(json.dumps(result) + "\n")
