"""More registers as bureaus send them: what each must give stands in intake_more_cases.py."""

from pathlib import Path
from typing import Any

import pytest

from institutions.imports.columns import Remark
from institutions.imports.commit import commit_plan
from institutions.imports.marked import marked_workbook
from institutions.imports.package import UnreadableFile
from institutions.imports.plan import Plan
from institutions.imports.planned import PlannedRow
from institutions.imports.workbook import read_workbook
from tests.institutions.intake_files import planned_workbook
from tests.institutions.intake_more_cases import CASES

FILES = Path(__file__).parent / "intake_more"
COLUMNS = {
    "addr": "operating_address", "reg_addr": "registered_address", "who": "principal", "tel": "phone", "n": "learners",
    "teachers": "teachers", "code": "credit_code", "day": "surveyed_on", "status": "licence_status_at_survey",
    "area": "area_m2", "sign": "signboard_name", "lon": "longitude", "category": "category",
}  # fmt: skip
# ID-card numbers in columns that are not taken: they are removed from the marked workbook, and nothing is left to say.
NOTHING_LEFT = {"K10_id_numbers.xlsx": ["4 备注", "5 身份证号"]}
REMOVED_IN = {"K10_id_numbers.xlsx": [4, 5]}

pytestmark = pytest.mark.django_db


def planned(name: str, answers: dict[str, str] | None = None) -> Plan:
    return planned_workbook(read_workbook((FILES / name).read_bytes(), name), answers)


def said(row: PlannedRow, key: str) -> str:
    """One thing a row says, as the cases write it."""
    if key in ("permit", "registration"):
        licences = [each for each in row.licences if each.kind == key]
        return "、".join(f"{each.number}({each.valid_from}至{each.valid_to or '长期'})" for each in licences)
    value: Any = row.kind if key == "kind" else row.columns[COLUMNS[key]]
    return "" if value is None else str(value)


def as_written(row: PlannedRow, like: str) -> str:
    """A row with what its case speaks of: name@township; addr=…; tel=…"""
    keys = [part.partition("=")[0] for part in like.split("; ")[1:]]
    name = f"{row.columns['name']}@{row.columns['division'].name}"
    return "; ".join([name, *(f"{key}={said(row, key)}" for key in keys)])


def where(remarks: list[Remark]) -> list[str]:
    return sorted(f"{each.sheet}!{each.row} {each.column}".lstrip("!") for each in remarks)


def test_every_file_has_a_case():
    assert sorted(each.name for each in FILES.iterdir()) == sorted(CASES)
    assert len(CASES) > 100


@pytest.mark.parametrize("name", CASES)
def test_register_gives_what_a_careful_person_reads(name):
    case = CASES[name]
    for first in case.get("after", []):
        commit_plan(planned(first), file_name=first, sha256="0" * 64, by=None)
    if "refused" in case:
        with pytest.raises(UnreadableFile, match=case["refused"]):
            planned(name, case.get("answers"))
        return

    plan = planned(name, case.get("answers"))

    asked = {each.asks for each in plan.questions if each.decided is None}
    likes = case.get("rows", [])
    assert [as_written(row, like) for row, like in zip(plan.rows, likes, strict=False)] == likes
    assert len(plan.rows) == len(likes)
    assert where([each for each in plan.errors if each.message not in asked]) == sorted(case.get("errors", []))
    questions = [each.key + (f"={each.default}" if each.default else "") for each in plan.questions]
    assert sorted(questions) == sorted(case.get("asked", []))
    assert [each.row for each in plan.duplicates] == case.get("alike", [])
    not_read = "\n".join(map(str, plan.not_read))
    assert [each for each in case.get("unread", []) if each not in not_read] == []
    assert set(case.get("warned", [])) - set(where(plan.warnings)) == set()


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "refused" not in case])
def test_marked_workbook_that_comes_back_says_the_same(name):
    """What held the file up holds it up again, also where only the look says it: struck out, merged, #N/A, 1904."""
    workbook = read_workbook((FILES / name).read_bytes(), name)
    plan = planned_workbook(workbook)
    marked = marked_workbook(workbook, plan)

    again = planned_workbook(read_workbook(marked, "marked.xlsx"))

    assert [row.columns for row in again.rows if row.row not in REMOVED_IN.get(name, [])] == [
        row.columns for row in plan.rows
    ]
    assert set(where(again.errors)) == {each for each in where(plan.errors) if each not in NOTHING_LEFT.get(name, [])}
    assert [each.key for each in again.questions] == [each.key for each in plan.questions]
