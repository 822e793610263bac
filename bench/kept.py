"""The counts that are kept, beside their definition and beside polars, by the processor (docs/adr/0046).

`python -m bench.kept` (part of `make bench`), of the same country. Equal answers are asserted before anything
is timed; then all take turns. What is counted is this process and, with PostgreSQL, the server's process that answers.
"""

import statistics as spread
import time
from collections.abc import Callable
from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

from bench import scale
from bench.pages import processor

TURNS = 9
Answer = dict[str, tuple[int, ...]]
FIRST, LAST = date(2017, 1, 1), date(2018, 12, 31)
WINDOW = """
WITH said AS (
  SELECT rectification_id, kind, due_on, outcome, happened_on, recorded_at,
         ROW_NUMBER() OVER (PARTITION BY rectification_id ORDER BY sequence DESC) AS last_one
  FROM inspections_rectificationevent WHERE happened_on <= %s AND recorded_at <= %s
), placed AS (
  SELECT round.institution_id, round.first_due_on, said.kind, said.outcome,
         ROW_NUMBER() OVER (PARTITION BY round.institution_id
           ORDER BY CASE WHEN said.kind = 'verified' THEN 1 ELSE 0 END, round.round_no DESC) AS first_one
  FROM said JOIN inspections_rectification round ON round.id = said.rectification_id
  WHERE said.last_one = 1 AND said.kind <> 'voided'
)
SELECT substr(register.scope_code, 1, 6) AS part, COUNT(*), COUNT(placed.institution_id),
  SUM(CASE WHEN placed.kind = 'verified' THEN 1 ELSE 0 END), SUM(CASE WHEN placed.kind <> 'verified' THEN 1 ELSE 0 END)
FROM institutions_institution register
LEFT JOIN placed ON placed.institution_id = register.id AND placed.first_one = 1
WHERE register.surveyed_on <= %s AND register.surveyed_recorded_at <= %s AND register.scope_code >= %s
  AND (register.merged_at IS NULL OR register.merged_at > %s)
  AND (register.withdrawn_at IS NULL OR register.withdrawn_at > %s)
GROUP BY part
"""


