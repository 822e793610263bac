"""Ledger workbooks for tests: rows by what a bureau calls the columns, planned and imported as a person's."""

from datetime import datetime
from typing import Any

from accounts.models import User
from inspections.models import LedgerEntry, Rectification, Visit
from institutions.imports.commit import commit_plan
from institutions.imports.plan import Plan, make_plan
from institutions.imports.workbook import Sheet
from institutions.models import Division, ImportBatch, Institution
from tests.factories import at
from tests.institutions.intake_files import workbook

HEAD = [
    "机构名称",
    "乡镇",
    "办学地址",
    "证照情况",
    "检查日期",
    "检查人",
    "存在问题",
    "整改要求",
    "整改期限",
    "整改情况",
    "整改结果",
    "完成日期",
    "复查日期",
    "复查人",
    "是否销号",
    "销号日期",
    "经营状态",
    "备注",
]
KNOWN = at("2019-03-01")


def row(name: str, **said: Any) -> dict[str, Any]:
    """An institution in 柳市镇 with a full status, visited on 3 September 2018."""
    plain = {
        "机构名称": name,
        "乡镇": "柳市镇",
        "办学地址": f"{name}路1号",
        "证照情况": "证照齐全",
        "检查日期": "2018.9.3",
    }
    return plain | said


def planned_ledger(*rows: dict[str, Any], answers: dict[str, str] | None = None, head: list[str] = HEAD) -> Plan:
    cells = [head, *([each.get(title, "") for title in head] for each in rows)]
    book = workbook(Sheet("", rows=cells))
    return make_plan(book, Division.objects.get(pk="330382"), answers=answers, by_somebody=True)


def import_ledger(
    *rows: dict[str, Any],
    by: User,
    answers: dict[str, str] | None = None,
    known: datetime = KNOWN,
    head: list[str] = HEAD,
) -> ImportBatch:
    plan = planned_ledger(*rows, answers=answers, head=head)
    assert [str(each) for each in plan.errors] == []
    return commit_plan(plan, file_name="台账.xlsx", sha256="", by=by, at=known)


def words(plan: Plan) -> dict[str, list[str]]:
    """What each row would do beside the registry, in words."""
    return {each.columns["name"]: [str(effect).split(" → ")[1] for effect in each.of_parts] for each in plan.rows}


def written() -> tuple[int, int, int]:
    """Visits, rounds and ledger entries."""
    return Visit.objects.count(), Rectification.objects.count(), LedgerEntry.objects.count()


def round_at(name: str) -> Rectification:
    return Rectification.objects.get(institution=Institution.objects.get(name=name))
