"""The child: takes its limits, reads, and says what it read."""

import contextlib
import json
import pickle
import resource
import sys
from typing import Any

from institutions.imports.reading.frames import Limits, Refused


def main() -> None:
    kind, limits = sys.argv[1], Limits(**json.loads(sys.argv[2]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    answers, sys.stdout = sys.stdout.buffer, sys.stderr

    def send(*frame: Any) -> None:
        pickle.dump(frame, answers, protocol=5)

    try:
        _reader(kind)(sys.stdin.buffer, limits, send)
        send("end")
    except Refused as refused:
        send("refused", refused.key, refused.values)
    with contextlib.suppress(BrokenPipeError):
        answers.flush()


def _reader(kind: str) -> Any:
    if kind == "xlsx":
        from institutions.imports.reading.xlsx import read
    else:
        raise ValueError(kind)
    return read


main()
