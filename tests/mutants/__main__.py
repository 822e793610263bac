"""`make mutants`: change the rules one at a time and see whether a test notices. `MUTANTS=figures` or a path restricts.

About 3,300 changes, hours on two cores with nothing else to do. A change that no test notices needs a test, or
a written reason in survivors.toml. Nothing is changed in the checkout:
all of it happens in a copy. What became of a change is kept in var/mutants and not asked again while the code and the
tests it rests on are the same: a run that was stopped, by `--minutes`, Ctrl-C or a TERM, says what is known by then, and
the next goes on from there. Which test noticed which change is kept in noticed.json, with the code: it is asked first the
next time, on whatever machine. The answer of a run over everything is kept in docs/mutants.md. MUTANTS_AT_ONCE is the number
of processes, MUTANTS_LOG a file for what they say.
"""

import argparse
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

from tests.mutants.choice import MOST_OF_PERMISSIONS, MOST_SECONDS
from tests.mutants.operators import Mutant, mutants_of
from tests.mutants.runs import TEMPLATE
from tests.mutants.sources import sha256
from tests.mutants.verdicts import Verdicts, names

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CACHE = ROOT / "var" / "mutants"
REASONS = HERE / "survivors.toml"
NOTICED = HERE / "noticed.json"  # test -> digests of the keys of the changes that it noticed
# What decides: every kind of change. Not what writes files, draws, words or keeps what is worked out elsewhere.
RULES = [
    "accounts/scope.py", "accounts/permissions.py", "accounts/roles.py", "accounts/models.py", "accounts/held.py",
    "figures/conditions.py", "figures/differences.py", "figures/drilldown.py",
    "figures/held.py", "figures/kept.py", "figures/keeping.py", "figures/ledger.py", "figures/places.py",
    "figures/questions.py", "figures/reasons.py", "figures/rounds.py", "figures/spells.py", "figures/standing.py",
    "figures/statistics.py", "figures/unseen.py",
    "inspections/actions/*.py", "inspections/models/*.py", "inspections/colleagues.py", "inspections/history.py",
    "inspections/ledger.py", "inspections/moves.py", "inspections/oddities.py", "inspections/verifiers.py",
    "institutions/models/divisions.py", "institutions/models/institutions.py", "institutions/models/licences.py",
    "institutions/models/past.py", "institutions/models/then.py", "institutions/moments.py", "institutions/past.py",
    "institutions/actions/merging.py", "institutions/actions/moving.py",
    "mapping/layers.py",
    "misconduct/figures.py", "misconduct/models.py", "misconduct/actions.py", "misconduct/question.py",
    "reports/contradictions.py", "reports/actions/deciding.py", "reports/actions/steps.py",
]  # fmt: skip
STOPPED = Event()  # whoever runs it wants no more: what was begun ends, and what is known is said
UNJUDGED = {"verdict": "unjudged", "by": ""}
MOST_CHARACTERS, AROUND = 160, 20  # of the text of a change, as it is listed
# Tests in processes of their own, which see no change, and our own; those that read registers and workbooks or load the
# demonstration: they take longest and are about rooms of which nothing is changed but what asks for permission.
APART = [
    "browser", "upgrade", "mutants", "battery", "demonstration", "*/test_*_demonstration.py",
    "institutions/test_intake_*", "institutions/test_workbook_*", "institutions/test_import_[bcdehilmnoqst]*",
    "institutions/test_imports*", "institutions/test_addresses_*", "institutions/test_places_of_china.py",
    "inspections/test_backup*", "inspections/test_ledger_[iprsw]*", "mapping/test_geocoding_[cejr]*",
    "mapping/test_geocoding_providers.py",
]  # fmt: skip
# What asks for permission: there, the calls and tables that do.
ROOMS = [
    "accounts", "institutions", "inspections", "figures", "mapping", "misconduct", "reports", "desk", "field", "config",
]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wanted", nargs="*", metavar="PATH", help="files, or folders: figures, inspections/actions")
    parser.add_argument("--one-in", type=int, default=1, metavar="N", help="a sample: the same one each time")
    parser.add_argument("--minutes", type=float, default=1e6, help="to begin anything new in")
    asked = parser.parse_args()
    mutants = [
        each
        for each in _mutants(asked.wanted)
        if each.path.startswith(tuple(asked.wanted) or "") and int(sha256(*each.key), 16) % asked.one_in == 0
    ]
    print(f"{len(mutants)} changes of {len({each.path for each in mutants})} files", flush=True)
    began = time.monotonic()
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _copy_tree(Path(folder) / "tree")
        results = _judged(Path(folder), mutants, time.time() + 60 * asked.minutes)
    return _report(mutants, results, time.monotonic() - began, one_in=0 if asked.wanted else asked.one_in)


