"""Institutions of which a register says that they are closed: by a sheet's name, a title, a heading, a column that is
not read. Whether they are imported is asked, once for each."""

import re
from typing import Any

from institutions.imports import cells, headers, passed, refusals
from institutions.imports.context import Context
from institutions.imports.deciding import READ, Looks
from institutions.imports.questions import KEEP, LEAVE_OUT, Questions
from institutions.imports.tables import Table, shortened
from institutions.imports.ticks import ticked
from institutions.places import County

_CLOSED = "(?:是否)?(?:已|被)?(?:关停|停办|取缔|关闭|注销|停业)"
STATES = re.compile(
    rf"{_CLOSED}|(?:目前|现在|当前|实际)?(?:经营|办学|机构|营业|运营|存续)(?:状态|状况|现状)"
    r"|(?:目前|现在|当前|实际)(?:状态|状况|情况)|备注|备注说明|情况说明"
)
STILL_OPEN = re.compile(r"(?:目前|现在)?是否(?:仍|还)?(?:在办|在营|营业|开办|存在|存续|办学|正常(?:营业|办学|运营))")


def ask_about_closed(tables: list[Table], county: County, several: bool, questions: Questions) -> Looks:
    """One question for each sheet, title or heading that says of its institutions that they are closed."""
    looks = Looks()
    for table in tables:
        sheet, context = table.sheet.name, Context(table, county)
        says_closed = passed.says_closed(sheet)
        if several and table.lines and (says_closed or passed.is_no_list(sheet)):
            choices = {READ: refusals.CHOICE_READ, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT_THEM}
            asked = (refusals.ASK_CLOSED_SHEET if says_closed else refusals.ASK_SHEET).format(sheet=sheet)
            questions.ask(f"sheet:{sheet}", asked, choices, scope="sheet", sheet=sheet, column="机构名称")
            continue
        _ask_about_states(table, questions, looks)
        of_all = sheet if says_closed else ""
        said = {each: context.says_closed(each) or of_all for each in {line.sections for line in table.lines}}
        for line in table.lines if any(said.values()) else ():
            if not (closed := said[line.sections]):
                continue
            closed = shortened(closed)
            choices = {KEEP: refusals.CHOICE_READ, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT_THEM}
            asked = refusals.ASK_CLOSED.format(line=closed)
            more: dict[str, Any] = {"scope": "file", "row": line.row + 1, "column": "机构名称"}
            if questions.ask(f"closed:{closed}", asked, choices, **more) == LEAVE_OUT:
                looks.left_out[id(table.sheet), line.row] = str(refusals.LEFT_OUT_BY_ANSWER)
    return looks


def _ask_about_states(table: Table, questions: Questions, looks: Looks) -> None:
    """One question for each column that is not read and says of some that they are closed: 经营状态, 是否关停."""
    taken = {*table.places.values(), *table.header.ticks}
    for place, text in table.header.texts.items():
        title = table.header.title(place)
        bare = headers.undecorated(text)
        if place in taken or not (STATES.fullmatch(bare) or STILL_OPEN.fullmatch(bare)):
            continue
        asks = text.startswith("是否")
        closed = not STILL_OPEN.fullmatch(bare)  # what a tick says
        for line, cell in zip(table.lines, table.column(place), strict=True):
            if not (passed.says_closed(cell) or (asks and cells.text(cell) and ticked(cell) is closed)):
                continue
            choices = {KEEP: refusals.CHOICE_READ, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT_THEM}
            asked = refusals.ASK_CLOSED_BY_COLUMN.format(title=title)
            more: dict[str, Any] = {"scope": "file", "row": line.row + 1, "column": title}
            if questions.ask(f"closed:{title}", asked, choices, **more) == LEAVE_OUT:
                looks.left_out[id(table.sheet), line.row] = str(refusals.LEFT_OUT_BY_ANSWER)
