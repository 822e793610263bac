import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from institutions.duplicates.measure import measure
from institutions.models import Division
from institutions.places import County


class Command(BaseCommand):
    help = "Say how well registrations of one institution are found, on labelled pairs in a CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--division", default="330382", help="the county whose townships the pairs lie in")

    def handle(self, *args: Any, **options: Any) -> None:
        county = Division.objects.filter(pk=options["division"], level="county").first()
        if county is None:
            raise CommandError(f"no county {options['division']}")
        with options["file"].open(encoding="utf-8", newline="") as file:
            measured = measure(csv.DictReader(file), County(county))
        for line in measured.lines():
            self.stdout.write(line)