def _mutants(wanted: list[str]) -> list[Mutant]:
    """Those of RULES and of the files named; elsewhere those of what asks for permission."""
    named = [name for name in wanted if name.endswith(".py")]
    rules = list(dict.fromkeys(path for pattern in RULES + named for path in sorted(ROOT.glob(pattern))))
    others = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if path not in rules]
    return [
        each
        for paths, only_permissions in ((rules, False), (others, True))
        for path in paths
        if "migrations" not in path.parts
        for each in mutants_of(str(path.relative_to(ROOT)), path.read_text(), only_permissions=only_permissions)
    ]


def _copy_tree(tree: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)


# --- Judging


def _judged(folder: Path, mutants: list[Mutant], until: float) -> list[dict]:
    """What became of each change; nothing new is begun after `until`."""
    asked, results = folder / "asked.json", CACHE / "results.jsonl"
    results.unlink(missing_ok=True)
    now = time.time()
    killers = _killers(mutants)
    content = {
        "mutants": [dataclasses.asdict(each) for each in mutants],
        "killers": killers,
        "explained": [number for number, each in enumerate(mutants) if each.key in _reasons()],
        "results": str(results),
        "kept": str(CACHE),
        # A part of the time for each: which tests run which lines, what can be changed there, what is read at import.
        "until_gathered": now + (until - now) * 0.2,
        "until": now + (until - now) * 0.8,
    }
    asked.write_text(json.dumps(content))
    answer = _pytest(folder, "tests.mutants.runs", MUTANTS=str(asked))
    if answer.returncode:
        sys.exit("stopped before anything was judged" if STOPPED.is_set() else answer.stdout + answer.stderr)
    said = {each["number"]: each for each in map(json.loads, results.read_text().splitlines())}
    for test in _read(CACHE / "failing.json"):
        print("left out, for it fails on the code as it is:", test)
    anew = [number for number in said if said[number]["verdict"] == "anew"]
    if anew:
        print(f"{len(anew)} changes are read at import: for each of them the tests start anew", flush=True)
    verdicts, called = Verdicts(CACHE / "verdicts.jsonl", _read(CACHE / "digests.json")), names(mutants)
    tests, asked_of = ({number: said[number][which] for number in anew} for which in ("tests", "all"))
    said |= dict.fromkeys(tests, UNJUDGED)
    for number, result in _started_anew(folder, mutants, tests, until) if tests and not STOPPED.is_set() else ():
        if result["verdict"] != "unjudged":
            verdicts.keep(called[number], result, asked_of[number])
        said[number] = result
    for number, mutant in enumerate(mutants):
        result = said.setdefault(number, UNJUDGED)
        if result["verdict"] == "killed" and "::" in result["by"]:
            killers[mutant.joined] = result["by"]
    _keep_noticed(mutants, killers)
    return [said[number] for number in range(len(mutants))]


def _killers(mutants: list[Mutant]) -> dict[str, str]:
    """The test that noticed a change last time, by the change."""
    by_digest = {digest: test for test, digests in _read(NOTICED).items() for digest in digests}
    return {each.joined: by_digest[_digest(each)] for each in mutants if _digest(each) in by_digest}


def _keep_noticed(mutants: list[Mutant], killers: dict[str, str]) -> None:
    """What was known of changes that were not asked about stays."""
    by_digest = {digest: test for test, digests in _read(NOTICED).items() for digest in digests}
    by_digest |= {_digest(each): killers[each.joined] for each in mutants if each.joined in killers}
    still_made = {_digest(each) for each in _mutants([])}
    noticed: dict[str, list[str]] = {}
    for digest, test in sorted(by_digest.items()):
        if digest in still_made:
            noticed.setdefault(test, []).append(digest)
    NOTICED.write_text(json.dumps(noticed, indent=0, sort_keys=True, ensure_ascii=False) + "\n")


