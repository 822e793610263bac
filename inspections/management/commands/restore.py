from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from accounts.errors import Refusal, enumerated
from inspections.backup import restore

CHECKS = ["check", "verify_photos", "verify_ledger", "verify_audit", "verify_reports"]


class Command(BaseCommand):
    help = (
        "Put a backup into an empty place: an empty DATA_DIR, with PostgreSQL also an empty database. Checks all "
        "digests first, migrates a backup of an older release, ends with the verify commands."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR", help="the folder `backup` made")
        parser.add_argument(
            "--without-damaged",
            action="store_true",
            help="restore although photos of the backup are damaged, without them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(options["dir"], self.stdout.write, without_damaged=options["without_damaged"])
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self._migrate()
        Session.objects.all().delete()  # whoever was signed in then signs in again
        failed = [name for name in CHECKS if not self._holds(name)]
        if failed:
            raise CommandError(
                _("数据已恢复到 %(moment)s，但这些核对没有通过：%(names)s。")
                % {"moment": manifest.moment, "names": enumerated(failed)}
            )
        self.stdout.write(_("恢复完成：%(moment)s 的数据。请重新登录。") % {"moment": manifest.moment})

    def _migrate(self) -> None:
        """Also where nothing waits: it compares the triggers with those declared."""
        executor = MigrationExecutor(connection)
        if waiting := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write(_("备份来自较早的版本，执行 %(count)s 个迁移。") % {"count": len(waiting)})
        call_command("migrate", verbosity=0, interactive=False)

    def _holds(self, name: str) -> bool:
        try:
            call_command(name, stdout=self.stdout)
        except CommandError as problem:
            self.stdout.write(f"{name}: {problem}")
            return False
        return True
