"""案件: one case of the patrol against misconduct (教育乱象专项巡查), what it is about and how it ended."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Left
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.models import SCOPE_DIGITS, Division, Institution
from institutions.moments import Moment
from misconduct.models.recorded import Recorded, RecordedQuerySet, taken_back

COUNTY_DIGITS = 6


class Kind(models.TextChoices):
    """案件类别. Of the 2018 report: the first three; the others from the field's usual lists."""

    PAID_TUTORING = "paid_tutoring", _("有偿补课")
    ILLEGAL_ENROLMENT = "illegal_enrolment", _("违规招生")
    HOLIDAY_TUTORING = "holiday_tutoring", _("暑期违规补课")
    ILLEGAL_FEES = "illegal_fees", _("违规收费")
    FALSE_PUBLICITY = "false_publicity", _("虚假宣传")
    OTHER = "other", _("其他")


# What a school does, not one teacher of it; said of schools by name of the kind in the report.
OF_SCHOOLS = (Kind.ILLEGAL_ENROLMENT, Kind.HOLIDAY_TUTORING, Kind.ILLEGAL_FEES, Kind.FALSE_PUBLICITY)


class Source(models.TextChoices):
    PATROL = "patrol", _("巡查")
    REPORT = "report", _("举报")
    TRANSFER = "transfer", _("移交")


class Result(models.TextChoices):
    CONCLUDED = "concluded", _("查结")
    DISMISSED = "dismissed", _("不予认定")


class State(models.TextChoices):
    ACCEPTED = "accepted", _("受理")
    CONCLUDED = "concluded", _("查结")
    DISMISSED = "dismissed", _("不予认定")


class CaseQuerySet(RecordedQuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(within_prefixes("scope_code", user.prefixes(Permission.SEE_MISCONDUCT)))

    def in_divisions(self, codes: Iterable[str]) -> Self:
        return self.filter(within_prefixes("scope_code", codes))

    def found_at(self, moment: Moment) -> Self:
        """On the ledger at a moment: what it is about was found by the day, and known."""
        about = Statement.objects.known_at(moment).filter(case=OuterRef("pk"), found_on__lte=moment.on)
        return self.known_at(moment).filter(Exists(about))

    def with_what_held(self, moment: Moment) -> Self:
        """What was stated of it, its `state` and `handled_on` at the moment: each under its name with `_then`."""
        stated = Statement.objects.known_at(moment).filter(case=OuterRef("pk"))
        ended = Conclusion.objects.known_at(moment).filter(case=OuterRef("pk"), handled_on__lte=moment.on)
        found = self.annotate(**{f"{name}_then": Subquery(stated.values(name)[:1]) for name in LISTED})
        return found.annotate(
            state_then=Coalesce(Subquery(ended.values("result")[:1]), Value(State.ACCEPTED.value)),
            handled_on_then=Subquery(ended.values("handled_on")[:1]),
        )

    def concluded_at(self, moment: Moment, since: date) -> Self:
        """查结 from `since` to the day, both included, as known at the moment."""
        ended = Conclusion.objects.known_at(moment).filter(result=Result.CONCLUDED)
        return self.known_at(moment).filter(
            Exists(ended.filter(case=OuterRef("pk"), handled_on__range=(since, moment.on)))
        )

    def of_kind(self, kind: str, moment: Moment) -> Self:
        return self.filter(Exists(Statement.objects.known_at(moment).filter(case=OuterRef("pk"), kind=kind)))


class Case(Recorded):
    """案件. Its number, and where it is; what it is about is in its statement, how it ended in its conclusion."""

    number = models.CharField(_("案件编号"), max_length=40)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("辖区"))
    scope_code = models.CharField(_("区划"), max_length=SCOPE_DIGITS)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("案件")
        verbose_name_plural = _("案件")
        ordering = ["number", "id"]
        constraints = [
            *taken_back("misconduct_case"),
            models.CheckConstraint(condition=~Q(number=""), name="misconduct_case_has_a_number"),
            models.UniqueConstraint(
                Left("scope_code", COUNTY_DIGITS),
                "number",
                condition=Q(withdrawn_at__isnull=True),
                name="misconduct_case_number_is_used_once_in_a_county",
            ),
        ]
        indexes = [models.Index(fields=["scope_code"], name="misconduct_case_by_scope")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("misconduct_case", args=[self.pk])

    @property
    def statement(self) -> "Statement":
        """What is stated of it now, of a withdrawn case too: every case has one that stands."""
        return self.statements.standing().select_related("institution").get()

    @property
    def conclusion(self) -> "Conclusion | None":
        return self.conclusions.standing().first()

    @property
    def state(self) -> State:
        ended = self.conclusion
        return State(ended.result) if ended else State.ACCEPTED


LISTED = ("kind", "school", "source", "happened_on", "found_on")


class StatementQuerySet(RecordedQuerySet["Statement"]):
    """Nothing of its own."""


class Statement(Recorded):
    """案情: what a case is about. `note` is read by auditors: no names, no telephones."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="statements", verbose_name=_("案件"))
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    school = models.CharField(_("学校（单位）"), max_length=120)
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="+", verbose_name=_("在册培训机构")
    )
    source = models.CharField(_("来源"), max_length=20, choices=Source)
    happened_on = models.DateField(_("发生日期"))
    found_on = models.DateField(_("受理日期"))
    note = models.CharField(_("案情"), max_length=1000, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("案情")
        verbose_name_plural = _("案情")
        ordering = ["recorded_at", "id"]
        constraints = [
            *taken_back("misconduct_statement"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(withdrawn_at__isnull=True), name="misconduct_case_has_one_statement"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="misconduct_kind_is_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="misconduct_source_is_known"),
            models.CheckConstraint(condition=~Q(school=""), name="misconduct_statement_names_the_school"),
            models.CheckConstraint(
                condition=Q(found_on__gte=F("happened_on")), name="misconduct_is_found_after_it_happened"
            ),
        ]
        indexes = [models.Index(fields=["found_on"], name="misconduct_statement_by_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.school}"


class ConclusionQuerySet(RecordedQuerySet["Conclusion"]):
    """Nothing of its own."""


class Conclusion(Recorded):
    """查结: how a case ended, on which day. One that was ended in error is open again when this is withdrawn."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="conclusions", verbose_name=_("案件"))
    result = models.CharField(_("结果"), max_length=20, choices=Result)
    handled_on = models.DateField(_("查结日期"))
    note = models.CharField(_("说明"), max_length=500, blank=True)

    objects = ConclusionQuerySet.as_manager()

    class Meta:
        verbose_name = _("查结")
        verbose_name_plural = _("查结")
        ordering = ["recorded_at", "id"]
        constraints = [
            *taken_back("misconduct_conclusion"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(withdrawn_at__isnull=True), name="misconduct_case_has_one_conclusion"
            ),
            models.CheckConstraint(condition=Q(result__in=Result.values), name="misconduct_result_is_known"),
        ]
        indexes = [models.Index(fields=["handled_on"], name="misconduct_conclusion_by_day")]

    def __str__(self) -> str:
        return f"{self.get_result_display()} {self.handled_on}"
