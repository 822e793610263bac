from typing import Any

from django.core.management.base import BaseCommand

from reports.as_docx import TEMPLATE
from reports.make_template import make


class Command(BaseCommand):
    help = "Make the Word template of the monthly report anew. What a clerk changed in it is lost."

    def handle(self, *args: Any, **options: Any) -> None:
        make()
        self.stdout.write(f"{TEMPLATE.name} made.")
