from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reports import kept_check


class Command(BaseCommand):
    help = (
        "Compare submitted reports with their digests and their files: fails when one is missing or altered. Sweeps "
        "left-over temporary files."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = kept_check.check()
        for sentence in found.wrong:
            self.stdout.write(sentence)
        for place in found.without_row:
            self.stdout.write(_("没有登记的文件（没有动它）：%(place)s") % {"place": place})
        if found.swept:
            self.stdout.write(_("清除了 %(count)s 个遗留的临时文件。") % {"count": found.swept})
        if found.wrong:
            raise CommandError(_("%(count)s 处报告缺失或已改动，请从备份中找回。") % {"count": len(found.wrong)})
        said = {"versions": found.versions, "files": found.files}
        self.stdout.write(_("%(versions)s 版报告、%(files)s 个文件，与提交时一致。") % said)
