"""Places and names as rows: what each says holds from its day on, until the next begins. Of two of one day the one
recorded later holds. The columns of the institution are what holds at present.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.models import User
from institutions import rules
from institutions.former import Said, held_on, holding, standing
from institutions.models import Division, Institution, Name, Place, scope_code_of
from institutions.moments import EARLIEST, day_of


def check_day(from_on: date, at: datetime) -> None:
    """Raise Invalid (422) unless something can hold from this day on: not in the future, and in this century."""
    if not EARLIEST <= from_on <= day_of(at):
        reason = _("“%(day)s”不在 %(first)s 至今天之间。")
        raise Invalid({"from_on": [reason % {"day": from_on, "first": EARLIEST}]})


def check_in_force(division: Division, on: date) -> None:
    """Raise Invalid (422) when nothing can lie in a division on a day: it is not yet there, or not any more."""
    if reason := rules.in_force_reason(division, on):
        raise Invalid({"division": [reason]})


def check_in_force_while_held(division: Division, from_on: date, held: dict[date, Said], at: datetime) -> None:
    """Raise Invalid (422) unless an institution can lie in a division from a day on until the next place on file
    begins, or today: one that is no more is left on its last day at the latest."""
    check_in_force(division, from_on)
    after = min((day for day in held if day > from_on), default=None)
    check_in_force(division, after - timedelta(days=1) if after else day_of(at))


def is_news(what: Said, held: dict[date, Said], at_present: Said, from_on: date) -> bool:
    """Whether it is not on file that this holds from a day on, and still does.

    Raises Invalid (422) when something else is on file from a later day on: what was typed would not hold at present.
    """
    otherwise = next((day for day, other in held.items() if day > from_on and other != what), None)
    if otherwise is not None:
        reason = _("自 %(day)s 起另有登记，请填这一天或以后。")
        raise Invalid({"from_on": [reason % {"day": otherwise}]})
    return bool(what != held_on(from_on, held, at_present))


class Past:
    """The standing places and names of institutions, read together, and those that are to be written: unsaved until
    `save`. What holds at present is set on the instances, which are not saved here."""

    def __init__(self, institutions: Sequence[Institution]):
        self.new_places: list[Place] = []
        self.new_names: list[Name] = []
        self._places: dict[UUID, list[Place]] = defaultdict(list)
        self._names: dict[UUID, list[Name]] = defaultdict(list)
        if moved := [each.pk for each in institutions if each.moved]:
            places = standing(Place.objects.filter(institution__in=moved)).select_related("division")
            for place in places:
                self._places[place.institution_id].append(place)
        if renamed := [each.pk for each in institutions if each.renamed]:
            for name in standing(Name.objects.filter(institution__in=renamed)):
                self._names[name.institution_id].append(name)

    def held_places(self, institution: Institution) -> dict[date, Said]:
        return holding(self._places.get(institution.pk, []))

    def held_names(self, institution: Institution) -> dict[date, Said]:
        return holding(self._names.get(institution.pk, []))

    def add_place(
        self,
        institution: Institution,
        division: Division,
        address: str,
        *,
        from_on: date,
        by: User | None,
        at: datetime,
    ) -> None:
        """At first also that of the beginning."""
        if not institution.moved:
            self._place(
                institution,
                institution.division,
                institution.operating_address,
                EARLIEST,
                None,
                institution.recorded_at,
            )
        self._place(institution, division, address, from_on, by, at)
        institution.moved = True
        present = self._places[institution.pk][-1]
        institution.division, institution.scope_code = present.division, present.scope_code
        institution.operating_address = present.operating_address

    def add_name(self, institution: Institution, name: str, *, from_on: date, by: User | None, at: datetime) -> None:
        """At first also that of the beginning."""
        if not institution.renamed:
            self._name(institution, institution.name, EARLIEST, None, institution.recorded_at)
        self._name(institution, name, from_on, by, at)
        institution.renamed = True
        institution.name = self._names[institution.pk][-1].name

    def save(self) -> None:
        """Effects: the Place and Name rows."""
        Place.objects.bulk_create(self.new_places)
        Name.objects.bulk_create(self.new_names)

    def _place(
        self, institution: Institution, division: Division, address: str, from_on: date, by: User | None, at: datetime
    ) -> None:
        place = Place(
            institution=institution,
            division=division,
            scope_code=scope_code_of(division.code),
            operating_address=address,
            from_on=from_on,
            recorded_at=at,
            recorded_by=by,
        )
        self.new_places.append(place)
        _put_in_order(self._places[institution.pk], place)

    def _name(self, institution: Institution, said: str, from_on: date, by: User | None, at: datetime) -> None:
        name = Name(institution=institution, name=said, from_on=from_on, recorded_at=at, recorded_by=by)
        self.new_names.append(name)
        _put_in_order(self._names[institution.pk], name)


def _put_in_order(rows: list[Any], row: Any) -> None:
    """By day and moment, as `standing` has them; of the same the one written later is behind."""
    rows.append(row)
    rows.sort(key=lambda each: (each.from_on, each.recorded_at))


def write_place(
    institution: Institution, division: Division, address: str, *, from_on: date, by: User | None, at: datetime
) -> None:
    """Effects: a Place, at first also that of the beginning; on the instance, unsaved, what holds at present."""
    past = Past([institution])
    past.add_place(institution, division, address, from_on=from_on, by=by, at=at)
    past.save()


def write_name(institution: Institution, name: str, *, from_on: date, by: User | None, at: datetime) -> None:
    """Effects: a Name, at first also that of the beginning; on the instance, unsaved, what holds at present."""
    past = Past([institution])
    past.add_name(institution, name, from_on=from_on, by=by, at=at)
    past.save()
