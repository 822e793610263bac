"""Which registrations may be one: what is certain, what a person is asked about, and what nobody is nagged about."""

import csv
import random
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from institutions.duplicates.index import MOST_AT_A_PLACE, Index
from institutions.duplicates.likeness import Reason, Verdict
from institutions.duplicates.measure import measure
from institutions.duplicates.on_file import entries_of
from institutions.duplicates.reading import Entry
from institutions.models import Division, Institution
from institutions.places import County
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, licence_of, merge_of, rename_of
from tests.institutions.label_duplicates import FILE, SIDES, labelled

CODE, OTHER_CODE = "91350200MA2YJ1XR9G", "11370000004502323D"


@pytest.fixture
def county(db) -> County:
    return County(Division.objects.get(pk="330382"))


@pytest.fixture
def found(county):
    """What a registration is found to be of another: verdict and reasons."""

    def compared(one: dict, other: dict) -> tuple[str, set[str]]:
        plain = {"name": "绘声馆", "township": LIUSHI, "address": "井大路8号"}
        matches = Index(county, [Entry(key=1, **plain | one)]).matches(Entry(key=2, **plain | other))
        return (matches[0].verdict, set(matches[0].reasons)) if matches else (Verdict.NEW, set())

    return compared


# --- The labelled pairs


@pytest.fixture
def pairs() -> list[dict]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_labelled_pairs_are_what_the_generator_writes(pairs):
    assert pairs == list(labelled())
    assert len(pairs) >= 300
    assert sum(row["same"] == "no" for row in pairs) * 3 >= len(pairs)
    assert all(any(row[f"a_{name}"] != row[f"b_{name}"] for name in SIDES) for row in pairs)


def test_nothing_that_is_two_is_certain_and_most_of_what_is_one_is_found(county, pairs):
    measured = measure(pairs, county)

    assert measured.precision(Verdict.CERTAIN) == 1.0
    assert measured.recall(Verdict.CERTAIN) >= 0.35
    assert measured.precision(Verdict.CERTAIN, Verdict.CANDIDATE) >= 0.85
    assert measured.recall(Verdict.CERTAIN, Verdict.CANDIDATE) >= 0.85


def test_measure_is_printed(county):
    out = StringIO()

    call_command("measure_duplicates", str(FILE), stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[-3].startswith("certain: precision 1.000, recall 0.")
    assert [line.split(":")[0] for line in lines[-3:]] == ["certain", "candidate", "certain or candidate"]


# --- One by one


@pytest.mark.parametrize(
    ("one", "other", "verdict", "reasons"),
    [
        ({"credit_code": CODE}, {"credit_code": CODE, "address": "天琪路2号"}, "certain", {"same_name", "other_address"}),
        ({"credit_code": CODE}, {"credit_code": CODE, "name": "青竹"}, "certain", {"same_address"}),
        ({"credit_code": CODE}, {"credit_code": CODE, "name": "青竹", "address": "天琪路2号"}, "campus", {"other_address"}),
        ({"credit_code": CODE}, {"credit_code": CODE, "name": "青竹", "address": ""}, "candidate", set()),
        ({}, {"address": "柳市镇井大路8号"}, "certain", {"same_name", "same_address"}),
        ({"credit_code": CODE}, {"credit_code": OTHER_CODE}, "candidate", {"same_name", "same_address", "other_code"}),
        ({}, {"address": "天琪路2号"}, "candidate", {"same_name", "other_address"}),
        ({"also_named": ("青竹",)}, {"name": "青竹", "address": ""}, "candidate", {"former_name"}),
        ({}, {"name": "汇声馆", "address": "井大路8号2楼"}, "candidate", {"near_name", "same_door"}),
        ({}, {"name": "汇声馆", "address": "井达路8号"}, "candidate", {"near_name", "near_address"}),
        ({}, {"name": "汇声馆", "address": "井大路"}, "candidate", {"near_name", "near_address"}),
        ({"phone": "0577-62000000"}, {"name": "汇声馆", "address": "", "phone": "62000000、13800000000"}, "candidate",
         {"near_name", "same_phone"}),
        ({"phone": "13800000000"}, {"name": "青竹", "address": "井大路8号", "phone": "13800000000"}, "candidate",
         {"same_address", "same_phone"}),
        ({"also_at": ("天琪路2号",)}, {"name": "汇声馆", "address": "天琪路2号"}, "candidate", {"near_name", "same_address"}),
    ],
)  # fmt: skip
def test_what_speaks_for_one_institution(found, one, other, verdict, reasons):
    told, why = found(one, other)

    assert (told, why - {Reason.SAME_CODE}) == (verdict, reasons)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "童绘馆"}, {"name": "同绘馆", "address": "天琪路8号"}),
        ({}, {"name": "汇声馆", "address": "井大路18号"}),
        ({}, {"name": "汇声馆", "address": "井大路8-1号"}),
        ({}, {"name": "汇声馆", "township": NEXT_TO_LIUSHI}),
        ({}, {"name": "青竹"}),
        ({}, {"township": NEXT_TO_LIUSHI, "address": "天琪路2号"}),
        ({"name": "绘声第一分校"}, {"name": "绘声第二分校"}),
        ({"name": "绘声A校区"}, {"name": "绘声B校区"}),
        ({"name": "绘声总校"}, {"name": "绘声分校"}),
        ({"phone": "13800000000"}, {"name": "青竹", "address": "天琪路2号", "phone": "13800000000"}),
        ({"credit_code": CODE}, {"name": "汇声馆", "credit_code": OTHER_CODE}),
    ],
)
def test_what_nobody_is_asked_about(found, one, other):
    assert found(one, other) == (Verdict.NEW, set())