def main() -> None:
    scale.ready()
    from django.db import connection
    from django.db.models.functions import Substr

    from demonstration import country
    from figures import keeping, kept
    from figures.places import Where
    from figures.statistics import (
        PARTITIONS,
        completion,
        counts_by,
        defined_by_each,
        defined_totals,
        population,
        trend,
    )
    from institutions.models import scope_code_then
    from institutions.moments import Moment, month_ends, start_of

    if kept.total([], country.AS_OF, start_of(country.AS_OF)) is None:  # `simulate` counts as known now
        begun = time.process_time()
        keeping.rebuild()
        print(f"counted anew as known at every moment in {time.process_time() - begun:.0f} s of processor")
    codes = [str(country.FIRST_PROVINCE + place) for place in range(country.PROVINCES)]
    now = Moment.of(country.AS_OF)
    middle = Moment(date(2018, 8, 28), now.known_at)  # in the busiest season
    county = scale.county()
    clock = processor(connection)
    peer = Polars(codes)

    def defined(where: Any, digits: int, moment: Moment) -> Answer:
        part = Substr(scope_code_then(moment), 1, digits)
        found = counts_by(population(where, moment), moment, part)
        return {code: astuple(each) for code, each in found.items()}

    def quick(where: list[str], digits: int, moment: Moment) -> Answer:
        found = kept.by_division(where, digits, moment.on, moment.known_at)
        assert found is not None, "the kept counts do not answer"
        return {code: numbers for code, numbers in found.items() if numbers[0]}

    print(f"\n{connection.vendor}; {scale.INSTITUTIONS} institutions, {scale.VISITS} visits\n")
    print("| work | kept, ms | beside | ms | kept ÷ beside |\n|---|---:|---|---:|---:|")

    def row(work: str, ours: Callable[[], Any], beside: dict[str, Callable[[], Any]], turns: int = TURNS) -> None:
        answer = ours()
        for name, ask in beside.items():
            assert ask() == answer, f"{work}: {name} says something else"
        taken = _in_turns({"": ours, **beside}, clock, turns)
        for name in beside:
            print(f"| {work} | {taken['']:.1f} | {name} | {taken[name]:.1f} | {taken[''] / taken[name]:.3f} |")

    for moment in (now, middle):
        flat = peer.flat(moment)
        row(
            f"country by county, {moment.on}",
            lambda moment=moment: quick(codes, 6, moment),
            {
                "polars, standings worked out": lambda flat=flat: peer.by(flat, 6),
                "the definition": lambda moment=moment: defined(codes, 6, moment),
            },
            turns=3,
        )
    row(
        "province by county",
        lambda: quick([codes[5]], 6, middle),
        {"polars, all rules": lambda: peer.by(peer.flat(middle, codes[5]), 6)},
    )
    row(
        "county by township",
        lambda: quick([county], 9, middle),
        {"polars, all rules": lambda: peer.by(peer.flat(middle, county), 9)},
    )
    moments = [Moment(end, now.known_at) for end in month_ends(FIRST, LAST)]
    row(
        "24-month trend of the country",
        lambda: [each.total for each in trend(codes, FIRST, LAST, known_at=now.known_at)],
        {"the definition": lambda: defined_totals(codes, moments)},
        turns=1,
    )
    where = Where.of(codes[5], middle)
    for by in PARTITIONS:
        row(
            f"one partition asked ({by})",
            lambda by=by: completion(codes[5], middle, by=by),
            {"three from the definition": lambda by=by: _of(defined_by_each, where, middle, by, completion)},
            turns=3,
        )
    for said, known_on in (("at the end", country.AS_OF), ("then", middle.on), ("before", date(2018, 5, 31))):
        past = Moment(middle.on, start_of(known_on + timedelta(days=1)))
        row(
            f"any past K, known {said}",
            lambda past=past: quick(codes, 6, past),
            {"the definition": lambda past=past: defined(codes, 6, past)},
            turns=3,
        )
        taken = _in_turns(
            {
                "kept": lambda past=past: quick(codes, 6, past),
                "defined": lambda past=past: defined(codes, 6, past),
                "window": lambda past=past: _window(connection, past, codes),
            },
            clock,
            3,
        )
        for name, ours in (("kept", "any past K"), ("defined", "any past K, by the definition")):
            ratio = taken[name] / taken["window"]
            print(
                f"| {ours}, known {said} | {taken[name]:.1f} | window over the events | {taken['window']:.1f} "
                f"| {ratio:.3f} |"
            )
    _pages(codes, county, clock)


def _of(defined_by_each: Any, where: Any, moment: Any, by: str, completion: Any) -> Any:
    defined_by_each(where, moment, None, ["division", "licence_status", "finding_type"])
    return completion(where.code, moment, by=by)


def _window(connection: Any, moment: Any, codes: list[str]) -> Answer:
    day = connection.ops.adapt_datefield_value(moment.on)
    known = connection.ops.adapt_datetimefield_value(moment.known_at)
    with connection.cursor() as cursor:
        cursor.execute(WINDOW, [day, known, day, known, codes[0], known, known])
        return {part: tuple(numbers) for part, *numbers in cursor.fetchall()}


def _pages(codes: list[str], county: str, clock: Callable[[], float]) -> None:
    clients = {
        "county": scale.client(scale.user(f"bench-{county}", [county])),
        "country": scale.client(scale.user("bench-country", codes)),
    }
    print("\n| page | county, ms | country, ms | country ÷ county |\n|---|---:|---:|---:|")
    for url in ("/statistics/?as_of=2018-12-30", "/statistics/trend/?as_of=2018-12-30", "/reports/?as_of=2018-12-30"):
        for each in clients.values():
            assert each.get(url).status_code == 200, url
        taken = _in_turns({who: lambda each=each, url=url: each.get(url) for who, each in clients.items()}, clock, 3)
        print(f"| {url} | {taken['county']:.0f} | {taken['country']:.0f} | {taken['country'] / taken['county']:.1f} |")


