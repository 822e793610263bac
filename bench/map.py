"""`GET map/` of a country by the processor (docs/adr/0054-cells-of-the-map.md): beside mapbox-vector-tile on rows that
were grouped before, beside an older build, beside one county, of a past day and as known at a past moment, and while
visits are stored.

`python -m bench.map` (part of `make bench`), of the country of bench/scale.py. BENCH_OLDER_MAP names a checkout
of the older build (commit decaf04); without it that column is left out. Equal answers are asserted before anything is
timed.
"""

import json
import os
import statistics as spread
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle
from math import cos, radians
from pathlib import Path
from random import Random
from typing import Any

from bench import scale
from bench.pages import processor

VIEWS = int(os.environ.get("BENCH_VIEWS", "200"))
DEFINED_VIEWS = int(os.environ.get("BENCH_DEFINED_VIEWS", "14"))
OLDER_VIEWS = int(os.environ.get("BENCH_OLDER_VIEWS", "20"))  # of these: the older build takes seconds for each
PAST_VIEWS = int(os.environ.get("BENCH_PAST_VIEWS", "20"))  # of these, each asked three times
PAST = {"of a past day": "as_of=2018-12-31", "as known at a past moment": "known_at=2018-12-31T12:00:00Z"}
ZOOMS = range(3, 17)
WIDTH, HEIGHT = 1280 / 256, 800 / 256  # tiles of a screen
STORED_A_SECOND = 20
STORING_S = float(os.environ.get("BENCH_SECONDS", "20"))
NEW = ("licence_statuses", "bbox")  # what the older build does not say of a square