def _digest(mutant: Mutant) -> str:
    return sha256(*mutant.key)[:12]


def _started_anew(
    folder: Path, mutants: list[Mutant], tests: dict[int, list[str]], until: float
) -> Iterator[tuple[int, dict]]:
    """What becomes of changes of what is read at import."""
    changes: dict[str, list[dict]] = {}
    for number, some in tests.items():
        change = {"number": number, "mutant": dataclasses.asdict(mutants[number]), "tests": some}
        changes.setdefault(mutants[number].path, []).append(change)
    asked, results = folder / "anew.json", folder / "anew.jsonl"
    asked.write_text(json.dumps({"changes": changes, "results": str(results), "until": until}))
    answer = _pytest(folder, "tests.mutants.anew", MUTANTS_ANEW=str(asked), MUTANTS_TEMPLATE=str(CACHE / TEMPLATE))
    lines = results.read_text().splitlines() if results.exists() else []
    said = {each["number"]: each for each in map(json.loads, lines)}  # the last that was said of each
    failing = said.pop(-1, {}).get("failing")
    if failing is None:
        sys.exit(f"changes of what is read at import cannot be judged\n{answer.stdout}{answer.stderr}")
    if failing:
        print("fail without any change when the tests start anew:", *failing, flush=True)
    for each in said.values():
        if str(each["number"]).startswith("as it is") and each["verdict"] != "survived":
            print("fails without any change when the tests start anew:", each["by"], flush=True)
    for number in tests:
        result = said.get(number, UNJUDGED)
        judged = result["verdict"] in ("killed", "survived") and result["by"] not in failing
        yield number, result if judged else UNJUDGED


def _pytest(folder: Path, plugin: str, **environment: str) -> subprocess.CompletedProcess[str]:
    passed = ("PATH", "HOME", "LANG", "PYTHONPATH", "PYTEST_ADDOPTS", "MUTANTS_LOG", "MUTANTS_AT_ONCE")
    kept = {name: value for name, value in os.environ.items() if name in passed}
    apart = (f"--ignore-glob=tests/{each}" for each in APART)
    with tempfile.TemporaryDirectory() as data_dir:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "pytest", "-q", "--no-header", "-p", plugin, *apart,
                "--tb=short" if "MUTANTS_LOG" in kept else "--tb=no", "tests",
            ],
            cwd=folder / "tree", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={**kept, "ENV_FILE": os.devnull, "DATABASE_URL": "", "DATA_DIR": data_dir, **environment},
        )  # fmt: skip

        def stop(*_: object) -> None:
            STOPPED.set()
            process.terminate()

        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, stop)
        if STOPPED.is_set():
            process.terminate()
        out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def _read(path: Path) -> Any:
    return json.loads(path.read_text()) if path.exists() else {}


# --- Reporting


def _report(mutants: list[Mutant], results: list[dict], seconds: float, *, one_in: int) -> int:
    """`one_in` is 0 when only some files were asked for: then nothing is kept of it."""
    reasons = _reasons()
    survivors = [each for each, result in zip(mutants, results, strict=True) if result["verdict"] == "survived"]
    unexplained = [each for each in survivors if each.key not in reasons]
    for each in unexplained:
        print(f"SURVIVED [{each.kind}] {_in_short(each)}")
    (CACHE / "unexplained.toml").write_text("\n".join(map(_as_toml, unexplained)))
    unjudged = [each for each, result in zip(mutants, results, strict=True) if result["verdict"] == "unjudged"]
    noticed = len(mutants) - len(survivors) - len(unjudged)
    explained = len(survivors) - len(unexplained)
    sample = f" (one in {one_in} of all)" if one_in > 1 else ""
    closing = (
        f"{len(mutants)} changes{sample}, {noticed} noticed by a test, {explained} unnoticed for a written reason, "
        f"{len(unexplained)} unnoticed, {len(unjudged)} not judged"
    )
    print(f"{closing}; {seconds / 60:.0f} minutes")
    needed = {each.key for each in [*survivors, *unjudged]}
    stale = [key for key in reasons if one_in == 1 and key not in needed]
    for key in stale:
        print("a reason that nothing needs any more:", *key)
    if one_in:
        (ROOT / "docs" / "mutants.md").write_text(_as_markdown(mutants, survivors, unjudged, reasons, closing))
    return 1 if unexplained or stale or unjudged else 0


