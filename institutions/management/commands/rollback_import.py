from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from accounts.errors import Refusal
from institutions.imports import refusals
from institutions.imports.rollback import roll_back
from institutions.management.commands.import_institutions import somebody
from institutions.models import ImportBatch


class Command(BaseCommand):
    help = "Take an imported batch back while nothing later depends on it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=UUID)
        parser.add_argument("--by", metavar="USERNAME", help="who takes it back; not who ordered its rounds")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(refusals.NO_SUCH_BATCH.format(batch=options["batch"]))
        try:
            roll_back(batch, by=somebody(options["by"]))
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        except IntegrityError as problem:
            raise CommandError(refusals.HELD_BY_DATABASE.format(why=problem)) from problem
        self.stdout.write(refusals.TAKEN_BACK.format(batch=batch.pk, file=batch.file_name))
