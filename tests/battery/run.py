"""One run of the battery: a bureau, phones, kills, and the count afterwards."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.battery.phones import Phone
from tests.battery.server import ROOT, Server


def battery(folder: Path, database_url: str, *, visits: int, phones: int, kills: int, seed: int) -> int:
    """Prints what was counted; 0 when nothing was lost, doubled or changed."""
    environment = {"DATA_DIR": str(folder), "DATABASE_URL": database_url}
    _manage(environment, "migrate", "--verbosity", "0")
    bureau = json.loads(_inside(environment, "bureau", str(phones)))
    chance, done = random.Random(seed), threading.Semaphore(0)
    server = Server(environment)
    server.start()
    begun = time.monotonic()
    senders = [
        Phone(name, token, server.port, bureau["schools"], share, seed * 100 + at, done.release)
        for at, ((name, token), share) in enumerate(zip(bureau["tokens"].items(), _shares(visits, phones), strict=True))
    ]
    try:
        for sender in senders:
            sender.start()
        killed = _kill_at(sorted(chance.sample(range(1, visits), kills)), server, done, senders)
        for sender in senders:
            sender.join()
    finally:
        server.stop()
    seconds = time.monotonic() - begun
    expected = {
        "digests": {pk: digest for sender in senders for pk, digest in sender.sent.digests.items()},
        "photos": {pk: sha256 for sender in senders for pk, sha256 in sender.sent.photos.items()},
    }
    (folder / "expected.json").write_text(json.dumps(expected))
    counted = json.loads(_inside(environment, "count", str(folder / "expected.json")))
    counted |= {"killed": killed, "retries": sum(sender.sent.retries for sender in senders)}
    counted |= {"acknowledged": len(expected["photos"]), "seconds": round(seconds)}
    counted["wrong"] = [wrong for sender in senders for wrong in sender.sent.wrong]
    print(json.dumps(counted, indent=1, ensure_ascii=False), flush=True)
    whole = counted["acknowledged"] == counted["visits"] == visits and killed == kills
    faults = ("lost", "doubled", "changed", "photos_missing", "photos_wrong", "wrong", "verify")
    return 0 if whole and not any(counted[name] for name in faults) else 1


def _kill_at(moments: list[int], server: Server, done: threading.Semaphore, senders: list[Phone]) -> int:
    """Kill and restart the server when so many visits are done; how often it was."""
    count, killed = 0, 0
    for moment in moments:
        while count < moment and any(sender.is_alive() for sender in senders):
            count += done.acquire(timeout=1)
        if count < moment:
            return killed
        server.kill()
        server.start()
        killed += 1
    return killed


def _shares(visits: int, phones: int) -> list[int]:
    return [visits // phones + (at < visits % phones) for at in range(phones)]


def _manage(environment: dict[str, str], *command: str) -> str:
    return _run(environment, "manage.py", *command)


def _inside(environment: dict[str, str], *command: str) -> str:
    return _run(environment, "-m", "tests.battery.inside", *command)


def _run(environment: dict[str, str], *command: str) -> str:
    given = os.environ | {"ENV_FILE": os.devnull} | environment
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=given, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
