from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("检查与整改")

    def ready(self) -> None:
        from inspections.imports.part import Ledger
        from institutions.imports import parts

        parts.add(Ledger())
        post_migrate.connect(bring_catalogue, sender=self)


def bring_catalogue(using: str, verbosity: int, stdout: Any = None, **kwargs: Any) -> None:
    """After `migrate`, once nothing is left to migrate: the catalogue of this release."""
    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("load_catalogue", verbosity=verbosity, stdout=stdout)
