"""`make mutants`: change the rules one at a time and see whether a test notices. `MUTANTS=figures` or a path restricts.

A change that no test notices needs a test, or a written reason in survivors.toml. Nothing is changed in the checkout:
all of it happens in a copy. What became of a change is kept in var/mutants and not asked again while the code and the
tests it rests on are the same. The answer of a run over everything is kept in docs/mutants.md.
"""

import argparse
import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.mutants.operators import Mutant, mutants_of
from tests.mutants.runs import MOST_SECONDS, Verdicts

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CACHE = ROOT / "var" / "mutants"
REASONS = HERE / "survivors.toml"
# What decides: every kind of change.
RULES = [
    "accounts/scope.py", "accounts/permissions.py", "accounts/roles.py", "accounts/models.py",
    "figures/*.py",
    "inspections/actions/*.py", "inspections/models/*.py", "inspections/ledger.py", "inspections/moves.py",
    "inspections/as_sent.py", "inspections/history.py",
    "institutions/models.py", "institutions/models/*.py", "institutions/moments.py", "institutions/past.py",
    "mapping/layers.py",
]  # fmt: skip
APART = ["browser", "upgrade", "mutants"]  # tests in processes of their own, which see no change, and our own
# What asks for permission: there, the calls and tables that do.
ROOMS = ["accounts", "institutions", "inspections", "figures", "mapping", "reports", "desk", "config"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wanted", nargs="*", metavar="PATH", help="files, or folders: figures, inspections/actions")
    parser.add_argument("--one-in", type=int, default=1, metavar="N", help="a sample: the same one each time")
    asked = parser.parse_args()
    mutants = [
        each
        for each in _mutants(asked.wanted)
        if each.path.startswith(tuple(asked.wanted) or "") and int(_sha256(*each.key), 16) % asked.one_in == 0
    ]
    print(f"{len(mutants)} changes of {len({each.path for each in mutants})} files", flush=True)
    began = time.monotonic()
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _copy_tree(Path(folder) / "tree")
        results = _judged(Path(folder), mutants)
    return _report(mutants, results, time.monotonic() - began, one_in=0 if asked.wanted else asked.one_in)


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


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


def _judged(folder: Path, mutants: list[Mutant]) -> list[dict]:
    """What became of each change."""
    asked, results = folder / "asked.json", CACHE / "results.jsonl"
    results.unlink(missing_ok=True)
    killers = _read(CACHE / "killers.json")
    content = {
        "mutants": [dataclasses.asdict(each) for each in mutants],
        "digests": _digests(folder / "tree"),
        "killers": killers,
        "results": str(results),
    }
    asked.write_text(json.dumps(content))
    answer = _pytest(folder, ["tests"], MUTANTS=str(asked))
    if answer.returncode:
        sys.exit(answer.stdout + answer.stderr)
    said = {each["number"]: each for each in map(json.loads, results.read_text().splitlines())}
    anew = [number for number in said if said[number]["verdict"] == "anew"]
    for test in _read(CACHE / "failing.json"):
        print("left out, for it fails on the code as it is:", test)
    print(f"{len(anew)} changes are read at import: for each of them the tests start anew", flush=True)
    for number, result in _started_anew(folder, mutants, anew, killers, content["digests"]):
        said[number] = result
    for number, mutant in enumerate(mutants):
        if said[number]["verdict"] == "killed":
            killers["|".join(mutant.key)] = said[number]["by"]
    (CACHE / "killers.json").write_text(json.dumps(killers))
    return [said[number] for number in range(len(mutants))]


def _started_anew(
    folder: Path, mutants: list[Mutant], numbers: list[int], killers: dict[str, str], digests: dict[str, str]
) -> Iterator[tuple[int, dict]]:
    """What becomes of changes of what is read at import: first of the test that noticed last time, then of all."""
    from concurrent.futures import ThreadPoolExecutor

    verdicts, durations = Verdicts(CACHE / "verdicts.jsonl", digests), _read(CACHE / "durations.json")

    def judge(number: int) -> tuple[int, dict]:
        known = verdicts.known(mutants[number], [])
        if known is None:
            known = judged(mutants[number])
            if known["by"] in durations:
                verdicts.keep(mutants[number], known, [])
        return number, known

    def judged(mutant: Mutant) -> dict:
        first = killers.get("|".join(mutant.key), "")
        room = f"tests/{mutant.path.split('/')[0]}"
        near = [path for path in dict.fromkeys([first.split("::")[0], room]) if (ROOT / path).exists() and path]
        everywhere = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").glob("test_*.py"))
        for paths in ([first] if first in durations else [], near, everywhere):
            if not paths:
                continue
            answer = _pytest(
                folder, [*paths, "-x"], MUTANT=json.dumps(dataclasses.asdict(mutant)), MUTANT_FIRST=first,
                MUTANT_ORDER=str(CACHE / "durations.json"),
            )  # fmt: skip
            if answer.returncode:
                failed = [
                    line.split()[1] for line in answer.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))
                ]
                return {"verdict": "killed", "by": failed[0] if failed else "does not start"}
        return {"verdict": "survived", "by": ""}

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(judge, numbers)


