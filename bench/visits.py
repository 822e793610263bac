"""Every page beside itself with ten times the visits: p95 of a request by the processor, of the user of a county and of
the country's. `python -m bench.visits`; with DATABASE_URL two databases on that PostgreSQL server.

Two countries of the same register, with 4 and with 40 visits for each institution, are written where there are none
(BENCH_INSTITUTIONS, by default a tenth of the country: 16 million visits take hours to write). The same figures are
asserted first. Then both answer in turns, each in a process of its own: every page that has an address without an id in
it, and of institutions, visits, rounds and notices the pages of as many different ones as there are turns. Garbage is
collected between pages, not in one of the requests: the one it falls into would be the p95.
"""

import contextlib
import gc
import json
import os
import statistics as spread
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from bench.side_by_side import two_databases

ROOT = Path(__file__).resolve().parent.parent
INSTITUTIONS = int(os.environ.get("BENCH_INSTITUTIONS", "40105"))
FEW, MANY = (INSTITUTIONS * each for each in (4, 40))
TURNS = int(os.environ.get("BENCH_TURNS", "20"))
MOST = 1.3  # times as long
WHO = ("county", "country")
OF_ONE = ("/institutions/<id>/", "/visits/<id>/", "/rectifications/<id>/", "/rectifications/<id>/notice/")
FIGURES = "/api/v1/statistics/completion/?as_of=2018-12-30"
# Nobody looks at these: they end a session, ask for health, or are the administration's.
NOT_LOOKED_AT = ("admin/", "accounts/logout/", "livez", "readyz", "favicon.ico", "sw.js")


def main() -> None:
    with two_databases(("bench_few_visits", "bench_many_visits")) as urls, contextlib.ExitStack() as stack:
        few, many = (
            stack.enter_context(_answering(visits, url)) for visits, url in zip((FEW, MANY), urls, strict=True)
        )
        for who in WHO:
            assert few(who, FIGURES)["body"] == many(who, FIGURES)["body"], f"other figures of the {who}"
        held = [each("country", "visits")["body"] for each in (few, many)]
        assert held == [FEW, MANY], held
        print(f"{INSTITUTIONS} institutions, {FEW} and {MANY} visits; p95 of {TURNS} requests\n")
        print(f"| page | of | {FEW} visits, ms | {MANY} visits, ms | ratio |\n|---|---|---:|---:|---:|")
        worst = max(_compared(few, many, who, page) for who in WHO for page in (*few(who, "pages")["body"], *OF_ONE))
        print(f"\nthe worst: {worst:.2f}; wanted: at most {MOST}")


def _compared(few: Callable[..., Any], many: Callable[..., Any], who: str, page: str) -> float:
    taken = [(few(who, page, turn)["ms"], many(who, page, turn)["ms"]) for turn in range(TURNS + 1)][1:]
    one, other = (spread.quantiles(times, n=20)[18] for times in zip(*taken, strict=True))
    print(f"| {page} | {who} | {one:.1f} | {other:.1f} | {other / one:.2f} |", flush=True)
    return other / one


@contextlib.contextmanager
def _answering(visits: int, database_url: str) -> Iterator[Callable[..., Any]]:
    """A process that answers of a country with so many visits: (who, page, turn) -> milliseconds and what it says."""
    told = {"BENCH_INSTITUTIONS": str(INSTITUTIONS), "BENCH_VISITS": str(visits), "DATABASE_URL": database_url}
    folder = {"BENCH_DATA_DIR": str(ROOT / "var" / "bench" / f"{INSTITUTIONS}-{visits}")}
    command = [sys.executable, "-m", "bench.visits", "answer"]
    environment = os.environ | told | folder
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin and other.stdout
        to, back = other.stdin, other.stdout

        def ask(who: str, page: str, turn: int = 0) -> Any:
            to.write(json.dumps([who, page, turn]) + "\n")
            to.flush()
            return json.loads(back.readline())

        yield ask
        to.close()


# --- The process that answers


def answer() -> None:
    import config.gunicorn  # noqa: F401 (before the settings: what it sets is read there)
    from bench import scale

    with contextlib.redirect_stdout(sys.stderr):
        scale.ready()
    from django.db import connection

    from bench.pages import processor
    from demonstration import country
    from inspections.models import Visit

    county = scale.county()
    seen = {
        "county": [county],
        "country": [str(country.FIRST_PROVINCE + place) for place in range(country.PROVINCES)],
    }
    clients = {who: scale.client(scale.user(f"bench-{who}", codes)) for who, codes in seen.items()}
    gc.disable()
    clock = processor(connection)
    for line in sys.stdin:
        who, page, turn = json.loads(line)
        if page == "visits":
            told: dict[str, Any] = {"body": Visit.objects.count()}
        elif page == "pages":
            told = {"body": [each for each in _addresses() if clients[who].get(each).status_code == 200]}
        else:
            url = page.replace("<id>", str(_ones(page, county)[turn])) if "<id>" in page else page
            if turn == 0:
                gc.collect()
            begun = clock()
            found = clients[who].get(url)
            taken = (clock() - begun) * 1000
            assert found.status_code == 200, f"{url}: {found.status_code}"
            told = {"ms": taken}
            if page == FIGURES:
                told["body"] = [found.json()[each] for each in ("total", "rows")]
        print(json.dumps(told), flush=True)


def _addresses() -> list[str]:
    """Of everything that has an address without anything to fill in."""
    from django.urls import URLPattern, get_resolver

    def below(patterns: Any, before: str) -> Iterator[str]:
        for each in patterns:
            path = before + str(each.pattern)
            if "<" in path or "^" in path or path.startswith(NOT_LOOKED_AT):
                continue
            if isinstance(each, URLPattern):
                yield f"/{path}"
            else:
                yield from below(each.url_patterns, path)

    return sorted(set(below(get_resolver().url_patterns, "")))


@cache
def _ones(page: str, county: str) -> list[Any]:
    """The ids of as many as there are turns, of the county: those that were seen most often."""
    from django.db.models import Count

    from inspections.models import Rectification, Visit
    from institutions.models import Institution

    if page.startswith("/institutions/"):
        found: Any = Institution.objects.in_division(county).annotate(seen=Count("visits")).order_by("-seen", "pk")
    elif page.startswith("/visits/"):
        found = Visit.objects.filter(institution__scope_code__startswith=county).order_by("-recorded_at", "pk")
    else:
        found = Rectification.objects.filter(scope_code__startswith=county).order_by("-ordered_on", "pk")
    ids = list(found.values_list("pk", flat=True)[: TURNS + 1])
    return [ids[turn % len(ids)] for turn in range(TURNS + 1)]


if __name__ == "__main__":
    answer() if sys.argv[1:] == ["answer"] else main()
