"""What the page shows of a file before it is put in force: areas and divisions, fit, drawing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import enumerated
from accounts.models import User
from institutions.models import Division, Institution
from institutions.moments import today
from mapping.boundaries import matching
from mapping.boundaries.actions import datum_doubt
from mapping.boundaries.drawing import Drawing, draw
from mapping.boundaries.files import Reading, limits_now
from mapping.boundaries.fitting import Areas, Fit, fit, places_in
from mapping.models import BoundaryFile

OUTSIDE_LISTED = 200
PAIRS_SAID = 5
MOST_QUESTIONS = 200  # areas that a person is asked about one by one


@dataclass(frozen=True)
class Row:
    """An area of the file with the division it is taken for; `match` is None for a division without an area."""

    division: Division | None
    match: matching.Match | None
    fit: Fit | None

    @property
    def proposed(self) -> str:
        return {
            "former": _("按曾用名，请确认"),
            "short": _("按简称，请确认"),
            "near": _("名称相近，请确认"),
            "": _("对不上，请选定"),
        }.get(self.match.how if self.match else "name", "")


@dataclass(frozen=True)
class Outside:
    institution: Institution
    own: str
    lies_in: str


@dataclass(frozen=True)
class Preview:
    reading: Reading
    column: str
    divisions: list[Division]
    rows: list[Row]
    without_area: list[Row]
    outside: list[Outside]
    total: Fit
    drawing: Drawing | None
    doubt: str
    overlaps: str

    @property
    def questions(self) -> int:
        return sum(each.match is not None and not each.match.certain for each in self.rows)

    @property
    def shown_rows(self) -> list[Row]:
        return self.rows[:MOST_QUESTIONS] if self.too_many else self.rows

    @property
    def too_many(self) -> str:
        """A sentence where nobody can be asked about so many areas: another column, or fewer areas; else ""."""
        if self.questions <= MOST_QUESTIONS:
            return ""
        return _(
            "按“%(column)s”列有 %(count)s 个面对不上区划，太多，不能逐个确认（至多 %(most)s 个）。"
            "请改选另一列，或在文件里只保留本辖区的面后重新上传。"
        ) % {"column": self.column, "count": self.questions, "most": MOST_QUESTIONS}


def preview_of(file: BoundaryFile, column: str, chosen: Mapping[int, str], user: User) -> Preview:
    """Raises UnreadableBoundaries (422) for a column by which two areas are one division, or some lie elsewhere."""
    reading = Reading.unpacked(bytes(file.reading))
    divisions = matching.Divisions(file.division, file.level, today())
    if column not in reading.columns:
        column = matching.column_for(reading, divisions)
    matching.check_in_scope(reading, divisions, column)
    matches = matching.matches_of(reading, divisions, column, chosen)
    matching.check_once(matches, column)
    areas = {each.division.pk: each.feature.area for each in matches if each.division is not None}
    places, without = places_in(file.division_id, file.level)
    asked = Areas(areas)
    fitting = fit(asked, places, without)
    rows = [
        Row(each.division, each, fitting.by_code.get(each.division.pk) if each.division else None) for each in matches
    ]
    missing = [Row(each, None, fitting.by_code.get(each.pk)) for each in divisions.all if each.pk not in areas]
    return Preview(
        reading=reading,
        column=column,
        divisions=divisions.all,
        rows=sorted(rows, key=_order),
        without_area=missing,
        outside=_outside(fitting.outside, divisions.by_code, user),
        total=fitting.total,
        drawing=_drawing(areas, divisions.by_code, places, {pk for pk, *_rest in fitting.outside}),
        doubt=datum_doubt(file, asked) if areas else "",
        overlaps=_overlaps(reading, matches),
    )


def _overlaps(reading: Reading, matches: list[matching.Match]) -> str:
    """Of the areas that are taken for a division; what is left out may lie where it wants."""
    named = {each.number: each.division.name for each in matches if each.division is not None}
    pairs = [(named[one], named[other]) for one, other in reading.overlaps if one in named and other in named]
    if not pairs:
        return ""
    told = {"count": len(pairs), "pairs": enumerated(f"{one}—{other}" for one, other in pairs[:PAIRS_SAID])}
    if len(reading.overlaps) < limits_now().most_overlaps:
        return _("有 %(count)s 处面与面重叠：%(pairs)s。重叠处的机构可能算到别的区划，请核对文件。") % told
    return _("至少有 %(count)s 处面与面重叠：%(pairs)s。重叠处的机构可能算到别的区划，请核对文件。") % told


def _order(row: Row) -> tuple[bool, str, int]:
    """What wants a person first."""
    assert row.match is not None
    return row.match.certain, row.division.pk if row.division else "", row.match.number


def _outside(found: list[Any], named: Mapping[str, Division], user: User) -> list[Outside]:
    listed = found[:OUTSIDE_LISTED]
    rows = Institution.objects.visible_to(user).in_bulk([pk for pk, _own, _there in listed])
    return [
        Outside(rows[pk], named[own].name, named[there].name if there in named else "")
        for pk, own, there in listed
        if pk in rows
    ]


def _drawing(
    areas: Mapping[str, Any], named: Mapping[str, Division], places: list[Any], outside: set[Any]
) -> Drawing | None:
    if not areas:
        return None
    inside = [(x, y) for pk, own, x, y in places if pk not in outside and own in areas]
    away = [(x, y) for pk, _own, x, y in places if pk in outside]
    return draw({code: (named[code].name, area) for code, area in areas.items()}, inside, away)