def _pytest(folder: Path, arguments: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "LANG", "PYTHONPATH", "PYTEST_ADDOPTS", "MUTANTS_LOG")
    }
    with tempfile.TemporaryDirectory() as data_dir:
        return subprocess.run(
            [
                sys.executable, "-m", "pytest", "-q", "--no-header", f"--tb={'short' if 'MUTANTS_LOG' in os.environ else 'no'}", "-p", "tests.mutants.runs",
                *(f"--ignore=tests/{each}" for each in APART), *arguments,
            ],
            cwd=folder / "tree", capture_output=True, text=True, check=False,
            env={
                **kept, "ENV_FILE": os.devnull, "DATABASE_URL": "", "DATA_DIR": data_dir,
                "PYTHONDONTWRITEBYTECODE": "1", **environment,
            },
        )  # fmt: skip


def _digests(tree: Path) -> dict[str, str]:
    """Of every test file, what its coverage depends on: itself and all code that is no test."""
    files = sorted(path for path in tree.rglob("*.py") if "mutants" not in path.parts)
    shared = hashlib.sha256()
    for path in files:
        if not path.name.startswith("test_"):
            shared.update(str(path.relative_to(tree)).encode() + path.read_bytes())
    return {
        str(path.relative_to(tree)): hashlib.sha256(shared.digest() + path.read_bytes()).hexdigest()
        for path in files
        if path.name.startswith("test_")
    }


def _read(path: Path) -> Any:
    return json.loads(path.read_text()) if path.exists() else {}


# --- Reporting


def _report(mutants: list[Mutant], results: list[dict], seconds: float, *, one_in: int) -> int:
    """`one_in` is 0 when only some files were asked for: then nothing is kept of it."""
    reasons = {
        (each["file"], each["in"], each["before"], each["after"]): each["reason"]
        for each in tomllib.loads(REASONS.read_text()).get("survivor", [])
    }
    survivors = [each for each, result in zip(mutants, results, strict=True) if result["verdict"] == "survived"]
    unexplained = [each for each in survivors if each.key not in reasons]
    for each in unexplained:
        print(f"SURVIVED [{each.kind}] {each}")
    (CACHE / "unexplained.toml").write_text("\n".join(map(_as_toml, unexplained)))
    noticed = len(mutants) - len(survivors)
    explained = len(survivors) - len(unexplained)
    sample = f" (one in {one_in} of all)" if one_in > 1 else ""
    closing = (
        f"{len(mutants)} changes{sample}, {noticed} noticed by a test, {explained} unnoticed for a written reason, "
        f"{len(unexplained)} unnoticed; {seconds / 60:.0f} minutes"
    )
    print(closing)
    stale = [key for key in reasons if one_in == 1 and key not in {each.key for each in survivors}]
    for key in stale:
        print("a reason that nothing needs any more:", *key)
    if one_in:
        (ROOT / "docs" / "mutants.md").write_text(_as_markdown(mutants, survivors, reasons, closing))
    return 1 if unexplained or stale else 0


def _as_toml(survivor: Mutant) -> str:
    """As survivors.toml has it, but for the reason."""
    named = zip(("file", "in", "before", "after", "reason"), (*survivor.key, ""), strict=True)
    return "\n".join(
        ["[[survivor]]", *(f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in named), ""]
    )


def _as_markdown(mutants: list[Mutant], survivors: list[Mutant], reasons: dict, closing: str) -> str:
    made, left = Counter(each.path for each in mutants), Counter(each.path for each in survivors)
    table = [f"| {path} | {count} | {count - left[path]} | {left[path]} |" for path, count in sorted(made.items())]
    listed = [
        f"- `{each}` — {reasons.get(each.key, 'no test notices, and no reason is written')}" for each in survivors
    ]
    return "\n".join(
        [
            "# The last run of `make mutants`", "", closing + ".", "",
            "Each rule was changed in one place at a time, and tests that run through the place were run on it until one "
            f"failed: the quickest first, {MOST_SECONDS:.0f} seconds of them at most.", "",
            "| file | changes | noticed | unnoticed |", "|---|---:|---:|---:|", *table, "",
            "## Unnoticed, and why that is as it should be", "", *listed, "",
        ]
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
