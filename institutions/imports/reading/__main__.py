"""The child: takes its limits, reads, and says what it read."""

import contextlib
import json
import pickle
import resource
import sys
from importlib import import_module
from typing import Any

from institutions.imports.reading.frames import Limits, Refused, Send


def main() -> None:
    kind, limits = sys.argv[1], Limits(**json.loads(sys.argv[2]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    answers, sys.stdout = sys.stdout.buffer, sys.stderr

    def write(frame: tuple[Any, ...]) -> None:
        pickle.dump(frame, answers, protocol=5)

    send = Send(write, limits)
    try:
        _reader(kind)(sys.stdin.buffer, limits, send)
        send("end")
    except Refused as refused:
        send("refused", refused.key, refused.values)
    with contextlib.suppress(BrokenPipeError):
        answers.flush()


def _reader(kind: str) -> Any:
    return import_module(f"institutions.imports.reading.{kind}").read


main()
