"""Registers as an office and as clerks send them: what each must give stands in intake_office_cases.py,
intake_clerk_cases.py, intake_township_cases.py, intake_bureau_cases.py, intake_county_cases.py and
intake_street_cases.py."""

from typing import Any

import pytest

from institutions.imports.commit import commit_plan
from institutions.imports.package import UnreadableFile
from institutions.imports.plan import Plan
from institutions.imports.workbook import read_workbook
from tests.institutions.intake_bureau_cases import CASES as OF_BUREAUS
from tests.institutions.intake_clerk_cases import CASES as OF_CLERKS
from tests.institutions.intake_county_cases import CASES as OF_COUNTIES
from tests.institutions.intake_files import planned_workbook
from tests.institutions.intake_office_cases import CASES as OF_AN_OFFICE
from tests.institutions.intake_street_cases import CASES as OF_STREETS
from tests.institutions.intake_township_cases import CASES as OF_TOWNSHIPS
from tests.institutions.test_intake_more import as_written, where
from tests.institutions.workbooks import by_xlsxwriter

CASES = OF_AN_OFFICE | OF_CLERKS | OF_TOWNSHIPS | OF_BUREAUS | OF_COUNTIES | OF_STREETS

pytestmark = pytest.mark.django_db


def file_of(case: dict[str, Any]) -> tuple[str, bytes]:
    """Name and bytes of a case."""
    if "text" in case:
        name, data = case["text"]
        return name, data
    sheets = case.get("sheets") or {"名册": case["rows"]}

    def fill(book: Any) -> None:
        struck, day = book.add_format({"font_strikeout": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for number, (name, rows) in enumerate(sheets.items()):
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    look = struck if not number and at + 1 in case.get("struck", []) else None
                    page.write(at, column, cell, day if hasattr(cell, "year") else look)
            for each in case.get("merged", []) if not number else []:
                first = rows[int(each.split(":")[0][1:]) - 1]["ABCDEFGHI".index(each[0])]
                page.merge_range(each, first)
            if "filtered_away" in case and not number:
                page.autofilter(0, 0, len(rows) - 1, 2)
                for row in case["filtered_away"]:
                    page.set_row(row - 1, options={"hidden": True})

    return "名册.xlsx", by_xlsxwriter(fill, date_1904=case.get("from_1904", False))


def planned(case: dict[str, Any]) -> Plan:
    name, data = file_of(case)
    return planned_workbook(read_workbook(data, name), case.get("answers"))


@pytest.mark.parametrize("name", CASES)
def test_register_of_an_office_gives_what_a_careful_clerk_reads(name):
    case = CASES[name]
    if first := case.get("after"):
        commit_plan(planned(CASES[first]), file_name="a.xlsx", sha256="0" * 64, by=None)
    if "refused" in case:
        with pytest.raises(UnreadableFile, match=case["refused"]):
            planned(case)
        return

    plan = planned(case)

    likes = case["reads"]
    asked = {each.asks for each in plan.questions if each.decided is None}
    assert [as_written(row, like) for row, like in zip(plan.rows, likes, strict=False)] == likes
    assert len(plan.rows) == len(likes)
    assert where([each for each in plan.errors if each.message not in asked]) == sorted(case.get("errors", []))
    questions = [each.key + (f"={each.default}" if each.default else "") for each in plan.questions]
    assert sorted(questions) == sorted(case.get("asked", []))
    assert [each.row for each in plan.duplicates] == case.get("alike", [])
    not_read = "\n".join(map(str, plan.not_read))
    assert [each for each in case.get("unread", []) if each not in not_read] == []
    assert set(case.get("warned", [])) - set(where(plan.warnings)) == set()
