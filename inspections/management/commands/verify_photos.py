from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from inspections import photo_check


class Command(BaseCommand):
    help = (
        "Compare the photos with their rows: fails when one that was acknowledged is missing or altered. Sweeps "
        "left-over temporary files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quick", action="store_true", help="look whether the files are there, do not read them")

    def handle(self, *args: Any, quick: bool, **options: Any) -> None:
        found = photo_check.check(quick=quick)
        for sentence in found.lost:
            self.stdout.write(sentence)
        for place in found.without_row:
            self.stdout.write(_("没有登记的文件（没有动它）：%(place)s") % {"place": place})
        if found.swept:
            self.stdout.write(_("清除了 %(count)s 个遗留的临时文件。") % {"count": found.swept})
        if found.made_again:
            self.stdout.write(_("按原图重做了 %(count)s 个查看用的副本。") % {"count": found.made_again})
        if found.lost:
            raise CommandError(_("%(count)s 处登记的照片缺失或已损坏，请从备份中找回。") % {"count": len(found.lost)})
        how = _("只看在不在") if quick else _("逐一核对内容")
        self.stdout.write(
            _("%(checked)s 张照片（%(how)s），没有缺失；等待原图 %(awaited)s 张，没有登记的文件 %(without)s 个。")
            % {
                "checked": found.checked,
                "how": how,
                "awaited": found.awaited,
                "without": len(found.without_row),
            }
        )
