from typing import Any

from django.core.checks.registry import Tags, registry
from django.core.management.commands import check

from accounts.schema_check import schema_is_as_migrated


class Command(check.Command):
    help = f"{check.Command.help} Compares the schema of the database with what the migrations make."

    def handle(self, *app_labels: Any, **options: Any) -> None:
        """The check is known only here: `migrate`, which would run it, too, is what puts things right."""
        options["databases"] = options["databases"] or ["default"]
        registry.register(schema_is_as_migrated, Tags.database)
        try:
            super().handle(*app_labels, **options)
        finally:
            registry.registered_checks.discard(schema_is_as_migrated)
