"""What the register takes: one rule for every door. The import asks it of a row, a form of what was typed, and the
actions once more of what they write.

Each gives reasons by column; what is wrong, what was received, what is accepted. How a text is read (telephones, codes,
ID-card numbers) is in `imports/cells.py`, for both doors too.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Reasons
from institutions.imports import naming, passed
from institutions.models import Division
from institutions.moments import EARLIEST
from institutions.places import County
from institutions.positions import in_china

FAR_DEGREES = 1.0  # from the middle of the township, else of the county: some 100 km, which no county is wide
FIRST_LICENCE, LAST_LICENCE = date(1900, 1, 1), date(2100, 12, 31)


def licence_reasons(columns: dict[str, Any], on: date) -> Reasons:
    """Why a licence with these columns is not taken on a day: one that begins later, or ends before it begins."""
    errors: Reasons = {}
    start, end, revoked = columns["valid_from"], columns.get("valid_to"), columns.get("revoked_on")
    for name, day in (("valid_from", start), ("valid_to", end)):
        if day is not None and not FIRST_LICENCE <= day <= LAST_LICENCE:
            bounds = {"first": FIRST_LICENCE, "last": LAST_LICENCE}
            errors[name] = [_("“%(day)s”不在 %(first)s 至 %(last)s 之间。") % (bounds | {"day": day})]
    if start > on and "valid_from" not in errors:
        errors["valid_from"] = [_("有效期自 %(start)s 在今天之后。") % {"start": start}]
    if end is not None and end < start:
        errors["valid_to"] = [_("有效期至 %(end)s 早于有效期自 %(start)s。") % {"end": end, "start": start}]
    if revoked is not None and not start <= revoked <= on:
        errors["revoked_on"] = [_("“%(day)s”不在有效期自 %(start)s 至今天之间。") % {"day": revoked, "start": start}]
    return errors


def institution_reasons(
    columns: Mapping[str, Any], division: Division, on: date, county: County | None = None
) -> Reasons:
    """Why these columns of an institution in a township are not taken on a day; columns that are not given are not
    asked about. `county` is that of the township, for whoever asks of many rows.

    `longitude` and `latitude` may be in any datum: what is looked for is a hundred times as large.
    """
    errors: Reasons = {}
    if "name" in columns and (reason := name_reason(columns["name"], county or County.of(division))):
        errors["name"] = [reason]
    if "division" in columns and (reason := division_reason(division, on)):
        errors["division"] = [reason]
    if columns.get("operating_address"):
        reason = address_reason(columns["operating_address"], county or County.of(division))
        errors |= {"operating_address": [reason]} if reason else {}
    if "longitude" in columns or "latitude" in columns:
        errors |= position_reasons(columns.get("longitude"), columns.get("latitude"), division)
    if columns.get("surveyed_on") or columns.get("licence_status_at_survey"):
        errors |= survey_reasons(columns.get("surveyed_on"), columns.get("licence_status_at_survey", ""), on)
    return errors


def name_reason(name: str, county: County) -> str:
    """Why this is no institution's name, or "": what the import passes over (合计, 填表人) and leaves out (序号,
    无, a telephone, the name of a township). What a person may keep there (some digits, 某某) a person may type."""
    if not name:
        return _("没有填写")
    if passed.is_no_institution(name):
        return _("“%(name)s”是名册中的合计、备注一类，不是机构名称") % {"name": name}
    found = naming.named(name, county)
    if found.none and not found.possible:
        return _("“%(name)s”不是机构名称，请填招牌或证照上的名称") % {"name": name}
    return ""


def division_reason(division: Division, on: date) -> str:
    """Why nothing can lie in this division on the day, or ""."""
    said = {"name": division.name, "code": division.code, "day": on}
    if division.level not in ("township", "village"):
        return _("“%(name)s”（%(code)s）不是乡镇（街道）") % said
    return in_force_reason(division, on)


def in_force_reason(division: Division, on: date) -> str:
    """Why a division is none on a day, or ""."""
    said = {"name": division.name, "code": division.code, "day": on}
    return "" if division.in_force_on(on) else _("“%(name)s”（%(code)s）在 %(day)s 尚未设立或已撤销。") % said


def address_reason(address: str, county: County) -> str:
    """Why no place of this county has this address, or ""."""
    other = county.other_county_in(address)
    return _("地址在%(other)s，不在%(here)s") % {"other": other, "here": county.division.name} if other else ""


def position_reasons(longitude: float | None, latitude: float | None, division: Division) -> Reasons:
    """Why nothing in this township can be there: half a position, one that is not on earth, or one far away."""
    if longitude is None and latitude is None:
        return {}
    if longitude is None or latitude is None:
        missing = "longitude" if longitude is None else "latitude"
        return {missing: [_("经度和纬度要么都填，要么都不填")]}
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return {"longitude": [_("经度应在 -180 至 180、纬度应在 -90 至 90 之间。")]}
    said: dict[str, Any] = {"longitude": longitude, "latitude": latitude}
    middle = _middle_of(division)
    if middle is None:
        reason = _("位置（%(longitude)s，%(latitude)s）不在中国境内，经度和纬度是否填反了")
        return {} if in_china(longitude, latitude) else {"longitude": [reason % said]}
    assert middle.longitude is not None and middle.latitude is not None
    if max(abs(longitude - middle.longitude), abs(latitude - middle.latitude)) <= FAR_DEGREES:
        return {}
    reason = _("位置（%(longitude)s, %(latitude)s）不在%(where)s附近，经度和纬度是否填反了")
    return {"longitude": [reason % (said | {"where": middle.name})]}


def _middle_of(division: Division) -> Division | None:
    """The smallest division up to the county whose middle is on file."""
    each: Division | None = division
    while each is not None and each.longitude is None:
        each = each.parent if each.level in ("township", "village") else None
    return each


def survey_reasons(surveyed_on: date | None, status: str, on: date) -> Reasons:
    """Why there was no such survey: a day without a licence status or the other way about, or a day that cannot be."""
    if (surveyed_on is None) != (not status):
        missing = "licence_status_at_survey" if surveyed_on else "surveyed_on"
        return {missing: [_("排摸日期和证照情况要么都填，要么都不填")]}
    if surveyed_on is not None and not EARLIEST <= surveyed_on <= on:
        return {"surveyed_on": [_("“%(day)s”不在 %(first)s 至今天之间") % {"day": surveyed_on, "first": EARLIEST}]}
    return {}
