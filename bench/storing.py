"""Visits stored each second by 8 phones, beside a minimal DRF endpoint that inserts one row with the same durability,
and beside an older build: the same gunicorn, the same database options, in turns, in one run.

`python -m bench.storing` (part of `make bench`). BENCH_OLDER names a checkout of the older build (commit bd568e3);
without it that column is left out. BENCH_SECONDS is how long each turn takes, BENCH_ROUNDS how often all take theirs.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.battery.phones import visit_body
from tests.battery.server import ROOT, Server

PHONES, BATCH = 8, 50
SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "4"))
Request = tuple[str, str, bytes]  # method, path, body


@dataclass
class Contender:
    """`send(number)` makes one request, which stores `stores` things; times are in milliseconds."""

    name: str
    server: Server
    token: str
    send: Callable[[int], Request]
    stores: int = 1
    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def take_turn(self) -> None:
        until, made, times = time.perf_counter() + SECONDS, [0] * PHONES, []

        def phone(at: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            while (begun := time.perf_counter()) < until:
                method, path, body = self.send(made[at] * PHONES + at)
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                told = answer.read()
                if answer.status not in (200, 201) or self.stores > 1 and told.count(b'"status":201') != self.stores:
                    raise RuntimeError(f"{self.name}: {answer.status} {told[:300]!r}")
                made[at] += 1
                times.append((time.perf_counter() - begun) * 1000)

        phones = [threading.Thread(target=phone, args=(at,)) for at in range(PHONES)]
        begun = time.perf_counter()
        for each in phones:
            each.start()
        for each in phones:
            each.join()
        self.rates.append(sum(made) * self.stores / (time.perf_counter() - begun))
        self.times += times

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    def percentile(self, of_100: int) -> float:
        return statistics.quantiles(self.times, n=100)[of_100 - 1]


def main() -> None:
    database_url = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        contenders = _contenders(Path(folder), database_url)
        servers = {id(each.server): each.server for each in contenders}.values()
        try:
            for server in servers:
                server.start()
            for each in contenders:
                each.take_turn()  # warm
                each.rates.clear()
                each.times.clear()
            for _ in range(ROUNDS):
                for each in contenders:
                    each.take_turn()
        finally:
            for server in servers:
                server.stop()
    engine = "postgresql" if database_url else "sqlite"
    print(f"\n{engine}; {PHONES} phones, {os.cpu_count()} cores, the phones on them too\n")
    print("| | stored/s, median (min–max) | ÷ minimal endpoint | ÷ older build | p50 ms | p99 ms | p99 ÷ p50 |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    by_name = {each.name: each for each in contenders}
    least, older = by_name["minimal endpoint"], by_name.get("older build")
    for each in contenders:
        spread = f"{each.rate:.0f} ({min(each.rates):.0f}–{max(each.rates):.0f})"
        to_older = f"{each.rate / older.rate:.2f}" if older else "—"
        p50, p99 = each.percentile(50), each.percentile(99)
        ratio = f"{each.rate / least.rate:.2f}"
        print(f"| {each.name} | {spread} | {ratio} | {to_older} | {p50:.0f} | {p99:.0f} | {p99 / p50:.1f} |")


def _contenders(folder: Path, database_url: str) -> list[Contender]:
    ours = _bureau(folder / "ours", _url(database_url, "ours"), ROOT)
    made = [
        Contender("visit", ours[0], ours[1], _visits(ours[2])),
        Contender(f"batch of {BATCH}", ours[0], ours[1], _batches(ours[2]), stores=BATCH),
        Contender("minimal endpoint", _peer(folder / "peer", _url(database_url, "peer")), "", _row),
    ]
    if older := os.environ.get("BENCH_OLDER"):
        server, token, schools = _bureau(folder / "older", _url(database_url, "older"), Path(older))
        made.append(Contender("older build", server, token, _visits(schools, older=True)))
    return made


def _url(database_url: str, name: str) -> str:
    """A database of its own on the same server; "" for SQLite."""
    if not database_url:
        return ""
    from urllib.parse import urlsplit

    import psycopg

    own = f"storing_{name}_{uuid.uuid4().hex[:6]}"
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {own}")
    return urlsplit(database_url)._replace(path=f"/{own}").geturl()


MAKE = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from knox.models import AuthToken
from tests.factories import LIUSHI, institution, user_with
users = [user_with("inspector", LIUSHI, name) for name in ("phone0", "phone1")]
print(json.dumps([AuthToken.objects.create(users[0])[1], [str(institution(LIUSHI).pk) for _ in range(200)]]))
"""


def _bureau(folder: Path, database_url: str, root: Path) -> tuple[Server, str, list[str]]:
    environment = {"DATA_DIR": str(folder), "DATABASE_URL": database_url}
    told = _python(["-c", MAKE], environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}, root)
    token, schools = json.loads(told.splitlines()[-1])
    return Server(environment, root=root), token, schools


def _peer(folder: Path, database_url: str) -> Server:
    environment = {"DATA_DIR": str(folder), "DATABASE_URL": database_url}
    _python(
        ["-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"],
        environment | {"DJANGO_SETTINGS_MODULE": "bench.peer.settings"},
        ROOT,
    )
    return Server(environment | {"DJANGO_SETTINGS_MODULE": "bench.peer.settings"}, app="bench.peer.wsgi")


def _python(command: list[str], environment: dict[str, str], root: Path) -> str:
    given = os.environ | {"ENV_FILE": os.devnull, "PYTHONPATH": str(root)} | environment
    return subprocess.run(
        [sys.executable, *command], cwd=root, env=given, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def _body(schools: list[str], number: int, older: bool = False) -> dict[str, Any]:
    """A visit of two inspectors as a phone sends it before its photo; the older build knew no items."""
    body = visit_body(schools[number % len(schools)], "phone0", number, f"{number:064x}")
    body |= {"inspectors": ["phone0", "phone1"]}
    if older:
        del body["items"]
    return body


def _visits(schools: list[str], older: bool = False) -> Callable[[int], Request]:
    return lambda number: (
        "PUT", f"/api/v1/visits/{uuid.uuid4()}/", json.dumps(_body(schools, number, older)).encode()
    )  # fmt: skip


def _batches(schools: list[str]) -> Callable[[int], Request]:
    def send(number: int) -> Request:
        visits = [_body(schools, number * BATCH + at) | {"id": str(uuid.uuid4())} for at in range(BATCH)]
        return "POST", "/api/v1/field/visits/", json.dumps({"visits": visits}).encode()

    return send


def _row(number: int) -> Request:
    content = json.dumps(_body(["0" * 36], number))
    return "PUT", f"/rows/{uuid.uuid4()}/", json.dumps({"content": content}).encode()


if __name__ == "__main__":
    main()
