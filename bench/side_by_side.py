"""This build and an older one, page by page and visit by visit, on the same demonstration in the same minutes.

    python -m bench.side_by_side --against PATH_OF_AN_OLDER_CHECKOUT [--clients 8] [--rounds 12] [--only put]

Both servers run as `make run` starts them, each with a DATA_DIR of its own; where DATABASE_URL is set, each with a
database of its own on that PostgreSQL server. Equal figures are asserted before anything is timed. Then the builds take
turns, page by page, in an order that changes from round to round; a turn is 8 clients who ask at the same time.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import statistics as spread
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "yueqing-demo-2018"
COUNTY = "330382"
PORTS = (8715, 8716)
EACH = 3  # requests that every client makes in its turn
SHANGHAI = timezone(timedelta(hours=8))


@dataclass
class Request:
    """What a client sends: a page it opens with its session, or with `body` a visit it puts with its token."""

    path: str
    body: dict[str, object] | None = None


@dataclass
class Build:
    """One checkout with a server, a DATA_DIR and a database of its own."""

    name: str
    path: Path
    port: int
    data_dir: str
    database_url: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    pid: int = 0

    @property
    def environment(self) -> dict[str, str]:
        own = {"DATA_DIR": self.data_dir, "DATABASE_URL": self.database_url, "PORT": str(self.port)}
        return os.environ | own | {"ENV_FILE": os.devnull, "API_RATE": "10000000/min"}

    def manage(self, *arguments: str) -> str:
        command = [".venv/bin/python", "manage.py", *arguments]
        return subprocess.run(
            command, cwd=self.path, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    @contextlib.contextmanager
    def serving(self, day: str) -> Iterator[None]:
        """The demonstration of a day is loaded and the server answers."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("demo", "--day", day)
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        self.token = self.manage("create_token", "inspector2").strip()
        command = [".venv/bin/gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
        with subprocess.Popen(command, cwd=self.path, env=self.environment, stdout=subprocess.DEVNULL) as server:
            self.pid = server.pid
            try:
                self._wait(server)
                self._sign_in("taskforce")
                yield
            finally:
                server.terminate()

    def _wait(self, server: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up and server.poll() is None:
            with contextlib.suppress(ConnectionError):
                self.ask(Request("/livez"))
                return
            time.sleep(0.2)
        raise RuntimeError(f"the server of {self.path} did not come up")

    def _sign_in(self, username: str) -> None:
        self._send("GET", "/accounts/login/")
        form = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        status, _answer = self._send("POST", "/accounts/login/", urlencode(form))
        assert status == 302, f"signing in gave {status}"

    def _send(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        """One request on a connection of its own; keeps the cookies."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = self.headers(Request(path)) | {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        content = answer.read()
        connection.close()
        return answer.status, content

    def headers(self, request: Request) -> dict[str, str]:
        if request.body is not None:
            return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def ask(self, request: Request) -> bytes:
        status, content = self._send("GET", request.path)
        assert status == 200, f"{self.name} answered {status} to {request.path}"
        return content

    def json(self, path: str) -> dict[str, list[dict[str, object]]]:
        found: dict[str, list[dict[str, object]]] = json.loads(self.ask(Request(path)))
        return found

    def processor_ms(self) -> float:
        """Processor time that the server's processes have taken: what others do on the machine is not in it."""
        ticks = 0
        for file in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # a process that has just ended
                process = file.read_text().rpartition(")")[2].split()  # state, parent, ... user and system time
                if self.pid in (int(file.parent.name), int(process[1])):
                    ticks += int(process[11]) + int(process[12])
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")

    def turn(self, requests: list[Request], clients: int) -> list[float]:
        """Seconds of each request, made by so many clients at the same time, each on a connection that it keeps."""
        with ThreadPoolExecutor(clients) as pool:
            shares = [requests[client::clients] for client in range(clients)]
            return [seconds for share in pool.map(self._client, shares) for seconds in share]

    def _client(self, requests: list[Request]) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        taken = []
        for request in requests:
            method, body = ("GET", None) if request.body is None else ("PUT", json.dumps(request.body))
            started = time.perf_counter()
            connection.request(method, request.path, body, self.headers(request))
            answer = connection.getresponse()
            content = answer.read()
            taken.append(time.perf_counter() - started)
            assert answer.status in (200, 201), f"{self.name} {answer.status} {request.path} {content[:500]!r}"
        connection.close()
        return taken


@contextlib.contextmanager
def two_databases(names: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """DATABASE_URLs of two empty databases: "" twice for SQLite, each in its DATA_DIR."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield "", ""
        return
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
            connection.execute(f'CREATE DATABASE "{name}"')
        one, other = (urlsplit(server)._replace(path=f"/{name}").geturl() for name in names)
        try:
            yield one, other
        finally:
            for name in names:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def assert_equal_figures(old: Build, new: Build, day: str) -> None:
    for as_of in ("2018-12-31", day):
        for by in ("division", "licence_status", "finding_type"):
            path = f"/api/v1/statistics/completion/?division={COUNTY}&as_of={as_of}&by={by}"
            before, after = old.json(path), new.json(path)
            assert (before["total"], before["rows"]) == (after["total"], after["rows"]), f"{path} differs"


class Work:
    """What is asked of a build: its pages, and visits to places that the other build knows by the same name."""

    def __init__(self, build: Build):
        self.build = build
        self.places = {
            str(place["name"]): place
            for place in self._all(f"/api/v1/institutions/?division={COUNTY}&figure=surveyed&page_size=200")
        }
        self.rounds = {str(each["number"]): each for each in self._all("/api/v1/rectifications/?page_size=200")}
        self.unordered: list[str] = []  # names of places without an open round, each ordered once
        self.ordered: list[str] = []

    def _all(self, path: str) -> Iterator[dict[str, object]]:
        following: str | None = path
        while following:
            page = self.build.json(following)
            yield from page["results"]
            split = urlsplit(str(page["next"])) if page["next"] else None
            following = f"{split.path}?{split.query}" if split else None

    def choose(self, names: list[str], number: str) -> None:
        """`names` and `number` are of the builds in common."""
        ended = ("verified", "voided")
        still_open = {each["institution"] for each in self.rounds.values() if each["state"] not in ended}
        self.names = list(names)
        self.unordered = [name for name in names if self.places[name]["id"] not in still_open]
        self.round = self.rounds[number]["id"]
        self.place = self.rounds[number]["institution"]

    def pages(self) -> dict[str, str]:
        map_query = "bbox=120.7,27.9,121.3,28.6&zoom=12"
        return {
            "/": "/",
            "/institutions/": "/institutions/",
            "/institutions/?q=": f"/institutions/?q={quote('柳市')}&figure=with_problems",
            "/institutions/<id>/": f"/institutions/{self.place}/",
            "/rectifications/": "/rectifications/",
            "/rectifications/<id>/": f"/rectifications/{self.round}/",
            "/rectifications/<id>/notice/": f"/rectifications/{self.round}/notice/",
            "/visits/new/": f"/visits/new/?institution={self.place}",
            "/statistics/": "/statistics/",
            "/map/": "/map/",
            "/reports/": "/reports/",
            "API institutions/": "/api/v1/institutions/?page_size=100",
            "API institutions/<id>/": f"/api/v1/institutions/{self.place}/",
            "API rectifications/": "/api/v1/rectifications/?page_size=100",
            "API completion by division": f"/api/v1/statistics/completion/?division={COUNTY}&by=division",
            "API completion of 2018": f"/api/v1/statistics/completion/?division={COUNTY}&by=division&as_of=2018-12-31",
            "API map": f"/api/v1/map/?{map_query}",
        }

    def visits(self) -> dict[str, Callable[[int], list[Request]]]:
        return {
            "PUT visit": lambda count: self._each(count, dict),
            "PUT visit, photos, position": lambda count: self._each(count, _seen),
            "PUT visit, two findings": lambda count: self._each(count, _found),
            "PUT visit that orders": self._orders,
            "PUT visit that orders while a round is open": self._orders_again,
        }

    def _each(self, count: int, more: Callable[[], dict[str, object]]) -> list[Request]:
        """Visits to the next places, one after the other and round again."""
        taken, self.names = self.names[:count], self.names[count:] + self.names[:count]
        return [self._visit(name, **more()) for name in taken]

    def _orders(self, count: int) -> list[Request]:
        taken, self.unordered = self.unordered[:count], self.unordered[count:]
        assert len(taken) == count, "every place has been ordered: fewer rounds, please"
        self.ordered = taken
        return [self._visit(name, order={}, **_found()) for name in taken]

    def _orders_again(self, count: int) -> list[Request]:
        return [self._visit(name, order={}, **_found()) for name in self.ordered[:count]]

    def _visit(self, name: str, **more: object) -> Request:
        body = {"institution": self.places[name]["id"], "purpose": "routine", "result": "inspected"}
        return Request(f"/api/v1/visits/{uuid.uuid4()}/", body | {"happened_at": _now()} | more)


def _seen() -> dict[str, object]:
    return {
        "photos": [{"sha256": uuid.uuid4().hex * 2, "slot": slot} for slot in (1, 2, 3)],
        "position": {"longitude": 120.95, "latitude": 28.1, "accuracy_m": 9, "datum": "gcj02"},
        "device_sent_at": _now(),
        "inspectors": ["inspector2", "taskforce"],
    }


def _now() -> str:
    return datetime.now(SHANGHAI).isoformat()


def _found() -> dict[str, object]:
    return {"findings": [{"type": "S01", "note": "消防通道堵塞"}, {"type": "T02"}]}


def common(old: Work, new: Work) -> tuple[list[str], str]:
    """Names of places and the number of a struck-off round of several events that both builds know, the same way."""
    names = sorted(old.places.keys() & new.places.keys())
    done = {number for number, each in old.rounds.items() if each["state"] == "verified"}
    return names, sorted(done & new.rounds.keys())[-1]


@dataclass
class Taken:
    """Of one build and page: the median in milliseconds of each turn, and the processor time of each request in it."""

    waited: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def measured(old: Work, new: Work, clients: int, rounds: int, only: str) -> dict[str, dict[str, Taken]]:
    """By page and build what each of the build's turns took."""
    taken: dict[str, dict[str, Taken]] = {}
    kinds = [name for name in [*old.pages(), *old.visits()] if re.search(only, name, re.IGNORECASE)]
    if any("while a round" in kind for kind in kinds) and "PUT visit that orders" not in kinds:
        kinds.insert(0, "PUT visit that orders")
    for number in range(rounds + 1):
        for place, kind in enumerate(kinds):
            for work in (old, new) if (number + place) % 2 else (new, old):
                if kind in work.pages():
                    requests = [Request(work.pages()[kind])] * (clients * EACH)
                else:
                    requests = work.visits()[kind](clients)
                before = work.build.processor_ms()
                seconds = work.build.turn(requests, clients)
                worked = (work.build.processor_ms() - before) / len(requests)
                if number:  # the first round warms up
                    of = taken.setdefault(kind, {}).setdefault(work.build.name, Taken())
                    of.waited.append(spread.median(seconds) * 1000)
                    of.processor.append(worked)
        print(f"round {number} of {rounds}", file=sys.stderr, flush=True)
    return taken


HEAD = ["asked", "old, median ms (min)", "new, median ms (min)", "ratio of medians", "of minima", "old, processor ms",
        "new, processor ms", "ratio"]  # fmt: skip


def table(taken: dict[str, dict[str, Taken]]) -> Iterator[str]:
    """Markdown. Processor time is the web server's, the mean of a request: steadier where the machine is shared."""
    yield f"| {' | '.join(HEAD)} |"
    yield "|---|" + "---:|" * (len(HEAD) - 1)
    for kind, builds in taken.items():
        old, new = builds["old"], builds["new"]
        cells = [f"{spread.median(each.waited):.0f} ({min(each.waited):.0f})" for each in (old, new)]
        cells.append(f"{spread.median(new.waited) / spread.median(old.waited):.2f}")
        cells.append(f"{min(new.waited) / min(old.waited):.2f}")
        worked = [spread.mean(each.processor) for each in (old, new)]
        cells += [f"{each:.1f}" for each in worked] + [f"{worked[1] / worked[0]:.2f}"]
        yield f"| {kind} | {' | '.join(cells)} |"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--against", type=Path, required=True, help="the older checkout, with its .venv")
    asked.add_argument("--clients", type=int, default=8)
    asked.add_argument("--rounds", type=int, default=12)
    asked.add_argument("--only", default="", help="a regular expression over what is asked, e.g. PUT")
    options = asked.parse_args()
    day = datetime.now(SHANGHAI).date().isoformat()
    with contextlib.ExitStack() as stack:
        urls = stack.enter_context(two_databases(("side_by_side_old", "side_by_side_new")))
        builds = []
        for name, path, port, url in zip(("old", "new"), (options.against.resolve(), ROOT), PORTS, urls, strict=True):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=f"side-by-side-{name}-"))
            builds.append(Build(name, path, port, folder, url))
            stack.enter_context(builds[-1].serving(day))
        assert_equal_figures(builds[0], builds[1], day)
        old, new = Work(builds[0]), Work(builds[1])
        names, number = common(old, new)
        old.choose(names, number)
        new.choose(names, number)
        taken = measured(old, new, options.clients, options.rounds, options.only)
        engine = "postgresql" if urls[0] else "sqlite"
        print(f"{engine}; {os.cpu_count()} cores, {options.clients} clients, {options.rounds} rounds of turns\n")
        print("\n".join(table(taken)))


if __name__ == "__main__":
    main()
