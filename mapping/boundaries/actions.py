"""The doors through which boundaries are received, put in force and taken back."""

import hashlib
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Avg
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, Reasons, Refusal, enumerated
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.scope import within_prefixes
from accounts.watermark import NOW, recorded
from institutions.models import Division
from institutions.moments import EARLIEST, day_of
from institutions.positions import distance_m
from mapping.boundaries import copies, fitting, matching, refusals
from mapping.boundaries.files import Reading, read_boundaries
from mapping.boundaries.reading.systems import if_of_web_maps
from mapping.models import Boundary, BoundaryCopy, BoundaryFile, BoundarySet

NEAR_COUNTY, NEAR_WIDER = 0.5, 6.0  # degrees that a file may lie beside the centre of its division
SAID = 20  # areas that a refusal numbers


class InForceAlready(Refusal):
    code = "in_force_already"
    status = 409


class TakenBackAlready(Refusal):
    code = "taken_back_already"
    status = 409


def receive_boundaries(
    data: bytes,
    *,
    file_name: str,
    division: Division,
    level: str,
    datum: str,
    source: str,
    approval_number: str,
    dated_on: date,
    by: User,
) -> BoundaryFile:
    """Read a boundary file, and keep it whole once it can be used.

    The same bytes declared alike in every point are kept once: what was kept before is given back, nothing is written.

    Effects: the file with what was read of it, an audit row. Raises UnreadableBoundaries and Invalid (422),
    TooManyBytes (413): then nothing is kept.
    """
    check_texts({"source": source, "approval_number": approval_number, "file": file_name})
    declared = {
        "division": division, "level": level, "datum": datum, "source": source, "approval_number": approval_number,
        "dated_on": dated_on, "sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip
    if kept := _kept_before(declared):
        return kept
    reading = read_boundaries(data, datum)
    divisions = matching.Divisions(division, level, day_of(timezone.now()))
    column = matching.column_for(reading, divisions)
    matching.check_in_scope(reading, divisions, column)
    matching.check_once(matching.matches_of(reading, divisions, column), column)
    _check_near(reading, division)
    file = BoundaryFile(**declared, file_name=file_name[-200:], content=data, reading=reading.packed(), by=by)
    return _keep(file, declared)


def _kept_before(declared: Mapping[str, Any]) -> BoundaryFile | None:
    return BoundaryFile.objects.filter(**declared).defer("content", "reading").order_by("received_at", "pk").first()


@recorded
def _keep(file: BoundaryFile, declared: Mapping[str, Any], *, at: datetime = NOW) -> BoundaryFile:
    Division.objects.select_for_update().get(pk=file.division_id)  # of two clicks the second finds the first
    if kept := _kept_before(declared):
        return kept
    if file.dated_on > day_of(at):
        raise Invalid({"dated_on": [_("现势日期 %(day)s 还没有到。") % {"day": file.dated_on}]})
    file.received_at = at
    file.save(force_insert=True)
    what = {name: str(getattr(file, name)) for name in ("file_name", "datum", "source", "approval_number", "dated_on")}
    what["file_sha256"] = file.sha256
    audit.write("boundaries.received", file, by=file.by, at=at, after=what, scope_code=file.scope_code, first=True)
    return file


def _check_near(reading: Reading, division: Division) -> None:
    """Refuse what lies far beside the middle of the centres on file."""
    import shapely

    centre = Division.objects.filter(within_prefixes("code", [division.pk])).aggregate(
        x=Avg("longitude"), y=Avg("latitude")
    )
    if centre["x"] is None:
        return
    west, south, east, north = shapely.total_bounds([each.area for each in reading.features])
    beside = NEAR_COUNTY if division.level == "county" else NEAR_WIDER
    here = centre["x"], centre["y"]
    if west - beside <= here[0] <= east + beside and south - beside <= here[1] <= north + beside:
        return
    middle = float(west + east) / 2, float(south + north) / 2
    beside += float(max(east - west, north - south)) / 2
    if (really := if_of_web_maps(reading.system, middle)) and math.dist(really, here) <= beside:
        raise refusals.refusal("UNKNOWN_SYSTEM", {"system": "Web Mercator (EPSG:3857)"})
    raise refusals.refusal("FAR_AWAY", {"division": division.name, "km": round(distance_m(here, middle) / 1000)})


def commit_boundaries(
    file: BoundaryFile,
    *,
    by: User,
    column: str,
    chosen: Mapping[int, str],
    from_on: date,
    datum_checked: bool = False,
) -> BoundarySet:
    """Put the boundaries of a file in force from a day on; those of the same divisions of before stay on file.

    `chosen` is what each area is taken for by number: a division's code, or LEAVE_OUT; what a name or code says for
    certain need not be. `datum_checked`: somebody looked, although another datum fits better.

    Effects: the set, its boundaries, their copies for the map, an audit row. Raises InForceAlready (409), Invalid (422)
    for a day, an area that nobody answered for or a datum that nobody looked at, UnreadableBoundaries (422) for two
    areas of one division.
    """
    reading = Reading.unpacked(bytes(file.reading))
    if column not in reading.columns:
        raise Invalid({"column": [_("文件里没有“%(column)s”这一列。") % {"column": column[:40]}]})
    today = day_of(timezone.now())
    divisions = matching.Divisions(file.division, file.level, today)
    matches = matching.matches_of(reading, divisions, column, chosen)
    matching.check_once(matches, column)
    _check_answers(matches, from_on, today)
    areas = {each.division.pk: each.feature.area for each in matches if each.division is not None}
    areas = dict(sorted(areas.items()))
    if not datum_checked and (doubt := datum_doubt(file, fitting.Areas(areas))):
        raise Invalid({"datum_checked": [doubt]})
    texts = {zoom: copies.copies_of(list(areas.values()), zoom) for zoom in copies.ZOOMS}
    return _put_in_force(file, areas, texts, by=by, column=column, from_on=from_on)


@recorded
def _put_in_force(
    file: BoundaryFile,
    areas: Mapping[str, Any],
    texts: Mapping[int, list[str]],
    *,
    by: User,
    column: str,
    from_on: date,
    at: datetime = NOW,
) -> BoundarySet:
    import shapely

    Division.objects.select_for_update().get(pk=file.division_id)  # of two clicks the second finds the first
    if file.sets.standing().exists():
        raise InForceAlready(_("这个文件的边界已经启用。要改用别的，请先撤回。"))
    made = BoundarySet.objects.create(file=file, named_by=column, from_on=from_on, by=by, committed_at=at)
    rows = [Boundary(set=made, division_id=code, geometry=shapely.to_geojson(area)) for code, area in areas.items()]
    Boundary.objects.bulk_create(rows, batch_size=50)
    stored = dict(made.boundaries.values_list("division_id", "pk"))
    for zoom, simple in texts.items():
        BoundaryCopy.objects.bulk_create(
            (
                BoundaryCopy(boundary_id=stored[code], zoom=zoom, size=len(text), geometry=text)
                for code, text in zip(areas, simple, strict=True)
            ),
            batch_size=50,
        )
    told = {"file_name": file.file_name, "from_on": str(from_on), "rows": len(areas), "file_sha256": file.sha256}
    audit.write("boundaries.committed", made, by=by, at=at, after=told, scope_code=file.scope_code, first=True)
    return made


def _check_answers(matches: list[matching.Match], from_on: date, today: date) -> None:
    wrong: Reasons = {}
    if not EARLIEST <= from_on <= today:
        wrong["from_on"] = [_("启用日期须在 %(first)s 至 %(last)s 之间。") % {"first": EARLIEST, "last": today}]
    if open_ := [each.number for each in matches if not each.certain]:
        numbers = enumerated(open_[:SAID])
        said = _("还有 %(count)s 个面没有确认是哪个区划：第 %(numbers)s 个。请逐个选定，或选“不采用”。")
        wrong[f"area_{open_[0]}"] = [said % {"count": len(open_), "numbers": numbers}]
    if all(each.division is None for each in matches):
        wrong["column"] = [_("没有一个面被采用。")]
    if wrong:
        raise Invalid(wrong)


def datum_doubt(file: BoundaryFile, areas: fitting.Areas) -> str:
    """A sentence where another datum than the one declared fits the institutions better, else ""."""
    places, _without = fitting.places_in(file.division_id, file.level)
    better = fitting.better_datum(areas, [each for each in places if each[1] in areas.codes], file.datum)
    if better is None:
        return ""
    return _(
        "坐标系可能声明错了：按%(declared)s读，%(now)s 家机构在所属区划内；按%(better)s读，会有 %(would)s 家。"
        "请核对文件的来源；确实无误再勾选确认，否则按%(better)s重新上传。"
    ) % {
        "declared": f" {file.get_datum_display()} ",
        "better": f" {better.label} ",
        "now": better.now,
        "would": better.would,
    }


@recorded
def take_back_boundaries(made: BoundarySet, *, by: User, reason: str, at: datetime = NOW) -> BoundarySet:
    """Boundaries that should not have been put in force: from now on those of before hold again, for every day.

    Effects: who, when and why on the set, an audit row. Raises TakenBackAlready (409), Invalid (422) without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": [_("请写明撤回的原因。")]})
    check_texts({"reason": reason})
    current = BoundarySet.objects.select_for_update().get(pk=made.pk)
    if current.withdrawn_at is not None:
        raise TakenBackAlready(_("这套边界已经撤回。"))
    current.withdrawn_at, current.withdrawn_by, current.withdraw_reason = at, by, reason[:300]
    current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    audit.write("boundaries.taken_back", current, by=by, at=at, after={"reason": reason}, scope_code=made.scope_code)
    return current
