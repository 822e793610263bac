"""What has changed since a phone took its list: read off the audit trail, for nothing is written without a row there,
and off the calendar."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import AuditRow, User
from accounts.scope import within_prefixes
from inspections.models import Rectification, Visit
from institutions.models import Institution, Licence, Merge
from institutions.moments import Moment, day_of

MOST_CHANGES = 5000  # rows of the trail; beyond that everything is sent
INSTITUTION = "institutions.institution"
OF_ITS = {"institutions.licence": Licence, "inspections.visit": Visit, "inspections.rectification": Rectification}


class Base:
    """What `user` was given of `divisions` at the moment `since`."""

    def __init__(self, user: User, divisions: Sequence[str], since: datetime):
        self.user, self.divisions, self.since = user, list(divisions), since
        self.moment = Moment(day_of(since), since)

    @cached_property
    def members(self) -> set[UUID]:
        """Who was on the register there, as known then."""
        then = Institution.objects.in_divisions(self.divisions, self.moment).registered_at(self.moment)
        return set(then.order_by().values_list("pk", flat=True))

    def changed(self, standing: set[UUID], now: Moment) -> set[UUID]:
        """Of those that stand there now the ones that are new there or otherwise; all of them where the user's own
        grants have changed, or more than can be gone through."""
        merges = Merge.objects.filter(into__in=standing).values_list("merged", "into", "merged__scope_code")
        listed = list(merges)
        rows = self._written([*self.divisions, *(scope_code for _merged, _into, scope_code in listed)])
        if self._granted_otherwise() or len(rows) > MOST_CHANGES:
            return standing
        touched = self._institutions_of(rows) | self._by_the_calendar(now)
        touched |= {into for merged, into, _scope_code in listed if merged in touched}
        return (standing - self.members) | (touched & standing)

    def _written(self, prefixes: Iterable[str]) -> list[tuple[str, str]]:
        rows = AuditRow.objects.filter(
            within_prefixes("scope_code", prefixes), at__gt=self.since, object_type__in=[INSTITUTION, *OF_ITS]
        )
        return list(rows.order_by().values_list("object_type", "object_id").distinct()[: MOST_CHANGES + 1])

    def _institutions_of(self, rows: list[tuple[str, str]]) -> set[UUID]:
        found = {UUID(pk) for kind, pk in rows if kind == INSTITUTION}
        for kind, model in OF_ITS.items():
            pks = [pk for of_kind, pk in rows if of_kind == kind]
            its: QuerySet[Any] = model._default_manager.filter(pk__in=pks)
            found |= set(its.order_by().values_list("institution", flat=True))
        return found

    def _by_the_calendar(self, now: Moment) -> set[UUID]:
        """What a new day brings by itself: a round becomes overdue, a licence begins or ends."""
        then, yesterday = self.moment.on, now.on - timedelta(days=1)
        due = Rectification.objects.open().filter(next_due_on__range=(then, yesterday))
        begun = Q(valid_from__gt=then, valid_from__lte=now.on)
        ended = Q(valid_to__range=(then, yesterday)) | Q(revoked_on__gt=then, revoked_on__lte=now.on)
        there = within_prefixes("institution__scope_code", self.divisions)
        found = set(due.filter(there).order_by().values_list("institution", flat=True))
        return found | set(Licence.objects.filter(begun | ended, there).values_list("institution", flat=True))

    def _granted_otherwise(self) -> bool:
        """A grant of the user was given, taken or changed since, or a day began or ended one."""
        grants = [str(pk) for pk in self.user.grants.values_list("pk", flat=True)]
        then = {grant.pk for grant in self.user.grants.in_force(self.moment.on)}
        if then != {grant.pk for grant in self.user.grants_in_force}:
            return True
        written = Q(object_id__in=grants) | Q(before__user_id=self.user.pk)
        return AuditRow.objects.filter(written, object_type="accounts.grant", at__gt=self.since).exists()
