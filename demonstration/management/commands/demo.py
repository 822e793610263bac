from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Grant, User
from accounts.roles import Role
from accounts.watermark import recording
from demonstration import bulk, patrol, yueqing
from figures import keeping
from inspections.actions.oddities import all_worked_out_again
from inspections.models import Rectification
from institutions.models import Demonstration, Division, Institution
from institutions.moments import today

PASSWORD = "yueqing-demo-2018"  # noqa: S105 (published: it opens synthetic data only)
ACCOUNTS = {
    "inspector": ("巡查员一", Role.INSPECTOR, "330382114"),
    "inspector2": ("巡查员二", Role.INSPECTOR, "330382"),
    "taskforce": ("专班一", Role.TASK_FORCE, "330382"),
    "taskforce2": ("专班二", Role.TASK_FORCE, "330382"),
    "supervisor": ("领导一", Role.SUPERVISOR, "3303"),
    "auditor": ("审计一", Role.AUDITOR, "3303"),
    "admin": ("管理员", Role.ADMIN, ""),
}


class Command(BaseCommand):
    help = "Load the synthetic demonstration of Yueqing, once; refuses on a database that holds other data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there is any data; refuse with HTTPS=on"
        )
        parser.add_argument("--day", type=date.fromisoformat, help="the day it is loaded for, default today")

    def handle(self, *args: Any, **options: Any) -> None:
        held = User.objects.exists() or Institution.objects.exists()
        loaded = Demonstration.objects.exists()
        if options["if_empty"] and settings.HTTPS and (loaded or not held):
            raise CommandError(
                _(
                    "HTTPS=on 是给正式系统的：演示数据的账号和密码是公开的，不能放到网上。"
                    "正式系统请用 make bureau 启动；只是试用的，去掉 HTTPS=on。"
                )
            )
        if loaded:
            self.stdout.write(f"The demonstration is already loaded; nothing was changed.\n{_who_may_sign_in()}")
            return
        if held and options["if_empty"]:
            self.stdout.write("The database holds data; the demonstration was not loaded.")
            return
        if held:
            raise CommandError("This database holds other data: the demonstration is only loaded into an empty one.")
        day = options["day"] or today()
        if day > today():
            raise CommandError(f"--day {day} is in the future; today is {today()}.")
        with recording() as at:
            people = _accounts()
            written = yueqing.write(people, day)
            patrol.write(people.taskforce)
            row = Demonstration.objects.create(loaded_on=day, division=Division.objects.get(pk=yueqing.COUNTY))
            audit.write("demonstration.loaded", row, by=None, after={"institutions": written}, at=at)
            questions = sum(new for _visits, new, _gone in all_worked_out_again())
            keeping.rebuild()  # what is loaded became known long before
        bulk.analyze()
        self.stdout.write(
            f"Demonstration loaded: {written} institutions, {Rectification.objects.count()} rectifications, "
            f"{questions} questions about visits (疑点)."
            f"\n{_who_may_sign_in()}"
        )


def _who_may_sign_in() -> str:
    """The accounts with role and division, one a line, and their password."""
    places = Division.objects.in_bulk([prefix for _, _, prefix in ACCOUNTS.values()])
    lines = [
        f"  {username:<12}{role.label} {places[prefix].name if prefix else ''}".rstrip()
        for username, (_, role, prefix) in ACCOUNTS.items()
    ]
    return "\n".join([f"Demonstration accounts (password {PASSWORD}):", *lines])


def _accounts() -> yueqing.People:
    users = {}
    for username, (name, role, prefix) in ACCOUNTS.items():
        user = User(username=username, name=name, is_staff=role == Role.ADMIN, is_superuser=role == Role.ADMIN)
        user.set_password(PASSWORD)
        user.save()
        Grant.objects.create(user=user, role=role, division_prefix=prefix, valid_from=date(2018, 1, 1))
        users[username] = user
    names = ("inspector", "inspector2", "taskforce", "taskforce2", "supervisor")
    return yueqing.People(*(users[name] for name in names))