def test_serials_in_either_writing_are_one(found):
    assert found({"name": "绘声艺术第1分校"}, {"name": "绘生艺术第一分校"})[0] == Verdict.CANDIDATE


def test_reasons_are_in_words(county):
    index = Index(county, [Entry(key=1, name="绘声馆", township=LIUSHI, address="井大路8号", phone="13800000000")])

    match = index.matches(Entry(key=2, name="汇声馆", township=LIUSHI, address="井大路8号2楼", phone="13800000000"))[0]

    assert match.words == ["名称相近", "同一门牌", "电话相同"]


@given(st.permutations(range(6)))
def test_order_of_the_register_does_not_matter(django_db_blocker, order):
    with django_db_blocker.unblock():
        county = County(Division.objects.get(pk="330382"))
        names = ["绘声馆", "汇声馆", "绘声", "青竹", "晴竹", "绘声馆培训中心"]
        entries = [
            Entry(key=place, name=name, township=LIUSHI, address="井大路8号") for place, name in enumerate(names)
        ]

        index = Index(county, [entries[place] for place in order])

    pairs = {frozenset({one.key, match.entry.key}): match.verdict for one, match in index.pairs()}
    assert pairs == {
        frozenset({0, 1}): "candidate", frozenset({0, 2}): "candidate", frozenset({0, 5}): "candidate",
        frozenset({1, 5}): "candidate", frozenset({2, 5}): "candidate",
    }  # fmt: skip


def test_as_many_comparisons_as_there_are_neighbours_not_as_there_are_rows(county):
    """Of a register ten times as long ten times as much is compared, not a hundred times."""
    make = random.Random(7)
    signs = "晨曦青竹绘声童画启明星海蓝天白云小树林阳光彩虹"

    def compared(many: int) -> int:
        rows = [
            Entry(place, "".join(make.sample(signs, 3)), LIUSHI, f"{make.choice(signs)}{make.choice(signs)}路{place % 400}号")
            for place in range(many)
        ]  # fmt: skip
        index = Index(county, rows)
        for row in rows:
            index.matches(row)
        return index.compared

    assert compared(4000) <= 4000 * 12


def test_very_many_at_one_door_are_compared_with_some(county):
    rows = [Entry(place, f"绘声{place:05d}", LIUSHI, "井大路8号") for place in range(3 * MOST_AT_A_PLACE)]
    index = Index(county, [*rows, Entry(-1, "青竹轩", LIUSHI, "井大路8号")])

    matches = index.matches(Entry(-2, "青竹斋", LIUSHI, "井大路8号"))

    assert [match.entry.key for match in matches] == [-1]
    assert index.compared <= MOST_AT_A_PLACE


# --- What is on file


def test_former_names_and_what_was_merged_are_names_of_the_one_that_stays(county, taskforce):
    school = institution(name="绘声馆", operating_address="井大路8号")
    licence_of(school, "permit", number="教民133038200000077号")
    rename_of(school, "绘声艺术", "2018-06-01")
    merge_of(institution(name="汇声", operating_address="天琪路2号"), school)

    (entry,) = entries_of(Institution.objects.all())

    assert (entry.name, set(entry.also_named), entry.also_at) == ("绘声艺术", {"绘声馆", "汇声"}, ("天琪路2号",))
    assert entry.bare_permits == {"133038200000077"}
