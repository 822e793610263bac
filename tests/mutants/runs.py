"""A pytest plugin that runs tests against changed code: `-p tests.mutants.runs`.

Django, the database and the tests are set up once. For each change a child is forked, in which the changed function's
code takes the place of the old one, and the tests that run through it are run until one fails. What is read when a
module is imported (tables, decorators, defaults) cannot be changed that way: it is left to `tests.mutants.anew`, with
the tests to be asked.
"""

import ast
import contextlib
import gc
import itertools
import json
import os
import signal
import sqlite3
import time
import types
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.children import in_children, spent
from tests.mutants.choice import Choice, most_seconds
from tests.mutants.lines import caches_of_ours, gather
from tests.mutants.operators import Mutant, mutated
from tests.mutants.verdicts import Verdicts, names

TEMPLATE = "template.sqlite3"  # the database as it is made, beside the results


def pytest_configure(config: pytest.Config) -> None:
    same_examples()
    config.pluginmanager.import_plugin("tests.mutants.database")  # after pytest-django, whose fixture it replaces


def same_examples() -> None:
    """The same examples each time, and slowness fails nothing: a test that fails has noticed the change."""
    from hypothesis import HealthCheck, settings

    settings.register_profile(
        "mutants", derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    settings.load_profile("mutants")


# --- One server, a child for each change


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    serve(session, json.loads(Path(os.environ["MUTANTS"]).read_text()))
    return True


def serve(session: pytest.Session, asked: dict[str, Any]) -> None:
    """Gathers which tests run which lines, then judges every change asked for; writes a line of JSON for each."""
    from django.db import connection
    from django.test.utils import setup_databases
    from pytest_django.plugin import blocking_manager_key

    results, kept = Path(asked["results"]), Path(asked["kept"])
    with session.config.stash[blocking_manager_key].unblock():
        setup_databases(verbosity=0, interactive=False)
        _keep_database(connection, kept / TEMPLATE)
    items = {item.nodeid: item for item in session.items}
    functions = _functions()
    caches = caches_of_ours()
    gc.collect()
    gc.freeze()

    signal.signal(signal.SIGTERM, lambda *_: asked.update(until=0, until_gathered=0))
    gathered = gather(session, kept / "lines", caches, asked)
    (kept / "failing.json").write_text(json.dumps(gathered.failing))
    (kept / "digests.json").write_text(json.dumps(gathered.digests))
    (kept / "left.json").write_text(json.dumps(gathered.left))
    mutants = [Mutant(**each) for each in asked["mutants"]]
    choice = Choice(gathered, set(items), asked["killers"])
    verdicts = Verdicts(kept / "verdicts.jsonl", gathered.digests)
    called = names(mutants)
    chosen = [choice.at_import(each) if each.at_import else choice.running(each) for each in mutants]
    with results.open("a") as file:

        def write(number: int, result: dict[str, Any]) -> None:
            file.write(json.dumps({"number": number, **result}) + "\n")
            file.flush()

        left: list[int] = []
        for number, mutant in enumerate(mutants):
            if result := verdicts.known(called[number], chosen[number]):
                write(number, result)
            elif not mutant.at_import and not chosen[number] and gathered.left:
                continue  # tests that run through it may be among those
            elif mutant.at_import or not chosen[number]:
                tests = chosen[number] or choice.at_import(mutant)
                if result := verdicts.known(called[number], tests):
                    write(number, result)
                else:
                    write(number, {"verdict": "anew", "tests": verdicts.unasked(called[number], tests), "all": tests})
            else:
                left.append(number)
        unnoticed = {number for number in left if verdicts.went_unnoticed(called[number])}
        left.sort(
            key=lambda number: (
                number in asked["explained"],  # what has its written reason comes last
                number not in unnoticed,  # first what went unnoticed and has new tests
                not mutants[number].asks_permission,
                mutants[number].joined not in asked["killers"],  # a test noticed it last time: that takes no time
            )
        )
        asking = {number: verdicts.unasked(called[number], chosen[number]) for number in left}
        work = (
            (
                number,
                _judging(session, mutants[number], [items[each] for each in tests], functions),
                most_seconds(mutants[number]),
            )
            for number, tests in asking.items()
            if time.time() < asked["until"]
        )
        for number, result in in_children(work):
            if result["verdict"] == "anew":
                write(number, {"verdict": "anew", "tests": asking[number], "all": chosen[number]})
            else:
                write(number, result)
            if result["verdict"] in ("killed", "survived"):
                verdicts.keep(called[number], result, chosen[number])


def _keep_database(connection: Any, template: Path) -> None:
    """The database just made, for the tests that start anew."""
    template.unlink(missing_ok=True)
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(template)) as kept:
        connection.connection.backup(kept)


def _judging(session: pytest.Session, mutant: Mutant, tests: list[pytest.Item], functions: dict):
    def judge() -> dict[str, Any]:
        began = spent()
        if not put_in_place(mutant, functions):
            return {"verdict": "anew"}
        killer = first_that_fails(session, tests)
        verdict = "killed" if killer else "survived"
        return {"verdict": verdict, "by": killer, "tests": len(tests), "seconds": round(spent() - began, 2)}

    return judge


def first_that_fails(session: pytest.Session, items: list[pytest.Item]) -> str:
    """Runs until one fails; its id, "" when none does."""
    for item, following in itertools.zip_longest(items, items[1:]):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return item.nodeid
    return ""


# --- Changed code in the place of the old


def _functions() -> dict[str, list[types.FunctionType]]:
    """Every function alive, by the file it comes from."""
    found: dict[str, list[types.FunctionType]] = defaultdict(list)
    here = os.getcwd() + os.sep
    for thing in gc.get_objects():
        if type(thing) is types.FunctionType and thing.__code__.co_filename.startswith(here):
            found[thing.__code__.co_filename.removeprefix(here)].append(thing)
    return found


def put_in_place(mutant: Mutant, functions: dict[str, list[types.FunctionType]]) -> bool:
    """Whether the change has reached the code of a living function."""
    path = Path(mutant.path).resolve()
    source = path.read_text()
    old = list(_codes(compile(ast.parse(source), str(path), "exec")))
    new = list(_codes(compile(mutated(source, mutant), str(path), "exec")))
    if [_name(code) for code in old] != [_name(code) for code in new]:  # a function within it is gone
        return False
    changed = [(before, after) for before, after in zip(old, new, strict=True) if before != after]
    if any(old.count(before) > 1 for before, _after in changed):  # alike, on one line: not to be told apart
        return False
    reached = False
    for function in functions[mutant.path]:
        for before, after in changed:
            if function.__code__ == before:
                try:
                    function.__code__ = after
                except ValueError:  # another number of free variables
                    return False
                reached = True
                break
    return reached


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from _codes(each)


def _name(code: types.CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno
