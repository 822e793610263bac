import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demonstration import bulk, country
from figures import keeping
from inspections.models import Rectification, Visit
from institutions.models import Demonstration, Division, Institution
from institutions.moments import today


class Command(BaseCommand):
    help = "Scale data: a synthetic country with the shares published for the end of 2018. For measuring only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--institutions", type=int, required=True)
        parser.add_argument("--visits", type=int, required=True)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["institutions"]
        if wanted < 1 or options["visits"] < 0:
            raise CommandError(
                f"--institutions {wanted} --visits {options['visits']}: both are counts, at least 1 and 0."
            )
        if Institution.objects.exists() and not Demonstration.objects.exists():
            raise CommandError(
                "This database holds other data: scale data is only written beside nothing or the demonstration."
            )
        if Institution.objects.filter(scope_code__gte=str(country.FIRST_PROVINCE)).exists():
            raise CommandError("This database already holds scale data.")
        begun = time.process_time()
        with bulk.loading(*country.TABLES):
            if not Demonstration.objects.exists():  # every page then says that all of it is synthetic
                division = Division.objects.get(pk="330382")
                Demonstration.objects.create(loaded_on=today(), division=division)
            for written in country.write(wanted, options["visits"], options["seed"]):
                self.stdout.write(f"\r{written} of {wanted} institutions", ending="")
                self.stdout.flush()
        bulk.analyze()
        loaded = time.process_time()
        keeping.rebuild(past=False)  # `rebuild_figures` counts every past K too
        counted = time.process_time()
        self.stdout.write(
            f"\nprocessor: rows {loaded - begun:.0f} s, counts and cells {counted - loaded:.0f} s", ending=""
        )
        rounds, visits = (
            found.filter(institution__scope_code__gte=str(country.FIRST_PROVINCE)).count()
            for found in (Rectification.objects, Visit.objects)
        )
        self.stdout.write(f"\n{rounds} rectifications, {visits} visits of {options['visits']} asked for")
