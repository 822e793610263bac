"""Completion in a country of 401 050 institutions, side by side with DuckDB on the same rows in the same run; then
its pages, the user of the country beside the user of a county (bench/pages.py), and a register (bench/intake.py).

Run with `make bench`. BENCH_INSTITUTIONS and BENCH_VISITS change the size; DATABASE_URL measures PostgreSQL instead of
SQLite. Equal answers are asserted before anything is timed.
"""

import os
import statistics as spread
import time
from typing import Any

from bench import intake, pages, scale

ROUNDS = 5

PEER = """
WITH counted AS (
  SELECT institution, round_no, verified_on, verified_recorded_at, outcome,
         verified_on IS NULL OR verified_on > $day OR verified_recorded_at > $known AS is_open, due_on < $day AS is_late
  FROM rounds
  WHERE ordered_on <= $day AND ordered_recorded_at <= $known AND (voided_at IS NULL OR voided_at > $known)
), placed AS (
  SELECT institution, bool_or(is_open) AS is_open, bool_or(is_open AND is_late) AS is_late,
         arg_max(outcome, (verified_on, verified_recorded_at, round_no)) AS outcome
  FROM counted GROUP BY institution
)
SELECT substr(scope_code, 1, $digits) AS part,
       count(*), count(placed.institution), count(*) FILTER (NOT is_open),
       count(*) FILTER (is_open), count(*) FILTER (is_late),
       count(*) FILTER (NOT is_open AND outcome = 'closed'), count(*) FILTER (NOT is_open AND outcome = 'licensed'),
       count(*) FILTER (NOT is_open AND outcome = 'corrected')
FROM register LEFT JOIN placed ON placed.institution = register.id
WHERE surveyed_on <= $day AND surveyed_recorded_at <= $known AND scope_code >= $first
  AND (merged_at IS NULL OR merged_at > $known) AND (withdrawn_at IS NULL OR withdrawn_at > $known)
GROUP BY part
"""


def main() -> None:
    scale.ready()
    from django.db import connection
    from django.db.models.functions import Substr
    from django.utils import timezone

    from demonstration import country
    from figures.statistics import FIGURES, counts_by
    from institutions.models import Institution
    from institutions.moments import Moment

    peer = peer_database()
    moment = Moment(country.AS_OF, timezone.now())
    everyone = Institution.objects.filter(scope_code__gte=str(country.FIRST_PROVINCE))

    def ours(digits: int) -> dict[str, tuple[int, ...]]:
        found = counts_by(everyone, moment, Substr("scope_code", 1, digits))
        return {part: tuple(getattr(figures, name) for name in FIGURES) for part, figures in found.items()}

    def theirs(digits: int) -> dict[str, tuple[int, ...]]:
        asked = {"day": moment.on, "known": moment.known_at, "digits": digits, "first": str(country.FIRST_PROVINCE)}
        return {row[0]: tuple(row[1:]) for row in peer.execute(PEER, asked).fetchall()}

    import duckdb

    engine = connection.vendor
    print(f"\n{everyone.count()} institutions as of {moment.on}; {os.cpu_count()} cores")
    print(f"{engine} and DuckDB {duckdb.__version__}\n")
    print(f"| completion by | parts | {engine}, median ms (min–max) | DuckDB, median ms (min–max) | ratio of medians |")
    print("|---|---:|---:|---:|---:|")
    for name, digits in (("province", 2), ("county", 6), ("township", 9)):
        parts = ours(digits)
        assert parts == theirs(digits), f"by {name}: the two do not agree"
        times: dict[str, list[float]] = {"ours": [], "theirs": []}
        for _round in range(ROUNDS):
            for who, ask in (("ours", ours), ("theirs", theirs)):
                begun = time.perf_counter()
                ask(digits)
                times[who].append((time.perf_counter() - begun) * 1000)
        told = [f"{spread.median(t):.0f} ({min(t):.0f}–{max(t):.0f})" for t in times.values()]
        ratio = spread.median(times["ours"]) / spread.median(times["theirs"])
        print(f"| {name} | {len(parts)} | {told[0]} | {told[1]} | {ratio:.1f} |")
    peer.close()
    pages.main()
    intake.run(intake.ROWS, "xlsx")


def peer_database() -> Any:
    """The same rows in DuckDB, in memory."""
    import duckdb
    import pandas as pd

    from inspections.models import Rectification
    from institutions.models import Institution

    peer = duckdb.connect()
    peer.execute("SET TimeZone = 'UTC'")
    for table, rows, columns in (
        ("register", Institution.objects, "id scope_code surveyed_on surveyed_recorded_at merged_at withdrawn_at"),
        (
            "rounds",
            Rectification.objects,
            "institution_id round_no ordered_on ordered_recorded_at due_on verified_on verified_recorded_at outcome "
            "voided_at",
        ),
    ):
        frame = pd.DataFrame(list(rows.order_by().values_list(*columns.split())), columns=columns.split())
        for column in frame.columns:
            if column.endswith("_at"):
                frame[column] = pd.to_datetime(frame[column], utc=True)
            elif column.endswith("_on"):
                frame[column] = pd.to_datetime(frame[column])
            elif column in ("id", "institution_id"):
                frame[column] = frame[column].astype(str)
        frame = frame.rename(columns={"institution_id": "institution"})
        peer.register("frame", frame)
        days = ", ".join(f"CAST({name} AS DATE) AS {name}" for name in frame.columns if name.endswith("_on"))
        peer.execute(f"CREATE TABLE {table} AS SELECT * REPLACE ({days}) FROM frame")
        peer.unregister("frame")
    return peer


if __name__ == "__main__":
    main()