@cache
def _reasons() -> dict[tuple[str, str, str, str], str]:
    """Why a change goes unnoticed, by its key."""
    written = tomllib.loads(REASONS.read_text()).get("survivor", [])
    return {(each["file"], each["in"], each["before"], each["after"]): each["reason"] for each in written}


def _as_toml(survivor: Mutant) -> str:
    """As survivors.toml has it, but for the reason."""
    named = zip(("file", "in", "before", "after", "reason"), (*survivor.key, ""), strict=True)
    return "\n".join(
        ["[[survivor]]", *(f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in named), ""]
    )


def _as_markdown(
    mutants: list[Mutant], survivors: list[Mutant], unjudged: list[Mutant], reasons: dict, closing: str
) -> str:
    made, left, open_ = (Counter(each.path for each in some) for some in (mutants, survivors, unjudged))
    table = [
        f"| {path} | {count} | {count - left[path] - open_[path]} | {left[path]} | {open_[path]} |"
        for path, count in sorted(made.items())
    ]
    explained = [f"- `{_in_short(each)}` — {reasons[each.key]}" for each in survivors if each.key in reasons]
    unexplained = [f"- `{_in_short(each)}`" for each in survivors if each.key not in reasons]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.strip()
    return "\n".join(
        [
            "# The last run of `make mutants`", "", f"{closing}. Judged on {commit}.", "",
            "Each rule was changed in one place at a time, and tests that run through the place were run on it until one "
            f"failed: the likeliest and quickest first, {MOST_SECONDS:.0f} seconds of them at most, of what "
            f"asks for permission {MOST_OF_PERMISSIONS:.0f}. Of the rooms that read registers and ledgers and look for "
            "duplicates (`institutions/imports`, `institutions/duplicates`, `inspections/imports`) only what asks for permission is changed, and the tests that are about nothing else "
            "are not asked.", "", *_unasked(),
            "| file | changes | noticed | unnoticed | not judged |", "|---|---:|---:|---:|---:|", *table, "",
            "## Unnoticed, and why that is as it should be", "", *explained, "",
            *(["## Unnoticed, and no reason is written", "", *unexplained, ""] if unexplained else []),
            *(["## Not judged", "", *_left(unjudged), ""] if unjudged else []),
        ]
    )  # fmt: skip


def _unasked() -> list[str]:
    left = _read(CACHE / "left.json")
    if not left:
        return []
    return [f"There was no time to see what the tests of {len(left)} more files run through: those were not asked.", ""]


def _left(unjudged: list[Mutant]) -> list[str]:
    """How many in which function of each file, and of how many a test is known that noticed them on earlier code."""
    places: dict[str, Counter[str]] = {}
    for each in unjudged:
        places.setdefault(each.path, Counter())[each.function or "at the top"] += 1
    killers = _killers(unjudged)
    known = sum(each.joined in killers for each in unjudged)
    said = (
        f"{known} of these {len(unjudged)} were noticed by a test on earlier code, and have not been asked again since."
    )
    listed = [
        f"- {path}: {', '.join(f'`{name}` {count}' for name, count in sorted(functions.items()))}"
        for path, functions in sorted(places.items())
    ]
    return [said, "", *listed]


def _in_short(mutant: Mutant) -> str:
    """Of a long text only where it was changed, and a little around."""
    before, after = mutant.before, mutant.after
    if max(len(before), len(after)) > MOST_CHARACTERS:
        start = max(0, len(os.path.commonprefix([before, after])) - AROUND)
        end = max(0, len(os.path.commonprefix([before[::-1], after[::-1]])) - AROUND)
        before, after = (f"…{text[start : max(start, len(text) - end)]}…" for text in (before, after))
    return f"{mutant.path}:{mutant.line} {before[:MOST_CHARACTERS]}  ->  {after[:MOST_CHARACTERS]}"


if __name__ == "__main__":
    sys.exit(main())
