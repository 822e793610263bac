"""A pytest plugin that judges changes of what is read when one module is imported: `-p tests.mutants.anew`.

The process starts as any that runs tests. Where the module would be imported, a child is forked for each change: it goes
on with the changed module, is set up and runs its tests; what was imported before is shared. A last child goes on with
the module as it is and runs every test that failed in another: one that fails there, too, has noticed nothing.
"""

import importlib.abc
import importlib.util
import json
import os
import sys
import time
import types
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.children import confine, or_not_judged, spent
from tests.mutants.choice import MOST_SECONDS
from tests.mutants.operators import Mutant, mutated
from tests.mutants.runs import first_that_fails, same_examples

ASKED = json.loads(Path(os.environ["MUTANTS_ANEW"]).read_text())  # path, changes, results, until
MODULE = ASKED["path"].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
FIRST = 30  # tests that are collected before the others are
NOTHING = {"number": -1, "mutant": None, "tests": []}
state: dict[str, Any] = {"change": None, "began": 0.0}


# --- At the import of the module


class Changed(importlib.abc.MetaPathFinder):
    """Finds one module, with its source changed."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != MODULE:
            return None
        file = Path(ASKED["path"]).resolve()
        places = [str(file.parent)] if file.name == "__init__.py" else None
        loader = ChangedSource(name, str(file))
        return importlib.util.spec_from_file_location(name, file, loader=loader, submodule_search_locations=places)


class ChangedSource(SourceFileLoader):
    def get_code(self, fullname: str) -> types.CodeType:
        change = state["change"] or in_each(ASKED["changes"])
        state.update(change=change, began=spent())
        source = Path(self.path).read_text()
        return compile(mutated(source, Mutant(**change["mutant"])) if change["mutant"] else source, self.path, "exec")


sys.meta_path.insert(0, Changed())


def in_each(changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns in a child for each change, with the change, and in a last one; the process itself ends here."""
    for change in [*changes, NOTHING]:
        if change is not NOTHING and time.time() > ASKED["until"]:
            continue
        pid = os.fork()
        if not pid:
            confine(2 * MOST_SECONDS)
            return change
        _pid, status = os.waitpid(pid, 0)
        if change["number"] not in {each["number"] for each in _said()}:
            _say({"number": change["number"], "verdict": "killed", "by": f"does not start ({status})"})
    os._exit(0)


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
    importlib.import_module(MODULE)  # if nothing has by now
    judged = or_not_judged(lambda: _judge(session, state["change"]))
    _say({"number": state["change"]["number"], **judged})
    os._exit(0)


def _judge(session: pytest.Session, change: dict[str, Any]) -> dict[str, Any]:
    if change["mutant"] is None:
        return {"verdict": "as it is", "failing": _failing(session)}
    killer = ""
    for tests in (change["tests"][:FIRST], change["tests"][FIRST:]):
        items = _collected(session, tests)
        killer = "does not start (tests)" if session.testsfailed else first_that_fails(session, items)
        if killer:
            break
    return {
        "verdict": "killed" if killer else "survived",
        "by": killer,
        "tests": len(change["tests"]),
        "seconds": round(spent() - state["began"], 2),
    }


def _failing(session: pytest.Session) -> list[str]:
    """Of the tests that noticed a change those that fail without any."""
    noticed = dict.fromkeys(each["by"] for each in _said() if "::" in each["by"])
    failing = []
    for item in _collected(session, list(noticed) or ASKED["changes"][0]["tests"][:1]):
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
