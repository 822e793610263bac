from datetime import date
from typing import Any

from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CharField, F, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Left
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from accounts.audit_words import action_in_words
from accounts.put_once import put_once
from accounts.roles import ROLES, Permission, Role
from accounts.scope import is_prefix, within_prefixes


class User(AbstractUser):
    """Somebody who signs in. What they may see and do, and where, is in their grants."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=50, blank=True)
    must_change_password = models.BooleanField(_("下次登录须更改密码"), default=False)
    session_generation = models.PositiveIntegerField(_("会话代次"), default=0)  # raised to end every session

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is checked by at each request: it ends with the password, and with its generation."""
        of_password: str = super()._get_session_auth_hash(secret=secret)
        return f"{of_password}.{self.session_generation}" if self.session_generation else of_password

    @cached_property
    def grants_in_force(self) -> list["Grant"]:
        """Grants of today (Asia/Shanghai), read once for each request; none for a disabled account."""
        return _grants_of(self.pk, timezone.localdate()) if self.is_active else []

    def prefixes(self, permission: Permission = Permission.SEE) -> list[str]:
        """Division prefixes in which this user holds `permission`, shortest first.

        Never raises: a grant whose prefix is none (they are checked when they are saved) shows nothing.
        """
        granted = [grant for grant in self.grants_in_force if is_prefix(grant.division_prefix)]
        held = {grant.division_prefix for grant in granted if permission in ROLES[grant.role]}
        return sorted(held, key=lambda prefix: (len(prefix), prefix))

    @property
    def home_prefix(self) -> str:
        """The widest division this user sees; "" when none."""
        return next(iter(self.prefixes()), "")

    @cached_property
    def may_administer(self) -> bool:
        """Whether the administration opens: by an admin grant in force.

        The first account of an installation is a superuser (`createsuperuser`) and gives the first grants: it may
        enter until it has an admin grant itself. From then on the days of that grant decide.
        """
        if any(grant.role == Role.ADMIN for grant in self.grants_in_force):
            return True
        return self.is_active and self.is_superuser and not self.grants.filter(role=Role.ADMIN).exists()

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Django's own permissions are asked for by the administration's pages only: all or none of them."""
        return self.may_administer

    def has_module_perms(self, app_label: str) -> bool:
        return self.may_administer


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, on: date) -> "GrantQuerySet":
        return self.filter(Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on))


class Grant(models.Model):
    """A role in a division from a day to a day (both included)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name=_("用户"))
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    division_prefix = models.CharField(
        _("行政区划代码前缀"),
        max_length=12,
        blank=True,
        validators=[
            RegexValidator(
                r"^(?!9+\Z)[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?\Z",
                _("“%(value)s”不是行政区划代码：应为 2、4、6、9 或 12 位半角数字。"),
            )
        ],
        help_text=_("例：330382（县）、330382114（乡镇）。系统管理员留空。"),
    )
    valid_from = models.DateField(_("生效日"), default=timezone.localdate)
    valid_to = models.DateField(_("截止日"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("授权")
        verbose_name_plural = _("授权")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="grant_role_is_known"),
            models.CheckConstraint(
                condition=~Q(division_prefix="") | Q(role=Role.ADMIN),
                name="grant_names_a_division_unless_admin",
                violation_error_message=_("除管理员外，授权须指明区划。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="grant_ends_after_it_begins",
                violation_error_message=_("授权的截止日早于起始日。"),
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, [str(self.user), self.get_role_display(), self.division_prefix]))

    def clean(self) -> None:
        """The division is on file. Divisions are kept one room above: the model is asked for by its name."""
        code = self.division_prefix
        if is_prefix(code) and not apps.get_model("institutions.Division").objects.filter(code=code).exists():
            unknown = gettext("没有代码为“%(code)s”的行政区划。") % {"code": code}
            raise ValidationError({"division_prefix": unknown})


ACCOUNT, GRANT, LOCK = "accounts.user", "accounts.grant", "axes.accessattempt"
WIDE_DIGITS = 4  # a province or a city: most of what a database holds


@put_once
def _grants_of(user_pk: int, on: date) -> "QuerySet[Grant]":
    return Grant.objects.filter(user=user_pk).in_force(on)


class AuditRowQuerySet(models.QuerySet["AuditRow"]):
    """Who reads which row (docs/adr/0021-who-reads-the-audit-trail.md): what lies in a division is read by who audits
    there; what lies in none is about accounts, or is everybody's."""

    def parts_for(self, prefixes: list[str], *, shared: bool = True) -> list["AuditRowQuerySet"]:
        """What an auditor of these divisions reads, in two parts that have no row in common: each is found in its own
        way, where one condition for both would make a database walk the whole trail. First what lies in a division.

        `shared`: with what concerns no division, or every one.
        """
        return [self._of_divisions(prefixes), self._of_no_division(prefixes, shared=shared)] if prefixes else []

    def _of_divisions(self, prefixes: list[str]) -> "AuditRowQuerySet":
        """Rows of a province or a city are most of all there are: found by walking back in time, which an index of
        scope would only put off by sorting them. Those of a county or a township are found by that index."""
        wide = [prefix for prefix in prefixes if len(prefix) <= WIDE_DIGITS]
        lies_there = within_prefixes("scope_code", [prefix for prefix in prefixes if prefix not in wide])
        first: dict[str, Left] = {}
        for digits in {len(prefix) for prefix in wide}:
            first[f"first_{digits}"] = Left("scope_code", digits)
            lies_there |= Q(**{f"first_{digits}__in": wide})
        return self.alias(**first).filter(lies_there)

    def _of_no_division(self, prefixes: list[str], *, shared: bool) -> "AuditRowQuerySet":
        """Of accounts that have, or had, a grant in these divisions: rows about them, their grants and their locks.

        An account of one division has that one's scope: here are those of several, and rows of earlier releases.
        `shared`: also of administrators and of accounts that nobody granted anything, and what is everybody's.
        """
        accounts = _accounts_of(prefixes, shared=shared)
        grants = _as_text(Grant.objects.filter(user__in=accounts), "pk")
        read = Q(object_type=ACCOUNT, object_id__in=_as_text(accounts, "pk"))
        read |= Q(object_type=GRANT, object_id__in=grants)
        read |= Q(object_type=GRANT, taken_from__in=_as_text(accounts, "pk"))
        read |= Q(object_type=LOCK, locked__in=accounts.values("username"))
        if shared:
            read |= Q(object_type=LOCK) & ~Q(locked__in=User.objects.values("username"))
            read |= ~Q(object_type__in=[ACCOUNT, GRANT, LOCK])
        kept = {"taken_from": Cast(KT("before__user_id"), CharField()), "locked": KT("before__username")}
        return self.filter(scope_code="").alias(**kept).filter(read)


def _accounts_of(prefixes: list[str], *, shared: bool) -> QuerySet[User]:
    """Accounts that have, or had, a grant in these divisions; with `shared` also administrators, and accounts that
    nobody has granted anything."""
    concerned = within_prefixes("division_prefix", prefixes)
    if not shared:
        return User.objects.filter(pk__in=Grant.objects.filter(concerned).values("user"))
    granted = Grant.objects.filter(concerned | Q(division_prefix="")).values("user")
    return User.objects.filter(Q(pk__in=granted) | ~Q(pk__in=Grant.objects.values("user")))


def _as_text(rows: QuerySet[Any], column: str) -> QuerySet[Any, str]:
    """A column as `object_id` is kept."""
    return rows.annotate(as_text=Cast(column, CharField())).values("as_text")


class AuditRow(models.Model):
    """Who changed what, when, from what to what. Append-only: a trigger refuses update and delete."""

    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人"), db_index=False)
    action = models.CharField(_("操作"), max_length=60)
    object_type = models.CharField(_("对象"), max_length=60)
    object_id = models.CharField(_("编号"), max_length=64)
    scope_code = models.CharField(_("区划"), max_length=12, blank=True)
    before = models.JSONField(_("原值"), null=True)
    after = models.JSONField(_("新值"), null=True)
    digest = models.CharField(_("校验码"), max_length=64)

    objects = AuditRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="audit_by_object"),
            models.Index(fields=["scope_code", "at", "id"], name="audit_by_scope"),
            models.Index(fields=["at", "id"], name="audit_by_time"),
            models.Index(fields=["by", "at", "id"], name="audit_by_person"),
            models.Index(fields=["action", "at", "id"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {action_in_words(self.action)}"


class FailedSignIn(AccessAttempt):
    """What django-axes counts, under a name that an administrator understands. The audit trail knows it by its own."""

    class Meta:
        proxy = True
        verbose_name = _("登录失败")
        verbose_name_plural = _("登录失败与锁定")
        ordering = ["-attempt_time"]

    def __str__(self) -> str:
        return f"{self.username} · {self.ip_address}"


class ApiToken(AuthToken):
    """What django-rest-knox keeps of a token, under a name that an administrator understands."""

    class Meta:
        proxy = True
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.user} · {self.token_key}"