def _in_turns(asked: dict[str, Callable[[], Any]], clock: Callable[[], float], turns: int) -> dict[str, float]:
    """Milliseconds of processor, the median of the turns."""
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for _turn in range(turns):
        for name, ask in asked.items():
            begun = clock()
            ask()
            taken[name].append((clock() - begun) * 1000)
    return {name: spread.median(times) for name, times in taken.items()}


class Polars:
    """Register and rounds in memory. The rules of the two clocks are those of DuckDB's query (bench/__main__.py)."""

    def __init__(self, codes: list[str]):
        import polars

        from inspections.models import Rectification
        from institutions.models import Institution

        self.pl = polars
        self.register = self._frame(
            Institution.objects.filter(scope_code__gte=codes[0]),
            "id scope_code surveyed_on surveyed_recorded_at merged_at withdrawn_at",
        )
        self.rounds = self._frame(
            Rectification.objects.all(),
            "institution_id round_no ordered_on ordered_recorded_at due_on verified_on verified_recorded_at outcome "
            "voided_at",
        )

    def _frame(self, rows: Any, columns: str) -> Any:
        names = columns.split()
        types = {
            name: self.pl.Date
            if name.endswith("_on")
            else self.pl.Datetime(time_zone="UTC")
            if name.endswith("_at")
            else self.pl.Int32
            if name == "round_no"
            else self.pl.String
            for name in names
        }
        values = [
            [str(value) if name.endswith("id") else value for name, value in zip(names, row, strict=True)]
            for row in rows.order_by().values_list(*names)
        ]
        return self.pl.DataFrame(values, schema=types, orient="row")

    def flat(self, moment: Any, prefix: str = "") -> Any:
        """Every surveyed institution with its standing."""
        col, day, known = self.pl.col, moment.on, moment.known_at
        counted = self.rounds.filter(
            (col("ordered_on") <= day)
            & (col("ordered_recorded_at") <= known)
            & (col("voided_at").is_null() | (col("voided_at") > known))
        ).with_columns(
            is_open=col("verified_on").is_null() | (col("verified_on") > day) | (col("verified_recorded_at") > known),
            is_late=col("due_on") < day,
        )
        placed = (
            counted.sort("is_open", "is_late", "verified_on", "verified_recorded_at", "round_no", nulls_last=False)
            .group_by("institution_id", maintain_order=True)
            .last()
        )
        there = self.register.filter(
            (col("surveyed_on") <= day)
            & (col("surveyed_recorded_at") <= known)
            & (col("merged_at").is_null() | (col("merged_at") > known))
            & (col("withdrawn_at").is_null() | (col("withdrawn_at") > known))
            & col("scope_code").str.starts_with(prefix)
        ).join(placed, left_on="id", right_on="institution_id", how="left")
        when = self.pl.when
        return there.select(
            "scope_code",
            standing=when(col("is_open").is_null())
            .then(self.pl.lit("clear"))
            .when(col("is_open") & col("is_late"))
            .then(self.pl.lit("overdue"))
            .when(col("is_open"))
            .then(self.pl.lit("open"))
            .otherwise(col("outcome")),
        )

    def by(self, flat: Any, digits: int) -> Answer:
        found = flat.group_by(flat["scope_code"].str.slice(0, digits).alias("part"), "standing").len().iter_rows()
        parts: dict[str, dict[str, int]] = {}
        for part, standing, number in found:
            parts.setdefault(part, {})[standing] = number
        return {part: _figures(by) for part, by in parts.items()}


def _figures(by: dict[str, int]) -> tuple[int, ...]:
    clear, is_open, overdue, closed, licensed, corrected = (
        by.get(each, 0) for each in ("clear", "open", "overdue", "closed", "licensed", "corrected")
    )
    done, outstanding = closed + licensed + corrected, is_open + overdue
    return clear + done + outstanding, done + outstanding, done, outstanding, overdue, closed, licensed, corrected


if __name__ == "__main__":
    main()
