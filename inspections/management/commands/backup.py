from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from inspections.backup import back_up
from institutions.models import Demonstration


class Command(BaseCommand):
    help = (
        "Copy database and photos of one moment into a folder, while the server runs. Given the folder of an earlier "
        "backup, copies what is new and then replaces it. Fails when it was not finished, or a photo is lost."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR", help="a new folder, or that of an earlier backup")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"]
        self.stdout.write(_("备份的是 DATA_DIR=%(place)s。") % {"place": settings.DATA_DIR})
        try:
            made = back_up(folder, self.stdout.write)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if folder.stat().st_mode & 0o077:
            self.stdout.write(_("注意：%(folder)s 别人也能读，里面有个人信息，请改正权限。") % {"folder": folder})
        said = {
            "folder": folder,
            "moment": made.manifest.moment,
            "rows": sum(made.manifest.rows.values()),
            "photos": made.manifest.photos,
            "copied": made.copied,
            "kept": made.kept,
        }
        self.stdout.write(
            _(
                "备份完成：%(folder)s，%(moment)s 的数据，%(rows)s 行，照片 %(photos)s 张"
                "（新复制 %(copied)s，已有 %(kept)s）。"
            )
            % said
        )
        if Demonstration.objects.exists():
            self.stderr.write(
                _(
                    "注意：备份的是演示数据，不是正式系统（DATA_DIR=%(place)s）。正式系统的目录（例如 DATA_DIR=bureau）"
                    "请写在命令前面，或写进 .env，再备份到另一个目录。"
                )
                % {"place": settings.DATA_DIR}
            )
        for sha256 in made.lost:
            self.stdout.write(
                _("照片或报告文件 %(sha256)s 登记在册，但缺失或已损坏，备份里没有。") % {"sha256": sha256}
            )
        if made.lost:
            raise CommandError(
                _(
                    "备份可以使用，但有 %(count)s 张照片或报告文件缺失；"
                    "请执行 verify_photos 和 verify_reports 查看是哪些走访、哪份报告的。"
                )
                % {"count": len(made.lost)}
            )
