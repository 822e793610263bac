"""What became of changes before: holds while the code and the tests it rests on are the same."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.mutants.operators import Mutant


def names(mutants: list[Mutant]) -> list[str]:
    """What each change is called while other lines come and go: its key and, where several are alike, which of them."""
    seen: Counter[tuple[str, ...]] = Counter()
    named = []
    for each in mutants:
        seen[each.key] += 1
        named.append(f"{each.joined}|{seen[each.key]}")
    return named


class Verdicts:
    """`digests`: of each test file, of what it rests on.

    A change that was noticed rests on the file of the test that noticed it. One that was not, on every test that was
    run: of those that come later only the new ones have to be asked.
    """

    def __init__(self, path: Path, digests: dict[str, str]):
        self.path, self.digests = path, digests
        kept = map(json.loads, path.read_text().splitlines()) if path.exists() else ()
        self.kept = {each["change"]: each for each in kept}

    def known(self, change: str, tests: list[str]) -> dict[str, Any] | None:
        """What became of the change, if it still holds for these tests."""
        kept = self.kept.get(change)
        if kept is None:
            return None
        if kept["result"]["verdict"] == "survived":
            return kept["result"] if not self.unasked(change, tests) else None
        return kept["result"] if self._stand(kept) else None

    def went_unnoticed(self, change: str) -> bool:
        return change in self.kept and self.kept[change]["result"]["verdict"] == "survived"

    def unasked(self, change: str, tests: list[str]) -> list[str]:
        """Of the tests those that have not been asked yet, or are no longer what they were."""
        kept = self.kept.get(change)
        if kept is None or not self.went_unnoticed(change):
            return tests
        count = Counter(map(_file, tests))
        asked = {
            file
            for file, (digest, ran) in kept["rests_on"].items()
            if self.digests.get(file) == digest and ran >= count[file]
        }
        return [test for test in tests if _file(test) not in asked]

    def keep(self, change: str, result: dict[str, Any], tests: list[str]) -> None:
        """`tests` are those that were run now or had been before, or would have been until one failed."""
        ran = Counter(map(_file, [result["by"]] if _file(result["by"]) in self.digests else tests))
        rests_on = {file: (self.digests[file], count) for file, count in ran.items()}
        line = {"change": change, "rests_on": rests_on, "result": result}
        self.kept[change] = line
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _stand(self, kept: dict[str, Any]) -> bool:
        return all(self.digests.get(file) == digest for file, (digest, _count) in kept["rests_on"].items())


def _file(test: str) -> str:
    return test.split("::")[0]
