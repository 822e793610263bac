"""The annex of a report: every institution that it counts, a row each, with the figures that it is a member of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Case

from figures.differences import stands
from figures.on_file import there
from figures.standing import deciding_round
from figures.statistics import FIGURES, members, population
from inspections.models import Finding, FindingType, Rectification, Visit
from institutions.models import Institution, InstitutionQuerySet, Merge
from institutions.moments import Moment
from institutions.past import Listed, as_listed

CHUNK = 1_000
ENDED = ("closed", "licensed", "corrected")
AnnexRow = dict[str, Any]


def annex_rows(
    within: InstitutionQuerySet, moment: Moment, figure: str = "surveyed", *, stood: tuple[Case, Moment] | None = None
) -> Iterator[AnnexRow]:
    """A row for each surveyed institution of `within`, or each behind another figure, in the order of lists, read in
    pieces of CHUNK.

    `division` is the code of the township; `problems` names what was found there by the day, by code, `finding_types`
    are those codes. Of rounds it says the one that decides where the institution stands. Nothing of a person is in it.
    With `stood`, where each stood at an earlier moment, a row says that as `before`, and as `then` its name, place
    and address of that moment, so far as they were others.
    """
    surveyed = members(figure, within, moment).annotate(deciding=deciding_round(moment))
    if stood is not None:
        surveyed = surveyed.annotate(stood=stood[0])
    read, number = surveyed.in_list_order(moment).iterator(chunk_size=CHUNK), 0
    names = {each.code: each.name_zh for each in FindingType.objects.all()}
    while chunk := list(islice(read, CHUNK)):
        rounds = _rounds(chunk, moment)
        found = _found(chunk, moment)
        then = _then(chunk, stood[1]) if stood else {}
        for listed in as_listed(chunk, moment):
            number += 1
            codes = sorted(found.get(listed.institution.pk, ()))
            problems = "；".join(f"{code} {names[code]}" for code in codes)
            decided = rounds.get(listed.institution.deciding)  # type: ignore[attr-defined]
            row = {"number": number, **_row(listed, decided, moment), "problems": problems, "finding_types": codes}
            if stood is not None:
                row["before"] = listed.institution.stood  # type: ignore[attr-defined]
                named = then.get(listed.institution.pk, {})
                if otherwise := {key: value for key, value in named.items() if value != row[key]}:
                    row["then"] = otherwise
            yield row


def kept_rows(division: str, moment: Moment, before: Moment) -> Iterator[AnnexRow]:
    """What is kept of a report: its annex and, behind it, in no figure, who was counted `before`, at the end of the
    period before it, and is no longer there. `before` of each says where it stood then, "" where it was not counted;
    `then` what it was called and where it was, where that was otherwise."""
    stood = stands(division, before), before
    yield from annex_rows(population(division, moment), moment, stood=stood)
    gone = population(division, before).exclude(there(division, moment))  # all else that counts it is as known now
    for row in annex_rows(gone, before, stood=stood):
        yield row | {"figures": []}


def as_before(rows: Iterable[AnnexRow]) -> Iterator[AnnexRow]:
    """Of what was kept who was counted at the end of the period before, each by where it stood and as it was then."""
    counted = (row for row in rows if row.get("before"))
    for number, row in enumerate(counted, start=1):
        then = {"standing": row["before"], "figures": figures_of(row["before"])}
        yield row | row.get("then", {}) | then | {"number": number, "due_on": "", "verified_on": "", "problems": ""}


def figures_of(standing: str) -> list[str]:
    """The figures of which an institution that stands there is a member."""
    return [figure for figure, standings in FIGURES.items() if standing in standings]


def _row(listed: Listed, round_: Rectification | None, moment: Moment) -> AnnexRow:
    standing: str = listed.institution.standing  # type: ignore[attr-defined]
    return {
        "id": str(listed.institution.pk),
        **_named(listed),
        "licence_status": listed.licence_status,
        "standing": standing,
        "surveyed_on": _iso(listed.surveyed_on),
        "ordered_on": _iso(round_.ordered_on) if round_ else "",
        "due_on": _iso(round_.due_at_moment) if round_ else "",  # type: ignore[attr-defined]
        "verified_on": _iso(round_.verified_on) if round_ and standing in ENDED else "",
        "outcome": standing if standing in ENDED else "",
        "figures": figures_of(standing),
    }


def _named(listed: Listed) -> AnnexRow:
    """What it was called and where it was."""
    return {
        "name": listed.name,
        "division": listed.division_code,
        "township": listed.division_name,
        "address": listed.operating_address,
    }


def _then(institutions: Sequence[Institution], moment: Moment) -> dict[UUID, AnnexRow]:
    """What those that stood somewhere at an earlier moment were called then, and where they were."""
    counted = [each for each in institutions if each.stood]  # type: ignore[attr-defined]
    return {each.institution.pk: _named(each) for each in as_listed(counted, moment)}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _rounds(institutions: Sequence[Institution], moment: Moment) -> dict[UUID, Rectification]:
    """The rounds that decide where these stand, each with its deadline of then."""
    pks = [each.deciding for each in institutions if each.deciding]  # type: ignore[attr-defined]
    return Rectification.objects.with_due_at(moment).in_bulk(pks)


def _found(institutions: Sequence[Institution], moment: Moment) -> dict[UUID, set[str]]:
    """The codes found at each of these by the day, and at what was merged into it, as known at the moment."""
    of = {each.pk: each.pk for each in institutions}
    into = [each.pk for each in institutions if each.has_merges]
    if into:
        merges = Merge.objects.known_at(moment.known_at).filter(into__in=into).order_by()
        of |= dict(merges.values_list("merged_id", "into_id"))
    visits = Visit.objects.known_at(moment).filter(institution__in=list(of)).order_by()
    found: dict[UUID, set[str]] = defaultdict(set)
    for pk, code in Finding.objects.filter(visit__in=visits).values_list("visit__institution", "type").order_by():
        found[of[pk]].add(code)
    return found
