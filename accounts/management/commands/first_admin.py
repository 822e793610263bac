import getpass
import sys
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.actions import first_administrator
from accounts.id_numbers import reasons_of
from accounts.models import Grant, User
from accounts.roles import Role

EASY_TO_READ = "abcdefghjkmnpqrstuvwxyz23456789"  # no i, l, o, 0, 1


class Command(BaseCommand):
    help = (
        "Make the first administrator of a system: an account with an admin grant. Asks for the password. "
        "Refuses where the demonstration is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="the person's name, shown in place of the user name")
        parser.add_argument(
            "--generate", action="store_true", help="print a password, to be changed at the first sign-in"
        )
        parser.add_argument("--again", action="store_true", help="although there is an administrator already")
        parser.add_argument("--if-none", action="store_true", help="do nothing when there is one")

    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_the_demonstration()
        if options["if_none"] and _administrator():
            return
        user = User(username=options["username"], name=options["name"])
        _refuse(user, again=options["again"])
        password = get_random_string(16, EASY_TO_READ) if options["generate"] else _asked(user)
        first_administrator(user.username, password, name=user.name, must_change=options["generate"])
        said = _("已建立系统管理员“%(user)s”。登录后按“开始使用”一步一步做。")
        self.stdout.write(said % {"user": user.username})
        if options["generate"]:
            self.stdout.write(_("初始密码（只显示这一次，首次登录须更改）：%(password)s") % {"password": password})


def _administrator() -> Grant | None:
    in_force = Grant.objects.in_force(timezone.localdate())
    return in_force.filter(role=Role.ADMIN, user__is_active=True).select_related("user").first()


def _refuse_the_demonstration() -> None:
    """Its accounts have a published password. It is kept one room above: the model is asked for by its name."""
    if apps.get_model("institutions.Demonstration").objects.exists():
        raise CommandError(
            _(
                "这个数据库（DATA_DIR=%(place)s）里是演示数据，它的账号和密码是公开的，不能当作正式系统。"
                "正式系统的目录请写在命令前面（例如 DATA_DIR=bureau），或写进 .env；还没有的，"
                "另用一个空目录，例如 make bureau DATA_DIR=bureau。"
            )
            % {"place": settings.DATA_DIR}
        )


def _refuse(user: User, *, again: bool) -> None:
    if User.objects.filter(username=user.username).exists():
        taken = _("用户名“%(user)s”已经有了，请换一个：manage.py first_admin 用户名 --generate。")
        raise CommandError(taken % {"user": user.username})
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as problem:
        raise CommandError(" ".join(problem.messages)) from None
    if reasons := reasons_of({"username": user.username, "name": user.name}):
        raise CommandError("".join(reason for told in reasons.values() for reason in told))
    there = _administrator()
    if there and not again:
        raise CommandError(
            _("已有系统管理员“%(user)s”，其他账号由其在“管理”中建立。确需再建一个（如其密码遗失），请加 --again。")
            % {"user": there.user.username}
        )


def _asked(user: User) -> str:
    """The password, typed twice at a terminal."""
    if not sys.stdin.isatty():
        raise CommandError(_("这里不是终端，无法输入密码。请加 --generate 生成一个。"))
    password = getpass.getpass(_("密码："))
    if password != getpass.getpass(_("再输入一次：")):
        raise CommandError(_("两次输入的密码不同，没有建立账号。"))
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise CommandError(" ".join(problem.messages)) from None
    return password
