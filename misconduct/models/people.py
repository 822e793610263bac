"""当事人 and 处理措施: who is concerned in a case, and what was done about each of them."""

import uuid
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.moments import Moment
from misconduct.models.cases import Case, Statement
from misconduct.models.recorded import Recorded, RecordedQuerySet, taken_back


class MeasureKind(models.TextChoices):
    """处理措施, in the order in which a report says them."""

    DISCIPLINED = "disciplined", _("党政纪处分")
    TRANSFERRED = "transferred", _("组织调离")
    DISMISSED = "dismissed", _("解聘")
    REMOVED = "removed", _("免职")
    ADMONISHED = "admonished", _("诫勉谈话")
    CRITICISED = "criticised", _("通报批评")
    OTHER = "other", _("其他处理")


def masked_name(name: str) -> str:
    """甲*: the first character, as of a principal."""
    return name[:1] + "*" * max(1, len(name) - 1)


class Person(models.Model):
    """当事人: somebody concerned in one case or in several, counted once. Neither changed nor deleted; known by no
    number of theirs: whether two of one name are one person is decided by who records them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("姓名"), max_length=40)
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("登记人"))

    class Meta:
        verbose_name = _("当事人")
        verbose_name_plural = _("当事人")
        ordering = ["recorded_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="misconduct_person_has_a_name")]
        indexes = [models.Index(fields=["name"], name="misconduct_person_by_name")]

    def __str__(self) -> str:
        return masked_name(self.name)


class PartyQuerySet(RecordedQuerySet["Party"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(within_prefixes("case__scope_code", user.prefixes(Permission.SEE_MISCONDUCT)))

    def with_school(self, moment: Moment) -> Self:
        """`school_then`, as it was stated of the case."""
        stated = Statement.objects.known_at(moment).filter(case=OuterRef("case"))
        return self.annotate(school_then=Subquery(stated.values("school")[:1]))


class Party(Recorded):
    """Somebody's part in a case, with the post they held then."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties", db_index=False, verbose_name=_("案件"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="parties", verbose_name=_("当事人"))
    post = models.CharField(_("职务"), max_length=60, blank=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("涉案当事人")
        verbose_name_plural = _("涉案当事人")
        ordering = ["recorded_at", "id"]
        constraints = [
            *taken_back("misconduct_party"),
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=Q(withdrawn_at__isnull=True),
                name="misconduct_person_is_in_a_case_once",
            ),
        ]
        indexes = [models.Index(fields=["case", "person"], name="misconduct_party_by_case")]

    def __str__(self) -> str:
        return str(self.person)


class MeasureQuerySet(RecordedQuerySet["Measure"]):
    def decided_at(self, moment: Moment) -> Self:
        """Decided by the day, as known at the moment."""
        return self.known_at(moment).filter(decided_on__lte=moment.on)


class Measure(Recorded):
    """处理措施 about one person in one case. A person may have several, and is counted once for each kind."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="measures", db_index=False, verbose_name=_("当事人"))
    kind = models.CharField(_("处理措施"), max_length=20, choices=MeasureKind)
    decided_on = models.DateField(_("决定日期"))
    document = models.CharField(_("文号"), max_length=60, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("处理措施")
        verbose_name_plural = _("处理措施")
        ordering = ["decided_on", "recorded_at", "id"]
        constraints = [
            *taken_back("misconduct_measure"),
            models.UniqueConstraint(
                fields=["party", "kind", "decided_on", "document"],
                condition=Q(withdrawn_at__isnull=True),
                name="misconduct_measure_is_recorded_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=MeasureKind.values), name="misconduct_measure_is_known"),
        ]
        indexes = [models.Index(fields=["party", "kind"], name="misconduct_measure_by_party")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.decided_on}"
