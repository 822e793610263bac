import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import Refusal
from institutions.imports.commit import commit_plan
from institutions.imports.marked import marked_workbook
from institutions.imports.plan import Plan, make_plan
from institutions.imports.workbook import read_sheet
from institutions.models import Division
from institutions.positions import Datum


class Command(BaseCommand):
    help = "Import a register of institutions (.xlsx, .csv). All errors at once; nothing is written when any row fails."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--division", required=True, help="the county, e.g. 330382")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--datum", default=Datum.WGS84, choices=Datum.values, help="of the file's coordinates")
        parser.add_argument("--errors", type=Path, help="write the rows with marked cells to this .xlsx")
        parser.add_argument("--format", default="text", choices=["text", "json"])

    def handle(self, *args: Any, **options: Any) -> None:
        division = Division.objects.filter(pk=options["division"], level="county").first()
        if division is None:
            raise CommandError(f"没有代码为“{options['division']}”的县(市、区),例:330382。")
        file: Path = options["file"]
        try:
            data = file.read_bytes()
        except OSError as problem:
            raise CommandError(f"不能读取 {file}:{problem.strerror}。") from problem
        batch = None
        try:
            sheet = read_sheet(data, file.name)
            plan = make_plan(sheet, division, options["datum"])
            if not plan.errors and not options["dry_run"]:
                batch = commit_plan(plan, file_name=file.name, sha256=hashlib.sha256(data).hexdigest(), by=None)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if options["errors"] and plan.errors:
            options["errors"].write_bytes(marked_workbook(sheet, plan))
        batch_id = str(batch.pk) if batch else None
        if options["format"] == "json":
            self.stdout.write(json.dumps(plan.as_json(batch_id), ensure_ascii=False, indent=2))
        else:
            self._tell(plan, batch_id, options["dry_run"])
        if plan.errors:
            raise CommandError(f"{len(plan.errors)} 处错误,没有写入任何内容。", returncode=1)

    def _tell(self, plan: Plan, batch: str | None, dry_run: bool) -> None:
        for title, remarks in (("错误", plan.errors), ("可能重复", plan.duplicates), ("提醒", plan.warnings)):
            for remark in remarks:
                self.stdout.write(f"[{title}] {remark}")
        self.stdout.write(f"新增 {plan.count('new')},变更 {plan.count('changed')},无变化 {plan.count('unchanged')}。")
        if batch:
            self.stdout.write(f"批次 {batch};撤销:manage.py rollback_import {batch}")
        elif dry_run and not plan.errors:
            self.stdout.write("试运行,没有写入。")
