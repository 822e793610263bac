"""Visits stored each second by 8 phones, beside a minimal DRF endpoint that inserts one row with the same durability,
and beside older builds: the same gunicorn, the same database options, in turns, in one run. Each phone is an inspector
with a colleague, who make twelve visits a day together.

`python -m bench.storing` (part of `make bench`). BENCH_OLDER names a checkout of the older build (commit bd568e3);
without it that column is left out. BENCH_BEFORE names one of a build that knows batches, which is measured beside this
one. BENCH_SECONDS is how long each turn takes, BENCH_ROUNDS how often all take theirs.
"""

import contextlib
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
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.battery.server import ROOT, Server

PHONES, BATCH, A_DAY = 8, 50, 12
SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "4"))
Request = tuple[str, str, bytes]  # method, path, body


@dataclass
class Contender:
    """`send(phone, number)` makes one request, which stores `stores` things; times are in milliseconds, `worked` is
    the web server's processor time for each thing stored."""

    name: str
    server: Server
    tokens: list[str]
    send: Callable[[int, int], Request]
    stores: int = 1
    sent: list[int] = field(default_factory=lambda: [0] * PHONES)
    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    def take_turn(self) -> None:
        until, made, times = time.perf_counter() + SECONDS, [0] * PHONES, []
        processor = _processor_ms(self.server)

        def phone(at: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            headers = {"Authorization": f"Bearer {self.tokens[at]}", "Content-Type": "application/json"}
            while time.perf_counter() < until:
                method, path, body = self.send(at, self.sent[at] + made[at])
                begun = time.perf_counter()
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
        self.worked.append((_processor_ms(self.server) - processor) / (sum(made) * self.stores))
        self.sent = [before + more for before, more in zip(self.sent, made, strict=True)]
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
                each.worked.clear()
            for _ in range(ROUNDS):
                for each in contenders:
                    each.take_turn()
        finally:
            for server in servers:
                server.stop()
    engine = "postgresql" if database_url else "sqlite"
    print(f"\n{engine}; {PHONES} phones, {os.cpu_count()} cores, the phones on them too\n")
    told = ["", "stored/s, median (min–max)", "÷ minimal endpoint", "÷ older build", "p50 ms", "p99 ms", "p99 ÷ p50"]
    print(f"| {' | '.join([*told, 'web processor ms each'])} |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    by_name = {each.name: each for each in contenders}
    least, older = by_name["minimal endpoint"], by_name.get("older build")
    for each in contenders:
        spread = f"{each.rate:.0f} ({min(each.rates):.0f}–{max(each.rates):.0f})"
        to_older = f"{each.rate / older.rate:.2f}" if older else "—"
        p50, p99 = each.percentile(50), each.percentile(99)
        times = f"{p50:.0f} | {p99:.0f} | {p99 / p50:.1f} | {statistics.median(each.worked):.2f}"
        print(f"| {each.name} | {spread} | {each.rate / least.rate:.2f} | {to_older} | {times} |")


def _processor_ms(server: Server) -> float:
    """Processor time that the web server and its workers have taken."""
    ticks, pid = 0, server.process.pid if server.process else 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # a process that has just ended
            process = file.read_text().rpartition(")")[2].split()  # state, parent, ... user and system time
            if pid in (int(file.parent.name), int(process[1])):
                ticks += int(process[11]) + int(process[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _contenders(folder: Path, database_url: str) -> list[Contender]:
    server, tokens, schools = _bureau(folder / "ours", _url(database_url, "ours"), ROOT)
    peer = _peer(folder / "peer", _url(database_url, "peer"))
    made = [
        Contender("visit", server, tokens, _visits(schools)),
        Contender(f"batch of {BATCH}", server, tokens, _batches(schools), stores=BATCH),
        Contender("minimal endpoint", peer, [""] * PHONES, _row),
    ]
    if before := os.environ.get("BENCH_BEFORE"):
        server, tokens, schools = _bureau(folder / "before", _url(database_url, "before"), Path(before))
        made.append(Contender("visit, before", server, tokens, _visits(schools)))
        made.append(Contender(f"batch of {BATCH}, before", server, tokens, _batches(schools), stores=BATCH))
    if older := os.environ.get("BENCH_OLDER"):
        server, tokens, schools = _bureau(folder / "older", _url(database_url, "older"), Path(older))
        made.append(Contender("older build", server, tokens, _visits(schools, older=True)))
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
users = [(user_with("inspector", LIUSHI, f"phone{at}"), user_with("inspector", LIUSHI, f"mate{at}")) for at in range(8)]
tokens = [AuthToken.objects.create(user)[1] for user, _mate in users]
print(json.dumps([tokens, [str(institution(LIUSHI).pk) for _ in range(200)]]))
"""


def _bureau(folder: Path, database_url: str, root: Path) -> tuple[Server, list[str], list[str]]:
    environment = {"DATA_DIR": str(folder), "DATABASE_URL": database_url}
    told = _python(["-c", MAKE], environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}, root)
    tokens, schools = json.loads(told.splitlines()[-1])
    return Server(environment, root=root), tokens, schools


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


def _body(schools: list[str], phone: int, number: int, older: bool = False) -> dict[str, Any]:
    """The phone's visit of this number, of two inspectors, as it is sent before its photo; the older build knew no
    items."""
    on, hour = date(2018, 3, 1) + timedelta(days=number // A_DAY % 2500), number % A_DAY + 8
    body: dict[str, Any] = {
        "institution": schools[(number * PHONES + phone) % len(schools)], "purpose": "routine", "result": "inspected",
        "happened_at": f"{on}T{hour:02}:00:00+08:00", "inspectors": [f"phone{phone}", f"mate{phone}"],
        "position": {"longitude": 120.9, "latitude": 28.03, "accuracy_m": 12.0},
        "items": [{"type": "S02", "answer": "ok"}, {"type": "S01", "answer": "problem"}],
        "findings": [{"type": "S01", "note": f"第{number}次"}],
        "photos": [{"sha256": f"{number * PHONES + phone:064x}", "slot": 1}], "note": f"{phone} {number}",
    }  # fmt: skip
    if older:
        del body["items"]
    return body


def _visits(schools: list[str], older: bool = False) -> Callable[[int, int], Request]:
    return lambda phone, number: (
        "PUT", f"/api/v1/visits/{uuid.uuid4()}/", json.dumps(_body(schools, phone, number, older)).encode()
    )  # fmt: skip


def _batches(schools: list[str]) -> Callable[[int, int], Request]:
    def send(phone: int, number: int) -> Request:
        first = number * BATCH + 1_000_000  # the days in between those of the visits that are sent alone
        visits = [_body(schools, phone, first + at) | {"id": str(uuid.uuid4())} for at in range(BATCH)]
        return "POST", "/api/v1/field/visits/", json.dumps({"visits": visits}).encode()

    return send


def _row(phone: int, number: int) -> Request:
    content = json.dumps(_body(["0" * 36], phone, number))
    return "PUT", f"/rows/{uuid.uuid4()}/", json.dumps({"content": content}).encode()


if __name__ == "__main__":
    main()
