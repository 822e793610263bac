"""A report from its beginning to its handing over: what is worked on, and what was submitted, kept by value."""

import json
import uuid
from collections.abc import Iterator

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.models import SCOPE_DIGITS, Division
from reports.annex import AnnexRow
from reports.files import kept_file
from reports.printed import Printed


class Period(models.TextChoices):
    WEEK = "week", _("周报")
    HALF_MONTH = "half_month", _("半月报")
    MONTH = "month", pgettext_lazy("period", "月报")  # one report; the page of that name has all of them
    ANY = "any", _("任意时段")


class State(models.TextChoices):
    DRAFT = "draft", _("编制中")
    SUBMITTED = "submitted", _("待审批")
    APPROVED = "approved", _("已批准")
    HANDED_OVER = "handed_over", _("已报送")
    DISCARDED = "discarded", _("已作废")


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> "ReportQuerySet":
        """Those of divisions that the user sees whole."""
        return self.filter(within_prefixes("scope_code", user.prefixes(Permission.SEE)))

    def standing(self) -> "ReportQuerySet":
        return self.exclude(state=State.DISCARDED)

    def waiting_for(self, user: User) -> "ReportQuerySet":
        """What somebody is to do next: approve what others submitted; write again what was sent back, look at what was
        prepared by itself, hand over what is approved. Each `with` the kind, note and moment of its last event."""
        approves, prepares = (
            within_prefixes("scope_code", user.prefixes(each))
            for each in (Permission.APPROVE_REPORT, Permission.PREPARE_REPORT)
        )
        last = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-sequence")
        own = ReportEvent.objects.filter(report=OuterRef("pk"), by=user, kind__in=ReportEvent.PREPARING)
        found = self.standing().annotate(
            last_kind=Subquery(last.values("kind")[:1]),
            last_note=Subquery(last.values("note")[:1]),
            last_at=Subquery(last.values("recorded_at")[:1]),
        )
        prepared = Q(begun_by=None, last_kind=ReportEvent.Kind.BEGUN)
        to_write = Q(state=State.DRAFT) & (prepared | Q(last_kind=ReportEvent.Kind.SENT_BACK))
        return found.filter(
            Q(state=State.SUBMITTED) & approves & ~Exists(own) | (Q(state=State.APPROVED) | to_write) & prepares
        )

    def newest_first(self) -> "ReportQuerySet":
        return self.order_by("-as_of", "scope_code", "-begun_at", "pk")


