"""Today, ledger, list and file: processor time of one request, the user of a country beside the user of a county.

What is counted is this process and, with PostgreSQL, the server's process that answers it; the four users take turns.
The answers of a province are compared with those an older build gave (bench/answers.json) before anything is timed.
"""

import json
import statistics as spread
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import answers, scale

TURNS = 15


def main() -> None:
    from django.db import connection

    from demonstration import country

    provinces = [str(country.FIRST_PROVINCE + place) for place in range(country.PROVINCES)]
    province = scale.client(scale.user("bench-province", [answers.PROVINCE]))
    _assert_equal(answers.answers(province, scale.struck_off(answers.PROVINCE)))
    county = scale.county()
    clients = {
        "county": scale.client(scale.user(f"bench-{county}", [county])),
        "province": province,
        "16 provinces": scale.client(scale.user("bench-scattered", provinces[::2])),
        "country": scale.client(scale.user("bench-country", provinces)),
    }
    clock = processor(connection)
    print(f"\n{connection.vendor}; today, ledger, list and file of {scale.INSTITUTIONS} institutions\n")
    print(f"| page | {' | '.join(f'{who}, ms (queries)' for who in clients)} | country ÷ county |")
    print("|---|" + "---:|" * (len(clients) + 1))
    file = f"/institutions/{scale.struck_off(county)}/"
    pages = {"today": "/", "ledger": "/rectifications/", "list": "/institutions/", "file": file}
    for name, url in pages.items():
        queries = {who: _queries(client, url, connection) for who, client in clients.items()}
        taken: dict[str, list[float]] = {who: [] for who in clients}
        for _turn in range(TURNS):
            for who, client in clients.items():
                begun = clock()
                client.get(url)
                taken[who].append((clock() - begun) * 1000)
        told = [f"{spread.median(times):.0f} ({queries[who]})" for who, times in taken.items()]
        ratio = spread.median(taken["country"]) / spread.median(taken["county"])
        print(f"| {name} | {' | '.join(told)} | {ratio:.1f} |")


def _assert_equal(found: dict[str, Any]) -> None:
    if scale.INSTITUTIONS != 401_050 or scale.VISITS != 400_000:
        print("another country than that of bench/answers.json: nothing to compare the answers with")
        return
    kept = json.loads(answers.KEPT.read_text())
    for url, answer in kept.items():
        if json.loads(json.dumps(found[url])) != answer:
            raise SystemExit(f"{url} of a province answers otherwise than before")


def _queries(client: Any, url: str, connection: Any) -> int:
    count = 0

    def counting(execute: Any, *asked: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*asked)

    with connection.execute_wrapper(counting):
        response = client.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url}: {response.status_code}")
    return count


def processor(connection: Any) -> Callable[[], float]:
    """Seconds of processor time so far: this process's, and that of the server's process behind the connection."""
    if connection.vendor != "postgresql":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # its helpers are other processes
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    running = Path(f"/proc/{pid}/schedstat")  # its first number is nanoseconds
    return lambda: time.process_time() + int(running.read_text().split()[0]) / 1e9


def peak_mb() -> int:
    """What this process has held at most. Not ru_maxrss: of a child that begins by vfork that is its parent's, too."""
    [line] = [each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM:")]
    return int(line.split()[1]) // 1024
