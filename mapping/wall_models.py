"""挂图屏: screens that go on showing the wall without anybody's session."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission


class WallPassQuerySet(models.QuerySet["WallPass"]):
    def standing(self, at: datetime) -> "WallPassQuerySet":
        """Neither ended by hand nor run out; whether the account still lets them in says `opens`."""
        return self.filter(ended_at__isnull=True, expires_at__gt=at)


class WallPass(models.Model):
    """A screen that somebody opened: until it ends it reads the map as that account would, and nothing else
    (docs/adr/0064-a-wall-outlives-its-session.md). Of its secret only the SHA-256 is kept."""

    LONGEST_NAME = 40

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="wall_passes", verbose_name=_("开启人"))
    name = models.CharField(_("屏幕"), max_length=LONGEST_NAME)
    secret_sha256 = models.CharField(max_length=64)
    session_hash = models.CharField(max_length=160)
    opened_at = models.DateTimeField(_("开启时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    objects = WallPassQuerySet.as_manager()

    class Meta:
        verbose_name = _("挂图屏")
        verbose_name_plural = _("挂图屏")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("opened_at")), name="wall_pass_runs_out_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("opened_at")),
                name="wall_pass_ends_after_it_opens",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="wall_pass_names_its_screen"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_code(self) -> str:
        return self.user.home_prefix.ljust(12, "0") if self.user.home_prefix else ""

    def opens(self, at: datetime) -> bool:
        """Whether the screen still shows anything: not ended, not run out, and the account as it was: in force, with a
        division, its password and second factor not changed since."""
        if self.ended_at is not None or self.expires_at <= at or not self.user.is_active:
            return False
        return self.session_hash == self.user.get_session_auth_hash() and bool(self.user.prefixes(Permission.SEE))
