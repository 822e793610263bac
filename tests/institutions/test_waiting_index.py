"""Entries that wait until another asks for something they have are found as if they had been entered at once."""

import random

import pytest

from institutions.duplicates.index import Index
from institutions.duplicates.reading import Entry
from institutions.duplicates.waiting import WaitingIndex
from institutions.models import Division
from institutions.places import County

NAMES = ["绘声馆", "绘声艺术馆", "青竹教育", "青竹教育培训中心", "晨曦书院", "晨曦书画院", "知行英语", "知行外语"]
DOORS = ["井大路8号", "井大路8号2楼", "井大路", "乐怡路12号", "乐怡街12号", "车站路3号", ""]
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


def test_entry_that_nobody_asks_for_is_not_read(county):
    waiting = WaitingIndex(county, list)
    waiting.add(Entry(1, "绘声馆", "330382101", "井大路8号"))

    found = waiting.matches(Entry(2, "青竹教育", "330382102", "车站路3号"))

    assert (found, dict(waiting.entries)) == ([], {})
