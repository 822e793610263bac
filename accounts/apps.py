from collections.abc import Callable, Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts import guards

AFTER_MIGRATE: list[Callable[[Sequence[str]], None]] = []  # given the names of the triggers that were put right


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("账号与权限")

    def ready(self) -> None:
        from accounts import checks  # noqa: F401  (registers them)

        post_migrate.connect(put_guards_in_place, sender=self)


def put_guards_in_place(using: str, **kwargs: Any) -> None:
    """After `migrate`, once nothing is left to migrate: only then are the tables what the guards name."""
    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with transaction.atomic(using=using):
            put_right = guards.install(connections[using])
        for then in AFTER_MIGRATE:
            then(put_right)


class AdministrationConfig(admin_apps.AdminConfig):
    default = False
    default_site = "accounts.administration.Administration"
