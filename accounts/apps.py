from collections.abc import Iterator
from typing import Any, Protocol

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts import guards


class Kept(Protocol):
    """What a room keeps that repeats what is written, as triggers note it."""

    def noted_by(self) -> Iterator[str]: ...  # the names of these triggers
    def is_made(self) -> bool: ...
    def forget(self) -> None: ...
    def rebuild(self) -> Any: ...


KEPT: list[Kept] = []  # each room that has some puts it here when it is loaded


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("账号与权限")

    def ready(self) -> None:
        from accounts import checks  # noqa: F401  (registers them)

        post_migrate.connect(put_guards_in_place, sender=self)


def put_guards_in_place(using: str, **kwargs: Any) -> None:
    """After `migrate`, once nothing is left to migrate: only then are the tables what the guards name.

    Where a trigger was missing something may have been written unnoticed. What rests on it is forgotten with putting it
    right, then made: who asks meanwhile, or after a `migrate` that was broken off here, is answered by the definition,
    and the next `migrate` makes it.
    """
    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with transaction.atomic(using=using):
            put_right = set(guards.install(connections[using]))
            for kept in KEPT:
                if put_right & set(kept.noted_by()):
                    kept.forget()
        for kept in KEPT:
            if not kept.is_made():
                kept.rebuild()


class AdministrationConfig(admin_apps.AdminConfig):
    default = False
    default_site = "accounts.administration.Administration"