def main() -> None:
    scale.ready()
    from django.db import connection

    from demonstration import country

    codes = [str(country.FIRST_PROVINCE + place) for place in range(country.PROVINCES)]
    clock = processor(connection)
    client = scale.client(scale.user("bench-country", codes))
    views = _views(Random(1), VIEWS, ZOOMS)
    print(f"\n{connection.vendor}; {scale.INSTITUTIONS} institutions, {VIEWS} views of the country, z3–z16\n")
    _assert_defined(codes, views[:: max(1, VIEWS // DEFINED_VIEWS)])

    def ask(url: str) -> Any:
        answer = client.get(url)
        assert answer.status_code == 200, url
        return answer.json()

    ours, peer = list[float](), list[float]()
    answers = [ask(url) for url in views]  # warm; and what the peer encodes
    for url, answer in zip(views, answers, strict=True):
        ours.append(_taken(clock, lambda url=url: client.get(url)))
        peer.append(_taken(clock, lambda answer=answer: _encoded(answer)))
    print("| | p50 ms | p95 ms | p95, ours ÷ it |\n|---|---:|---:|---:|")
    _row("`GET map/`", ours, ours)
    _row("mapbox-vector-tile, rows grouped before", peer, ours)
    if older := os.environ.get("BENCH_OLDER_MAP"):
        step = max(1, VIEWS // OLDER_VIEWS)
        asked = views[::step]
        taken = _older(Path(older), asked, [answers[place] for place in range(0, VIEWS, step)])
        _row(f"older build, {len(asked)} of the views", taken, ours[::step])
    _close(clock, client)
    _past(clock, client, codes, views[:: max(1, VIEWS // PAST_VIEWS)])
    _while_stored(clock, client, views)


def _views(chance: Random, number: int, zooms: range, within: str = "") -> list[str]:
    """URLs of screens around institutions drawn by lot."""
    from institutions.models import Institution

    there = Institution.objects.located().filter(scope_code__startswith=within or "").order_by("pk")
    places: list[tuple[Any, Any]] = chance.choices(list(there.values_list("longitude", "latitude")), k=number)
    return [_view(*place, zooms[turn % len(zooms)]) for turn, place in enumerate(places)]


def _view(longitude: float, latitude: float, zoom: int) -> str:
    across = 360 / 2**zoom
    east, north = across * WIDTH / 2, across * HEIGHT / 2 * cos(radians(latitude))
    west, south = max(-180.0, longitude - east), max(-85.0, latitude - north)
    box = f"{west:.6f},{south:.6f},{min(180.0, longitude + east):.6f},{min(85.0, latitude + north):.6f}"
    return f"/api/v1/map/?bbox={box}&zoom={zoom}"


def _assert_defined(codes: list[str], urls: list[str]) -> None:
    """The cells say what the plain query says."""
    from mapping import cells

    user = scale.user("bench-country", codes)
    for url in urls:
        question, box, zoom = _asked(url, user)
        assert cells.collection(question, user, box, zoom) == _defined(url, user), url


def _asked(url: str, user: Any) -> Any:
    """Question, box and zoom."""
    from urllib.parse import parse_qs, urlsplit

    from mapping.layers import Box
    from mapping.question import MapQuestion

    query = {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}
    box, zoom = Box.parse(query.pop("bbox")), int(query.pop("zoom"))
    return MapQuestion.from_query(query, user), box, zoom


def _defined(url: str, user: Any) -> Any:
    from mapping.layers import defined_of

    question, box, zoom = _asked(url, user)
    return defined_of(question, user, box, zoom)


def _past(clock: Callable[[], float], client: Any, codes: list[str], urls: list[str]) -> None:
    """The same views of today, of a past day, and of today as it was known at a past moment: the plain query answers
    those two, of which nothing is kept."""
    user = scale.user("bench-country", codes)
    asked = {"today": urls} | {name: [f"{url}&{past}" for url in urls] for name, past in PAST.items()}
    for each in asked.values():
        for url in each[:: max(1, len(each) // DEFINED_VIEWS)]:
            assert client.get(url).json() == json.loads(json.dumps(_defined(url, user))), url
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(len(urls)):
        for name, each in asked.items():
            taken[name].append(_taken(clock, lambda url=each[turn]: client.get(url)))
    today = taken.pop("today")
    _row(f"{len(urls)} of the views, today", today, today)
    for name, times in taken.items():
        _row(f"the same {name}", times, today)
        print(f"| the same {name} ÷ today | {spread.median(times) / spread.median(today):.0f} times at p50 | | |")


def _encoded(answer: Any) -> bytes:
    import mapbox_vector_tile

    features = [
        {
            "geometry": f"POINT({each['geometry']['coordinates'][0]} {each['geometry']['coordinates'][1]})",
            "properties": each["properties"],
        }
        for each in answer["features"]
    ]
    bounds = {"default_options": {"quantize_bounds": (-180.0, -90.0, 180.0, 90.0)}}
    tile: bytes = mapbox_vector_tile.encode([{"name": "institutions", "features": features}], **bounds)
    return tile


def _older(path: Path, urls: list[str], answers: list[Any]) -> list[float]:
    command = [sys.executable, str(Path(__file__).with_name("ask_older.py")), "bench-country"]
    taken = []
    with subprocess.Popen(command, cwd=path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as older:
        assert older.stdin and older.stdout
        for url, answer in zip(urls, answers, strict=True):
            older.stdin.write(url + "\n")
            older.stdin.flush()
            told = json.loads(older.stdout.readline())
            assert _comparable(told["body"]) == _comparable(answer), f"{url}: the older build says something else"
            taken.append(told["ms"])
        older.stdin.close()
    return taken


def _comparable(answer: Any) -> Any:
    """What both builds say. Means are left out: the older one's sums are not exact."""
    features = [
        (each["id"], {name: value for name, value in each["properties"].items() if name not in NEW})
        for each in answer["features"]
    ]
    return features, answer["total"], answer["located"], answer["unlocated"]


def _close(clock: Callable[[], float], country: Any) -> None:
    """The same views by the user of the country and by that of the county they are in."""
    county = scale.county()
    alone = scale.client(scale.user(f"bench-{county}", [county]))
    urls = _views(Random(2), 40, range(14, 17), within=county)
    for url in urls:
        country.get(url), alone.get(url)
    of_country = [_taken(clock, lambda url=url: country.get(url)) for url in urls]
    of_county = [_taken(clock, lambda url=url: alone.get(url)) for url in urls]
    _row("z14–z16, the country", of_country, of_country)
    _row("z14–z16, one county alone", of_county, of_country)


def _while_stored(clock: Callable[[], float], client: Any, urls: list[str]) -> None:
    """Before and while somebody else stores, in a process of his own. Then: a visit is in the next answer."""

    def p95(seconds: float) -> float:
        times, until = list[float](), time.perf_counter() + seconds
        for url in cycle(urls):
            if time.perf_counter() > until:
                break
            times.append(_taken(clock, lambda url=url: _got(client, url)))
        return spread.quantiles(times, n=20)[18]

    idle = p95(STORING_S)
    command = [sys.executable, "-m", "bench.map", "--store", str(STORING_S + 5)]
    with subprocess.Popen(command, cwd=scale.ROOT, stdout=subprocess.PIPE, text=True) as storing:
        assert storing.stdout
        storing.stdout.readline()  # it has begun
        busy = p95(STORING_S)
        stored = storing.stdout.readline().strip()
    print(f"| while {stored} visits/s are stored: p95 {busy:.1f} ms, idle {idle:.1f} ms | | | {busy / idle:.2f} |")
    _assert_next(client)


def _got(client: Any, url: str) -> Any:
    answer = client.get(url)
    assert answer.status_code == 200, f"{answer.status_code} {url}"
    return answer


def _assert_next(client: Any) -> None:
    from institutions.models import Institution
    from mapping.models import Spot
    from mapping.summing import STATUSES

    spot = Spot.objects.filter(kind__range=(0, 4), cell__isnull=False).order_by("pk")[0]  # nobody has been there
    school = Institution.objects.get(pk=spot.pk)
    url = _view(school.longitude or 0.0, school.latitude or 0.0, 9)

    def clear() -> int:
        return sum(each["properties"]["clear"] for each in client.get(url).json()["features"])

    before = clear()
    _store(school)
    assert clear() == before + 1, "a visit is not in the next answer"
    assert STATUSES[0] == "unseen"
    print("a visit is in the next answer")


def _store(school: Any) -> None:
    from accounts.watermark import recording
    from institutions.moments import today
    from tests.factories import visit_of

    with recording() as at:
        visit_of(school, today(), recorded=at)


def store(seconds: float) -> None:
    """Visits of a process of its own, one after another."""
    scale.ready()
    from institutions.models import Institution

    chance = Random(3)
    schools = chance.sample(
        list(Institution.objects.filter(surveyed_on__isnull=False).values_list("pk", flat=True)), 2000
    )
    print("begun", flush=True)
    begun, stored = time.perf_counter(), 0
    while (gone := time.perf_counter() - begun) < seconds:
        if stored >= gone * STORED_A_SECOND:
            time.sleep(0.005)
            continue
        _store(Institution.objects.get(pk=schools[stored % len(schools)]))
        stored += 1
    print(f"{stored / seconds:.0f}", flush=True)


def _taken(clock: Callable[[], float], work: Callable[[], Any]) -> float:
    begun = clock()
    work()
    return (clock() - begun) * 1000


def _row(name: str, times: list[float], ours: list[float]) -> None:
    p95 = spread.quantiles(times, n=20)[18]
    ratio = spread.quantiles(ours, n=20)[18] / p95
    print(f"| {name} | {spread.median(times):.1f} | {p95:.1f} | {ratio:.4f} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--store"]:
        store(float(sys.argv[2]))
    else:
        main()
