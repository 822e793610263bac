"""What is asked about a file as a whole before its rows are read: whose a period is, what a misspelt heading means, and
what is struck out or hidden."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import Promise

from institutions.imports import cells, headers, refusals
from institutions.imports.categories import says_no_category
from institutions.imports.finding import Header
from institutions.imports.questions import IGNORE, KEEP, LEAVE_OUT, Questions
from institutions.imports.reading.frames import letters
from institutions.imports.tables import NotRead, Table, Tables, read_tables
from institutions.imports.ticks import ticks_of
from institutions.imports.workbook import Workbook

DOOR = re.compile(r"\d+[号幢栋室楼弄-]|[路巷弄]|街(?!道|镇)|大道")
TOWNSHIP = re.compile(r"\w{1,8}(?:镇|乡|街道)")
OF_AN_OFFICE = re.compile("发证|颁发|批准|审批|登记机关")
A_PAPER = re.compile("(?<!身份)证|照|合同|协议|保险|报告|许可")
READ = "read"
MOST = 100  # columns of a table that has no end to the right
OF_PERMIT = ("permit", "permit_period", "permit_from", "permit_to")
# What may stand under one heading: it is parted, or one of them says the other.
PARTED = (
    {"principal", "phone"},
    {"township", "county", "operating_address"},
    {*OF_PERMIT, "credit_code", "registration", *headers.OF_A_LICENCE},
)
OTHER_UNIT = re.compile(r"[(](?:单位[:])?(亩|公顷|坪|[百千万](?:人|名|平方米|平米)?)[)]$")
OF_REGISTRATION = ("credit_code", "registration", "registration_period", "registration_from", "registration_to")


def decide_sheets(workbook: Workbook, questions: Questions) -> tuple[Tables, list[Table]]:
    """The tables of the sheets that are registers, as somebody said: `sheet:NAME` is answered with read for a hidden
    one, with leave_out for one that is none. And the tables that there are without answers, by which a layout is
    known."""
    answered = {sheet.name: questions.answers.get(f"sheet:{sheet.name}", "") for sheet in workbook.sheets}
    opened = {name for name, answer in answered.items() if answer == READ}
    shown = [
        replace(sheet, state="visible") if sheet.name in opened and sheet.state == "hidden" else sheet
        for sheet in workbook.sheets
    ]
    found = read_tables(replace(workbook, sheets=shown), _opened(questions))
    hidden = {sheet.name for sheet in workbook.sheets if sheet.state == "hidden"}
    of_the_layout = [table for table in found.tables if table.sheet.name not in hidden]
    left_out = {name for name, answer in answered.items() if answer == LEAVE_OUT and len(workbook.sheets) > 1}
    if left_out:
        reason = str(refusals.LEFT_OUT_BY_ANSWER)
        found.not_read = [each for each in found.not_read if each.sheet not in left_out]
        found.not_read += [NotRead(name, reason) for name in answered if name in left_out]
        found.tables = [table for table in found.tables if table.sheet.name not in left_out]
    return found, of_the_layout


def _opened(questions: Questions) -> set[tuple[str, int]]:
    """Rows that would be passed over, and are answered to be institutions: row:7, row:柳市镇!7, by sheet and number."""
    opened = set()
    for key, answer in questions.answers.items():
        sheet, _, row = key.removeprefix("row:").rpartition("!")
        if key.startswith("row:") and answer == READ and row.isdecimal():
            opened.add((sheet, int(row)))
    return opened


def decide_columns(table: Table, questions: Questions) -> None:
    """Settle which column is what, where the headings alone do not say: by what stands beside, by what was answered."""
    header = table.header
    places = dict(header.places)
    for place, key in header.misspelt.items():
        _ask_heading(table, place, key, places, questions)
    for place, kind in sorted(header.of_a_licence.items()):
        owner = _owner(table, place, places, questions)
        if owner and f"{owner}_{kind}" not in places:
            places[f"{owner}_{kind}"] = place
    _ask_two_in_one(table, places, questions)
    _ask_twice(table, places, questions)
    _ask_units(table, places, questions)
    _see_statuses(table, places, questions)
    _take_answers(header, places, questions)
    if "operating_address" not in places and "township" in places and _are_addresses(table, places["township"]):
        places["operating_address"] = places.pop("township")
    address = places.get("operating_address", -1)
    if "township" not in places and address >= 0 and _is_parted(table, address):
        places |= {"township": address, "operating_address": address + 1}
    ticks = ticks_of(table, places)
    places = {key: place for key, place in places.items() if place not in ticks}
    if "category" in places and says_no_category(table.column(places["category"])):
        del places["category"]
    table.header = replace(header, places=places, ticks=ticks)


def _are_addresses(table: Table, place: int) -> bool:
    """Whether most of what stands under 所在地, 地区 or 辖区 goes on behind the township: 柳市镇井巷路1号."""
    doors = [bool(DOOR.search(cells.text(cell))) for cell in table.column(place) if cells.text(cell)]
    return 2 * sum(doors) > len(doors)


def _is_parted(table: Table, place: int) -> bool:
    """Whether one heading, 办学地址, stands over the township and over what goes on behind it in the next column."""
    stack, next_stack = table.header.stacks.get(place), table.header.stacks.get(place + 1)
    townships = [text for cell in table.column(place) if (text := cells.text(cell))] if stack == next_stack else []
    return bool(townships) and all(map(TOWNSHIP.fullmatch, townships))


def _ask_two_in_one(table: Table, places: dict[str, int], questions: Questions) -> None:
    """机构名称及地址: a column of two things that are not parted when they are read. Whether it is one, is asked."""
    for key, place in list(places.items()):
        said = [headers.meaning(part) for part in re.split("[及和与]", table.header.texts.get(place, ""))]
        keys = {each[0] for each in said if each}
        if key in keys and len(keys) > 1 and not any(keys <= together for together in PARTED):
            title, meant = table.header.title(place), headers.called(key)
            asked = refusals.ASK_TWO_IN_ONE.format(column=letters(place), title=title, meant=meant)
            choices: dict[str, str | Promise] = {key: refusals.CHOICE_THIS_COLUMN.format(title=meant)}
            if key != "name":
                choices[IGNORE] = refusals.CHOICE_IGNORE_COLUMN
            if questions.ask(f"heading:{title}", asked, choices, scope="file", column=letters(place)) == IGNORE:
                del places[key]


def _ask_twice(table: Table, places: dict[str, int], questions: Questions) -> None:
    """学生数 below 2017年 and below 2018年: which of them is read is asked, and none of them without an answer."""
    stacks = table.header.stacks
    for key, place in list(places.items()):
        said, leaf = headers.meaning_of_stack(stacks.get(place, ())), table.header.texts.get(place)
        twins = [at for at, stack in stacks.items() if stack[-1] == leaf and headers.is_as_unsure(stack, said)]
        if len(twins) > 1:
            del places[key]
            for each in twins:
                _ask_heading(table, each, key, places, questions)


def _ask_units(table: Table, places: dict[str, int], questions: Questions) -> None:
    """面积(亩), 学生人数(百人): numbers of another unit are not read, unless somebody says that they are of ours."""
    for key in ("learners", "teachers", "area_m2"):
        found = OTHER_UNIT.search(table.header.texts.get(places.get(key, -1), ""))
        if found is None:
            continue
        place = places[key]
        title, meant = table.header.title(place), headers.called(key)
        asked = refusals.ASK_UNIT.format(column=letters(place), title=title, unit=found[1])
        choices: dict[str, str | Promise] = {
            IGNORE: refusals.CHOICE_IGNORE_COLUMN,
            key: refusals.CHOICE_THIS_COLUMN.format(title=meant),
        }
        more: dict[str, Any] = {"scope": "file", "default": IGNORE, "column": letters(place)}
        if questions.ask(f"heading:{title}", asked, choices, **more) == IGNORE:
            del places[key]


OF_A_VISIT = re.compile("问题|隐患|违法|违规|整改")


def _see_statuses(table: Table, places: dict[str, int], questions: Questions) -> None:
    """Where no heading says licence status, the column of which every cell is one: 分类, 类别, 结果."""
    if {"licence_status", "licence_at_survey"} & places.keys() or table.header.ticks:
        return
    taken = table.header.counting | {place for key, place in places.items() if key != "category"}
    for place in sorted({*table.header.texts, *table.header.not_taken(table.rows, table.lines.rows)}):
        title = table.header.title(place)
        if OF_A_VISIT.search(title):
            continue  # 存在问题：无证无照 is what was found there, and what a ledger is about
        if place in taken or f"heading:{title}" in questions.answers or not _are_statuses(table, place):
            continue
        meant = headers.HEADERS["licence_status"][0]
        asked = refusals.ASK_STATUSES.format(column=letters(place), title=title, meant=meant)
        choices: dict[str, str | Promise] = {
            "licence_status": refusals.CHOICE_THIS_COLUMN.format(title=meant),
            IGNORE: refusals.CHOICE_IGNORE_COLUMN,
        }
        more: dict[str, Any] = {"scope": "file", "default": "licence_status", "column": letters(place)}
        questions.ask(f"heading:{title}", asked, choices, **more)
        if places.get("category") == place:
            del places["category"]
        places["licence_status"] = place
        return


def _are_statuses(table: Table, place: int) -> bool:
    """Whether something stands in a column, and nothing but licence statuses."""
    found: set[str] = set()
    for cell in table.column(place):
        word = cells.text(cell)
        if word and word not in cells.NOTHING and word not in found:
            if not _is_status(word):
                return False
            found.add(word)
    return bool(found)


def _is_status(word: str) -> bool:
    try:
        return len(word) > 2 and bool(cells.licence_status(word))
    except cells.BadCell:
        return False


def _ask_heading(table: Table, place: int, key: str, places: dict[str, int], questions: Questions) -> None:
    title, meant = table.header.title(place), headers.HEADERS[key][0]
    if questions.answers.get(f"heading:{title}", key) in headers.HEADERS.keys() - {key}:
        return  # somebody said that it is something else
    asked = refusals.ASK_HEADING.format(column=letters(place), title=title, meant=meant)
    choices = {key: str(refusals.CHOICE_THIS_COLUMN.format(title=meant)), IGNORE: str(refusals.CHOICE_IGNORE_COLUMN)}
    default = None if key == "name" else IGNORE
    if key == "name":
        choices.pop(IGNORE)
    answer = questions.ask(f"heading:{title}", asked, choices, scope="file", default=default, column=letters(place))
    if answer == key:
        places[key] = place


def _take_answers(header: Header, places: dict[str, int], questions: Questions) -> None:
    """A column that somebody said the meaning of, whatever its heading, or without one."""
    for place in sorted({*header.texts, *without_heading(header, questions)}):
        title = header.title(place)
        key = questions.answers.get(f"heading:{title}", "")
        if key == header.misspelt.get(place, "") or (key == IGNORE and place in header.misspelt):
            continue  # answers what was asked
        choices: dict[str, str | Promise]
        if key == IGNORE and place != places.get("name"):
            choices = {IGNORE: refusals.CHOICE_IGNORE_COLUMN}
            asked = refusals.ASK_COLUMN.format(column=letters(place), title=title)
        elif key in headers.HEADERS and places.get(key) != place:
            meant = headers.HEADERS[key][0]
            choices = {key: refusals.CHOICE_THIS_COLUMN.format(title=meant)}
            asked = refusals.ASK_HEADING.format(column=letters(place), title=title, meant=meant)
        else:
            continue
        questions.ask(f"heading:{title}", asked, choices, scope="file", column=letters(place))
        for other in [name for name, at in places.items() if at == place]:
            del places[other]
        if key != IGNORE:
            places[key] = place


def without_heading(header: Header, questions: Questions) -> set[int]:
    """Columns that are spoken of by their letter: heading:(E列)."""
    keys = {f"heading:{header.title(place)}": place for place in range(header.first, (header.last or MOST) + 1)}
    return {place for key, place in keys.items() if key in questions.answers and place not in header.texts}


def _owner(table: Table, place: int, places: dict[str, int], questions: Questions) -> str:
    """Whose a 有效期 or 发证日期 is: permit or registration; "" when it is not to be read."""
    of_permit = {places[key] for key in OF_PERMIT if key in places}
    of_registration = {places[key] for key in OF_REGISTRATION if key in places}
    owners = [kind for kind, found in (("permit", of_permit), ("registration", of_registration)) if found]
    if owners and (other := _another_paper(table.header, place, places)) is not None:
        if _has_its_own(table.header, place, of_permit | of_registration):
            return ""
        return _ask_owner(table, place, other, owners, IGNORE, questions)
    if len(owners) < 2:
        return owners[0] if owners else ""
    left = _beside(table.header, place, -1, of_permit | of_registration)
    right = _beside(table.header, place, 1, of_permit | of_registration)
    beside = left if left is not None else right
    if beside in of_permit:
        return "permit"
    if left is not None and _has_its_own(table.header, place, of_permit | of_registration, of_permit):
        return "registration"
    default, named = ("registration", beside) if beside is not None else (IGNORE, max(of_permit | of_registration))
    return _ask_owner(table, place, named, owners, default, questions)


def _has_its_own(header: Header, place: int, licences: set[int], among: set[int] | None = None) -> bool:
    """Whether another column of the same kind stands right behind a licence: then that is its own."""
    kinds = header.of_a_licence
    others = [other for other in kinds if other != place and kinds[other] == kinds[place]]
    return any(_beside(header, other, -1, licences) in (among or licences) for other in others)


def _ask_owner(table: Table, place: int, beside: int, owners: Sequence[str], default: str, questions: Questions) -> str:
    title = table.header.title(place)
    asked = refusals.ASK_VALIDITY.format(column=letters(place), title=title, beside=table.header.title(beside))
    choices: dict[str, str | Promise] = {
        "permit": refusals.CHOICE_OF_PERMIT,
        "registration": refusals.CHOICE_OF_REGISTRATION,
        IGNORE: refusals.CHOICE_IGNORE_COLUMN,
    }
    choices = {key: words for key, words in choices.items() if key in (*owners, IGNORE)}
    answer = questions.ask(f"validity:{title}", asked, choices, scope="file", default=default, column=letters(place))
    return answer if answer and answer in owners else ""


def _another_paper(header: Header, place: int, places: dict[str, int]) -> int | None:
    """What stands between a 有效期 and the licence left of it and may be what is valid so long: 食品经营许可证."""
    terms = not header.texts.get(place, "").startswith(("有效", "发证", "颁", "核发", "到期", "领证"))  # 起止时间
    ours = {*places.values(), *header.ticks}
    licences = {places[key] for key in (*OF_PERMIT, *OF_REGISTRATION) if key in places}
    for other in range(place - 1, header.first - 1, -1):
        if other in licences:
            return None
        text = header.title(other)
        if other in ours or other in header.of_a_licence or other not in header.texts or OF_AN_OFFICE.match(text):
            continue
        if (
            headers.meaning(header.texts[other]) is None
            and headers.OF_ANOTHER_PAPER.fullmatch(text)
            and (terms or A_PAPER.search(text))
        ):
            return other
    return None


def _beside(header: Header, place: int, step: int, licences: set[int]) -> int | None:
    """The next column to one side that is of a licence; over others that are nothing but dates and offices."""
    place += step
    while header.first <= place <= max(header.texts):
        if place in licences:
            return place
        text = header.texts.get(place, "")
        if place not in header.of_a_licence and not OF_AN_OFFICE.match(text):
            return None
        place += step
    return None


@dataclass
class Looks:
    """What the look of cells says and was answered: rows left out, by sheet, and whether struck parts are kept."""

    left_out: dict[tuple[int, int], str] = field(default_factory=dict)  # (id of the sheet, row) -> why
    whole: bool = False  # what is struck out in part is taken whole


def ask_about_looks(tables: list[Table], questions: Questions) -> Looks:
    """One question a file each: rows whose name is struck out, cells struck out in part, rows that are hidden."""
    looks = Looks()
    struck = [(t, row) for t in tables if t.sheet.struck for row in t.lines.rows if _is_struck(t, row)]
    parts = [(t, place) for t in tables for place in _struck_parts(t)]
    if struck:
        choices: dict[str, str | Promise] = {
            LEAVE_OUT: refusals.CHOICE_LEAVE_OUT_THEM,
            KEEP: refusals.CHOICE_READ,
        }
        if _ask_rows("struck_rows", refusals.ASK_STRUCK_ROWS, struck, choices, LEAVE_OUT, questions) == LEAVE_OUT:
            looks.left_out |= {(id(t.sheet), row): str(refusals.PASSED_STRUCK) for t, row in struck}
    hidden = [
        (t, row)
        for t in tables
        for row in t.lines.rows
        if row in t.sheet.hidden_rows and (id(t.sheet), row) not in looks.left_out
    ]
    if parts:
        named = "、".join(f"{letters(column)}{row + 1}" for _, (row, column) in parts[:10])
        choices = {"rest": refusals.CHOICE_DROP_STRUCK, KEEP: refusals.CHOICE_WHOLE}
        rows = sorted({row + 1 for _, (row, _column) in parts})
        asked = refusals.ASK_STRUCK_PARTS.format(cells=named + ("…" if len(parts) > 10 else ""))
        looks.whole = questions.ask("struck_parts", asked, choices, scope="file", default="rest", rows=rows) == KEEP
    if hidden:
        choices = {KEEP: refusals.CHOICE_READ, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT_THEM}
        if _ask_rows("hidden_rows", refusals.ASK_HIDDEN_ROWS, hidden, choices, KEEP, questions) == LEAVE_OUT:
            looks.left_out |= {(id(t.sheet), row): str(refusals.PASSED_HIDDEN) for t, row in hidden}
    return looks


def _ask_rows(
    key: str,
    message: str | Promise,
    found: list[tuple[Table, int]],
    choices: dict[str, str | Promise],
    default: str,
    questions: Questions,
) -> str | None:
    rows = [row + 1 for _, row in found]
    named = "、".join(map(str, rows[:10])) + ("…" if len(rows) > 10 else "")
    return questions.ask(key, str(message).format(rows=named), choices, scope="file", default=default, rows=rows)


def _is_struck(table: Table, row: int) -> bool:
    """Struck out where the name stands, or in every cell."""
    return cells.text(table.sheet.struck.get((row, table.places["name"]), "-")) == ""


def _struck_parts(table: Table) -> list[tuple[int, int]]:
    struck, taken = table.sheet.struck, set(table.places.values())
    if not struck:
        return []
    rows = {row for row in table.lines.rows if not _is_struck(table, row)}
    last_of = {(first, left): last for first, left, last, _ in table.sheet.merges}
    return [
        (row, column)
        for row, column in sorted(struck)
        if column in taken and any(each in rows for each in range(row, last_of.get((row, column), row) + 1))
    ]
