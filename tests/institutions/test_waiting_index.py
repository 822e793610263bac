"""Entries that wait until another asks for something they have are found as if they had been entered at once."""

import random
from dataclasses import replace

import pytest

from institutions.duplicates.index import Index
from institutions.duplicates.reading import Entry
from institutions.duplicates.waiting import FEW, WaitingIndex
from institutions.models import Division
from institutions.places import County

NAMES = ["绘声馆", "绘声艺术馆", "青竹教育", "青竹教育培训中心", "晨曦书院", "晨曦书画院", "知行英语", "知行外语"]
DOORS = ["井大路8号", "井大路8号2楼", "井大路", "乐怡路12号", "乐怡街12号", "车站路3号", ""]
FIRST = "晨青博慧启明新文星雅乐思源童画知行卓远优"
PHONES = ["", "13800000001", "0577-62000001"]


@pytest.fixture
def county(db) -> County:
    return County(Division.objects.get(pk="330382"))


def entries(seed: int, count: int = 120) -> list[Entry]:
    chance = random.Random(seed)  # noqa: S311 (examples)
    townships = ["330382101", "330382102"]
    return [
        Entry(number, chance.choice(NAMES), chance.choice(townships), chance.choice(DOORS), phone=chance.choice(PHONES))
        for number in range(count)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_each_entry_finds_the_same_as_in_an_index_that_has_read_all(county, seed):
    of_file, rows = entries(seed)[:40], entries(seed)[40:]
    plain, waiting = Index(county, of_file), WaitingIndex(county, lambda: of_file)

    for row in rows:
        found = [(match.entry.key, match.verdict, match.reasons) for match in plain.matches(row)]
        assert [(match.entry.key, match.verdict, match.reasons) for match in waiting.matches(row)] == found
        plain.add(row)
        waiting.add(row)

    assert waiting.compared == plain.compared > 0


def test_entry_of_which_a_row_makes_something_else_is_found_as_both(county):
    of_file = entries(7)[:40]
    plain, waiting = Index(county, of_file), WaitingIndex(county, lambda: of_file)
    changed = replace(waiting.entry(3), name="新星棋院", address="振兴路9号", also_named=(of_file[3].name,))

    plain.add(changed)
    waiting.add(changed)

    for sought in (of_file[3], changed):
        row = replace(sought, key="row")
        found = [(match.entry, match.verdict, match.reasons) for match in plain.matches(row)]
        assert [(match.entry, match.verdict, match.reasons) for match in waiting.matches(row)] == found
        assert changed in [entry for entry, _verdict, _reasons in found]


def test_names_at_a_crowded_place_are_read_once(county):
    waiting = WaitingIndex(county, list)
    for number in range(2 * FEW):
        waiting.add(Entry(number, f"{FIRST[number]}馆", "330382101", "井大路8号"))
    asked = Entry("row", "绘声馆", "330382101", "井大路8号")

    found = [match.entry.key for _time in range(2) for match in waiting.matches(asked)]

    assert (found, waiting.compared) == ([], 2 * 2 * 2 * FEW)  # twice, at the door and at the number of the street