class Report(models.Model):
    """One report of a division for a period: from the day after `before` to `as_of`, both ends included.

    `state` is a cache of the events. `draft` is what is being written, as JSON (reports/drafts.py); `version` counts
    its savings, so that two clerks do not overwrite each other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="reports", verbose_name=_("辖区"))
    scope_code = models.CharField(max_length=SCOPE_DIGITS, editable=False)
    period = models.CharField(_("周期"), max_length=10, choices=Period)
    as_of = models.DateField(_("截至日期"))
    before = models.DateField(_("上期截至日期"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    draft = models.TextField(_("草稿"))
    begun_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("编制人"))
    begun_at = models.DateTimeField(_("开始时间"))

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("报告")
        verbose_name_plural = _("报告")
        ordering = ["-as_of", "scope_code", "begun_at"]
        constraints = [
            models.CheckConstraint(condition=Q(period__in=Period.values), name="report_period_is_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="report_state_is_known"),
            models.CheckConstraint(condition=Q(before__lt=F("as_of")), name="report_period_has_days"),
            models.CheckConstraint(
                condition=models.lookups.Exact(Length("scope_code"), SCOPE_DIGITS),
                name="report_scope_code_has_12_characters",
            ),
            models.UniqueConstraint(
                fields=["division", "as_of", "before"],
                condition=~Q(state="discarded"),
                name="report_of_a_period_is_one",
            ),
        ]
        indexes = [models.Index(fields=["scope_code", "-as_of"], name="report_in_list_order")]

    def __str__(self) -> str:
        return f"{self.division_id} {self.before}–{self.as_of}"

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.pk])

    @cached_property
    def last_version(self) -> "ReportVersion | None":
        return self.versions.select_related("submitted_by").last()

    @property
    def state_if_given_up(self) -> str:
        """What a draft becomes that is given up: discarded; what the report was, where it is the correction of an
        approved version and nothing was submitted since; "" where it cannot be given up."""
        kinds = [ReportEvent.Kind.SUBMITTED, ReportEvent.Kind.APPROVED, ReportEvent.Kind.HANDED_OVER]
        last = self.events.filter(kind__in=kinds).order_by("-sequence").values_list("kind", flat=True).first()
        return {None: State.DISCARDED, "approved": State.APPROVED, "handed_over": State.HANDED_OVER}.get(last, "")

    @property
    def hands(self) -> set[int]:
        """Who began, wrote, explained or submitted: none of them approves."""
        kinds = ReportEvent.PREPARING
        return {by for by in self.events.filter(kind__in=kinds).values_list("by", flat=True) if by is not None}


class ReportVersionQuerySet(models.QuerySet["ReportVersion"]):
    def with_approvals(self) -> "ReportVersionQuerySet":
        """Each with `is_approved`, and `is_replaced`: by a later one that is. What nobody approved replaces none."""
        approved = ReportEvent.objects.filter(kind=ReportEvent.Kind.APPROVED, report=OuterRef("report"))
        later = approved.filter(version__number__gt=OuterRef("number"))
        return self.annotate(is_approved=Exists(approved.filter(version=OuterRef("pk"))), is_replaced=Exists(later))


class ReportVersion(models.Model):
    """What was submitted, kept by value. Append-only: page, files and forms are made of `content` and of its files.

    `known_at` is K, the cut at which it was counted. `audit_head` is the digest of the last row of the audit trail
    then: a trail that was rewritten since does not lead to it. From the second on, `replaces` says which and `reason`
    why.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField(_("版次"))
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    reason = models.CharField(_("更正原因"), max_length=300, blank=True)
    known_at = models.DateTimeField(_("以何时所知为准"))
    content = models.TextField(_("内容"))
    sha256 = models.CharField(max_length=64)
    template_sha256 = models.CharField(max_length=64, blank=True)
    audit_head = models.CharField(max_length=64, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提交人"))
    submitted_at = models.DateTimeField(_("提交时间"))

    objects = ReportVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("报告版本")
        verbose_name_plural = _("报告版本")
        ordering = ["report_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_has_its_own_number"),
            models.CheckConstraint(
                condition=Q(number=1, replaces__isnull=True, reason="")
                | Q(number__gt=1, replaces__isnull=False) & ~Q(reason=""),
                name="report_version_says_what_it_replaces_and_why",
            ),
            models.CheckConstraint(
                condition=Q(known_at__lte=F("submitted_at")), name="report_version_knows_no_more_than_when_submitted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("report_version", args=[self.report_id, self.number])

    @cached_property
    def printed(self) -> Printed:
        return Printed.from_json(self.content, self.annex)

    def annex(self) -> Iterator[AnnexRow]:
        """The institutions that it counts."""
        return (row for row in self.rows() if row["figures"])

    def rows(self) -> Iterator[AnnexRow]:
        """What is kept with it (`kept_rows`), read from its file one by one."""
        file = self.files.get(kind=ReportFile.Kind.ANNEX)
        with kept_file(file.sha256).open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


class ReportFile(models.Model):
    """A file made when a version was submitted, under DATA_DIR by its SHA-256. Append-only."""

    class Kind(models.TextChoices):
        ANNEX = "annex", _("机构名单（JSON 行）")
        DOCX = "docx", "Word"
        XLSX = "xlsx", "Excel"
        PDF = "pdf", "PDF"

    version = models.ForeignKey(ReportVersion, models.PROTECT, related_name="files", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("字节数"))
    name = models.CharField(_("文件名"), max_length=200)

    class Meta:
        verbose_name = _("报告文件")
        verbose_name_plural = _("报告文件")
        ordering = ["version_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "kind"], name="report_version_has_one_file_of_a_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=["annex", "docx", "xlsx", "pdf"]), name="report_file_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReportEvent(models.Model):
    """One step of a report's life, as it happened. Append-only."""

    class Kind(models.TextChoices):
        BEGUN = "begun", _("开始编制")
        EDITED = "edited", _("编辑")  # once for each person and version: who had a hand in it
        EXPLAINED = "explained", _("说明矛盾")
        SUBMITTED = "submitted", _("提交审批")
        WITHDRAWN = "withdrawn", _("撤回提交")
        SENT_BACK = "sent_back", _("退回修改")
        APPROVED = "approved", _("批准")
        HANDED_OVER = "handed_over", _("报送")
        CORRECTED = "corrected", _("开始更正")
        DISCARDED = "discarded", _("作废草稿或放弃更正")

    PREPARING = ["begun", "edited", "explained", "submitted", "corrected"]

    report = models.ForeignKey(Report, models.PROTECT, related_name="events", db_index=False)
    version = models.ForeignKey(ReportVersion, models.PROTECT, null=True, related_name="events")
    sequence = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("事项"), max_length=12, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人"))
    happened_on = models.DateField(_("发生日期"))
    recorded_at = models.DateTimeField(_("登记时间"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    handed_to = models.CharField(_("报送给"), max_length=120, blank=True)
    handed_by = models.CharField(_("报送方式"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("报告记录")
        verbose_name_plural = _("报告记录")
        ordering = ["report_id", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["report", "sequence"], name="report_event_has_its_own_place"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "begun", "edited", "explained", "submitted", "withdrawn", "sent_back", "approved",
                        "handed_over", "corrected", "discarded",
                    ]
                ),
                name="report_event_kind_is_known",
            ),
            models.CheckConstraint(condition=Q(kind="begun") | Q(by__isnull=False), name="report_event_says_who"),
            models.CheckConstraint(
                condition=~Q(kind__in=["withdrawn", "sent_back", "corrected"]) | ~Q(note=""),
                name="report_event_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(kind="handed_over") | ~Q(handed_to="") & ~Q(handed_by=""),
                name="report_event_says_to_whom_it_was_handed",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["submitted", "withdrawn", "sent_back", "approved", "handed_over"])
                | Q(version__isnull=False),
                name="report_event_names_its_version",
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(kind="approved"), name="report_version_is_approved_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.report_id} {self.sequence} {self.kind}"


class ReportExplanation(models.Model):
    """Why a contradiction is none, in somebody's words. Append-only: the last of a code counts, as long as the
    institutions are those that it was written for (`digest`)."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="explanations")
    code = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    text = models.CharField(_("说明"), max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("说明人"))
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("矛盾说明")
        verbose_name_plural = _("矛盾说明")
        ordering = ["report_id", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="report_explanation_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.code}"
