"""Registers of townships with the dirt they come with: what each must give stands in intake_hostile_cases.py."""

import pytest

from institutions.imports.package import UnreadableFile
from institutions.imports.plan import Plan
from institutions.imports.reading.frames import OfCells
from institutions.imports.workbook import Sheet
from tests.institutions.intake_files import planned_workbook, workbook
from tests.institutions.intake_hostile_cases import CASES
from tests.institutions.test_intake_more import as_written, where

pytestmark = pytest.mark.django_db


def planned(case: dict) -> Plan:
    sheets = case.get("sheets") or {"": case["rows"]}
    more = {name: OfCells(said) if isinstance(said, dict) else said for name, said in case.get("sheet", {}).items()}
    read = [Sheet(name, rows=[list(row) for row in rows], **more) for name, rows in sheets.items()]
    return planned_workbook(workbook(*read), case.get("answers"))


@pytest.mark.parametrize("name", CASES)
def test_register_of_a_township_gives_what_a_careful_clerk_reads(name):
    case = CASES[name]
    if "refused" in case:
        with pytest.raises(UnreadableFile, match=case["refused"]):
            planned(case)
        return

    plan = planned(case)

    likes = case.get("reads", [])
    asked = {each.asks for each in plan.questions if each.decided is None}
    assert [as_written(row, like) for row, like in zip(plan.rows, likes, strict=False)] == likes
    assert len(plan.rows) == len(likes)
    assert where([each for each in plan.errors if each.message not in asked]) == sorted(case.get("errors", []))
    questions = [each.key + (f"={each.default}" if each.default else "") for each in plan.questions]
    assert sorted(questions) == sorted(case.get("asked", []))
    not_read = "\n".join(map(str, plan.not_read))
    assert [each for each in case.get("unread", []) if each not in not_read] == []
    assert set(case.get("warned", [])) - set(where(plan.warnings)) == set()
