"""Divisions are renamed, merged and split from a day on. Their codes stay, and with them who was granted what."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import check_texts, reasons_of
from accounts.models import User
from accounts.scope import is_prefix, within_prefixes
from accounts.watermark import NOW, recorded
from institutions.actions.histories import check_day, check_in_force, write_place
from institutions.former import held_on, holding, standing
from institutions.models import LEVELS, Division, DivisionName, Institution, Place
from institutions.moments import EARLIEST, start_of

MOST_NAME = Division._meta.get_field("name").max_length or 0


@recorded
def rename_division(division: Division, *, by: User | None, name: str, from_on: date, at: datetime = NOW) -> Division:
    """From a day on the division is called so; a report of a day before uses the name of that day.

    Effects: a DivisionName, at first also that of the beginning; the column of the present, an audit row. Raises
    Invalid (422) for a day in the future, no name, or the name on file for the day.
    """
    current = Division.objects.select_for_update().get(pk=division.pk)
    check_day(from_on, at)
    check_texts({"name": name})
    held = {row.from_on: row.name for row in current.names.all()}
    if not name or held_on(from_on, dict(held), current.name) == name:
        raise Invalid({"name": [_("请填写与 %(day)s 当日不同的名称。") % {"day": from_on}]})
    before = audit.snapshot(current)
    if not current.renamed:
        beginning = {"from_on": EARLIEST, "recorded_at": start_of(EARLIEST)}
        DivisionName.objects.create(division=current, name=current.name, **beginning)
    DivisionName.objects.create(division=current, name=name, from_on=from_on, recorded_at=at, recorded_by=by)
    current.name = list(current.names.order_by("from_on", "recorded_at", "pk"))[-1].name
    current.renamed = True
    current.save(update_fields=["name", "renamed"])
    after = audit.snapshot(current) | {"from_on": str(from_on)}
    audit.write("division.renamed", current, by=by, at=at, before=before, after=after)
    return current


@recorded
def merge_division(division: Division, *, by: User | None, into: Division, from_on: date, at: datetime = NOW) -> int:
    """撤并: from a day on the division is no more, and what lay in it lies in another of its level. The number of
    institutions that changed over.

    One that is split goes into one of the new divisions whole; what belongs into another is moved there from the same
    day on, which wins (move_institution). Grants on the code stay where they are: new ones are given.

    Effects: the last day in force of the division and of those below it; of every institution that lay in it on that
    day or later a Place, the columns of the present, the version and an audit row; an audit row of the division.
    Raises Invalid (422) for a day in the future, a division that is no more, or one to go into that is the same, of
    another level or not in force.
    """
    current = Division.objects.select_for_update().get(pk=division.pk)
    check_day(from_on, at)
    if current.in_force_to is not None:
        raise Invalid({"from_on": [_("该区划已于 %(day)s 撤销。") % {"day": current.in_force_to}]})
    if into.pk == current.pk or into.level != current.level:
        raise Invalid({"into": [_("请选同一层级的另一个区划。")]})
    check_in_force(into, from_on)
    if current.in_force_from is not None and current.in_force_from >= from_on:
        raise Invalid({"from_on": [_("该区划于 %(day)s 才设立。") % {"day": current.in_force_from}]})
    changed = sum(_change_over(each, current, into, from_on, by, at) for each in _ever_in(current))
    last_day = from_on - timedelta(days=1)
    ending = Division.objects.filter(within_prefixes("code", [current.code]), in_force_to__isnull=True)
    for each in ending.order_by("code"):
        before = audit.snapshot(each)
        each.in_force_to, each.ended_recorded_at = last_day, at
        each.save(update_fields=["in_force_to", "ended_recorded_at"])
        after = audit.snapshot(each) | {"into": into.code}
        audit.write("division.merged", each, by=by, at=at, before=before, after=after)
    return changed


@recorded
def add_divisions(named: dict[str, str], *, by: User | None, at: datetime = NOW) -> list[Division]:
    """Set divisions up that are not on file: name by code, of any levels together. Those on file stay as they are.

    Effects: the divisions, an audit row for each. Raises Invalid (422), naming the code, for a code that is none, a
    name that is empty or too long, or one whose division above is neither on file nor among them.
    """
    asked = named.keys() | {_above(code) for code in named}
    on_file = set(Division.objects.filter(pk__in=asked).values_list("pk", flat=True))
    wrong = [said for code, name in named.items() if (said := _wrong_with(code, name, on_file | named.keys()))]
    if wrong:
        raise Invalid({"townships": wrong})
    made = []
    for code in sorted(named.keys() - on_file, key=len):
        lies = {"level": LEVELS[len(code)], "parent_id": _above(code) or None}
        division = Division(code=code, name=named[code], begun_recorded_at=at, **lies)
        division.save(force_insert=True)
        audit.write("division.added", division, by=by, at=at, after=audit.snapshot(division), first=True)
        made.append(division)
    return made


def _above(code: str) -> str:
    """ "330382114" -> "330382"; "" for a province."""
    digits = list(LEVELS)
    return code[: digits[digits.index(len(code)) - 1]] if len(code) in digits[1:] else ""


def wrong_code(code: str) -> str:
    """Why this is no division's code, or ""."""
    if len(code) in LEVELS and is_prefix(code):
        return ""
    return _("“%(code)s”不是行政区划代码：省 2 位、市 4 位、县 6 位、乡镇 9 位、村 12 位数字。") % {"code": code}


def _wrong_with(code: str, name: str, there: Collection[str]) -> str:
    if wrong := wrong_code(code):
        return wrong
    if not 0 < len(name) <= MOST_NAME:
        return _("%(code)s 的名称须为 1 至 %(most)s 个字。") % {"code": code, "most": MOST_NAME}
    if reasons_of({"name": name}):
        return _("%(code)s 的名称含身份证号，系统不存身份证号，请删去。") % {"code": code}
    if _above(code) and _above(code) not in there:
        return _("%(code)s 的上级 %(above)s 不在册，请一并填写。") % {"code": code, "above": _above(code)}
    return ""


def _ever_in(division: Division) -> list[Institution]:
    """Institutions that lie in a division or have lain in it, locked; withdrawn and merged ones, too."""
    within = within_prefixes("scope_code", [division.code])
    been = Place.objects.filter(within, withdrawn_at__isnull=True).values("institution")
    found = Institution.objects.filter(within | Q(pk__in=been)).order_by("pk")
    return list(found.select_for_update(of=["self"]).select_related("division"))


def _change_over(
    institution: Institution, old: Division, into: Division, from_on: date, by: User | None, at: datetime
) -> bool:
    """Whether the institution was in `old` on a day from `from_on` on; then it was in `into` instead."""
    held = holding(standing(institution.places)) if institution.moved else {}
    first = held_on(from_on, held, (institution.division_id, institution.operating_address))
    instead = {from_on: first} | {day: place for day, place in held.items() if day > from_on}
    instead = {day: place for day, place in instead.items() if place[0].startswith(old.code)}
    if not instead:
        return False
    before = audit.snapshot(institution)
    for day, (_code, address) in instead.items():
        write_place(institution, into, address, from_on=day, by=by, at=at)
    institution.version += 1
    institution.save()
    after = audit.snapshot(institution) | {"from_on": str(from_on)}
    audit.write(
        "institution.moved", institution, by=by, at=at, before=before, after=after, scope_code=institution.scope_code
    )
    return True
