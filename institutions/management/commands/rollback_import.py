from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from accounts.errors import Refusal
from institutions.imports.rollback import roll_back
from institutions.models import ImportBatch


class Command(BaseCommand):
    help = "Take an imported batch back while nothing later depends on it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(f"没有批次 {options['batch']}。")
        try:
            roll_back(batch, by=None)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        except IntegrityError as problem:
            raise CommandError(f"有后来的记录依赖这一批,不能撤销,什么都没有改:{problem}") from problem
        self.stdout.write(f"批次 {batch.pk}({batch.file_name})已撤销。")
