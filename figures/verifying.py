"""`manage.py verify_figures`: whether the counts that are kept say what the definition says."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from django.db import connection
from django.db.models.functions import Substr

from accounts.snapshot import one_snapshot
from figures import keeping, kept
from figures.models import Change, DaySum, History, SumDay, Touched
from figures.places import COUNTY_DIGITS
from figures.spells import FIELDS, Key, Standings, standings_of
from figures.statistics import Figures, added, counts_by_each
from institutions.models import Institution, scope_code_then
from institutions.moments import LAST, Moment, month_ends, start_of, today


def differences(days: Sequence[date] = ()) -> Iterator[str]:
    """A sentence for each thing that differs, the institutions first, each found only when it is asked for."""
    with one_snapshot():
        if not keeping.is_made():
            yield "Nothing is kept: run rebuild_figures."
            return
        if Touched.objects.exists():
            yield "Something was written and not counted yet: the next thing that is recorded counts it."
            return
        changes: dict[Key, list[int]] = defaultdict(lambda: [0] * len(FIELDS))
        yield from _of_institutions(changes)
        yield from _of_changes(changes)
        yield from _of_sums()
        looked_at = days or _month_ends()
        for day in looked_at:
            yield from _of_day(Moment(day, LAST))
        for other in keeping.BESIDE:
            yield from other.differences()
        for day in looked_at:  # as they were known when they had ended
            yield from _of_day(Moment(day, start_of(day + timedelta(days=1))))


def _of_institutions(changes: dict[Key, list[int]]) -> Iterator[str]:
    """How each stands day by day; its changes are added to `changes`, to be compared with those kept."""
    for ids in keeping.by_place():
        defined = standings_of(ids)
        held = {row.institution_id: row for row in History.objects.filter(institution__in=ids)}
        of = Institution._meta.pk.to_python
        for each in ids:
            row = held.get(of(each))
            now = defined.get(each, Standings([], {}))
            was = Standings.read(row.spells, row.found) if row else Standings([], {})
            if was != now:
                yield f"Institution {of(each)}: kept {was.spells} {was.found}, defined {now.spells} {now.found}."
            now.add_to(changes)


def _of_changes(wanted: Mapping[Key, list[int]]) -> Iterator[str]:
    """The changes of each place and day."""
    names = ", ".join(f"SUM({name})" for name in FIELDS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, part, scope_code, day, {names} FROM {Change._meta.db_table} "  # noqa: S608 (our own names)
            "GROUP BY kind, part, scope_code, day"
        )
        kept = {(row[0], row[1], row[2], str(row[3])): list(row[4:]) for row in cursor.fetchall()}
    zero = [0] * len(FIELDS)
    for key in sorted(kept.keys() | wanted.keys()):
        if kept.get(key, zero) != wanted.get(key, zero):
            yield f"Changes of {key}: kept {kept.get(key, zero)}, of its institutions {wanted.get(key, zero)}."


def _of_sums() -> Iterator[str]:
    """The sums of each place and day, added up from what is folded."""
    names = ", ".join(FIELDS)
    days = list(SumDay.objects.order_by("day").values_list("day", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT kind, part, scope_code, day, {names} FROM {Change._meta.db_table} WHERE folded")  # noqa: S608
        wanted = keeping.summed((keeping.row(each) for each in cursor.fetchall()), days) if days else {}
    kept: keeping.Sums = defaultdict(dict)
    for each in DaySum.objects.values_list("kind", "digits", "area", "part", "day", *FIELDS).iterator():
        kept[each[0], each[1], each[2], each[3]][each[4]] = each[5:]
    for key in sorted(kept.keys() | wanted.keys()):
        if kept.get(key, {}) != wanted.get(key, {}):
            yield f"Sums of {key}: not those of its changes."


def _of_day(moment: Moment) -> Iterator[str]:
    """The counts of every county, province, licence status and finding type, as pages and reports ask for them; of a
    past K that they answer."""
    if kept.total([], moment.on, moment.known_at) is None:
        return
    defined = counts_by_each(Institution.objects.all(), moment, Substr(scope_code_then(moment), 1, COUNTY_DIGITS))
    scopes = Change.objects.annotate(province=Substr("scope_code", 1, 2)).values_list("province", flat=True)
    codes = sorted(scopes.distinct().order_by())
    if not codes:
        return
    kept_ones = {
        "division": kept.by_division(codes, COUNTY_DIGITS, moment.on, moment.known_at),
        "licence_status": kept.by_licence_status(codes, moment.on, moment.known_at),
        "finding_type": kept.by_finding_type(codes, moment.on, moment.known_at),
        "province": kept.by_division(codes, 2, moment.on, moment.known_at),
    }
    provinces: dict[str, list[Figures]] = defaultdict(list)
    for code, figures in defined["division"].items():
        provinces[code[:2]].append(figures)
    defined["province"] = {code: added(each) for code, each in provinces.items()}
    for by, found in kept_ones.items():
        parts = {part: Figures(*numbers) for part, numbers in (found or {}).items() if any(numbers)}
        for part in sorted(parts.keys() | defined[by].keys()):
            if parts.get(part) != defined[by].get(part):
                yield (
                    f"As of {moment.on}, as known at {moment.known_at.isoformat()}, {by} {part}: "
                    f"kept {parts.get(part)}, defined {defined[by].get(part)}."
                )


def _month_ends() -> Sequence[date]:
    first = Change.objects.order_by("day").values_list("day", flat=True).first()
    return [*month_ends(first, today()), today()] if first else [today()]
