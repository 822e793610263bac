from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.errors import enumerated
from inspections.catalogue import items, load_catalogue


class Command(BaseCommand):
    help = "Bring the catalogue of findings up to this release; `migrate` does. What is the bureau's own is left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_catalogue(items())
        for says, codes in (
            (_("问题目录新增：%(codes)s。"), loaded.added),
            (_("问题目录废止：%(codes)s。"), loaded.ended),
            (_("问题目录依据改用中文标点：%(codes)s。已送达的通知书不变。"), loaded.punctuated),
            (_("问题目录中以下代码已用于本地条目，没有改动：%(codes)s。"), loaded.taken),
        ):
            if codes and options["verbosity"]:
                self.stdout.write(says % {"codes": enumerated(codes)})
