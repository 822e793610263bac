"""`manage.py export_tables`: what is in the files, in each format, and that they are whole or not there."""

import csv
import hashlib
import json
import os
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import CommandError, call_command
from python_calamine import CalamineWorkbook

import figures.frame_files
from accounts.models import AuditRow
from figures.frame_tables import TABLES
from figures.frames import DTYPES, Frames
from figures.statistics import FIGURES, completion
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, day, institution, licence_of, round_of, visit_of

FORMATS = ["csv", "parquet", "xlsx"]
FORMULAS = ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "＝1", "＋1", "－1", "＠a"]
ASKED = {"as_of": "2018-12-31", "known_at": "2026-01-01T12:00:00+08:00", "division": "330382"}
MOMENT = Moment(day("2018-12-31"), at("2026-01-01"))


def export(folder: Path, *, as_: str = "csv", **options) -> str:
    said = StringIO()
    call_command("export_tables", str(folder), **{"format": as_, **ASKED, **options}, stdout=said)
    return said.getvalue()


def dictionary(folder: Path) -> dict:
    return json.loads((folder / "tables.json").read_text(encoding="utf-8"))


@pytest.fixture
def school(db) -> Institution:
    found = institution(
        LIUSHI, name="甲,“培训”\n中心", principal="王某某", phone="13800001111", learners=30, area_m2="120.5",
        position=(-120.9, 28.1), credit_code="000123456789012345",
    )  # fmt: skip
    licence_of(found, "permit", "2018-02-01", valid_to="2018-10-31", recorded_at=at("2018-02-01"))
    visit = visit_of(found, "2018-05-01", findings=("L01", "S02"))
    round_of(found, "2018-05-01", due_on="2018-06-01", visit=visit, verified_on="2018-07-02", outcome="licensed")
    institution(NEXT_TO_LIUSHI, name="乙")
    return found


# --- Reading back what was written, as the dictionary says it is


def read(folder: Path, name: str) -> pd.DataFrame:
    """A file read as an analyst reads it, by the dictionary alone, into the types it declares."""
    [said] = [each for each in dictionary(folder)["tables"] if each["table"] == name]
    types = {each["column"]: each["type"] for each in said["columns"]}
    place = folder / said["file"]
    if place.suffix == ".parquet":
        return pd.read_parquet(place)
    texts = [column for column, kind in types.items() if kind in ("string", "category")]
    if place.suffix == ".csv":
        frame = pd.read_csv(place, dtype=dict.fromkeys(texts, "string"), encoding="utf-8-sig")
    else:
        frame = pd.read_excel(place, dtype=dict.fromkeys(texts, "string"), engine="calamine")
    for column, kind in types.items():
        if "Shanghai" in kind:
            moments = pd.to_datetime(frame[column])
            zone = "Asia/Shanghai"
            frame[column] = moments.dt.tz_convert(zone) if moments.dt.tz else moments.dt.tz_localize(zone)
        elif kind.startswith("datetime64"):
            frame[column] = pd.to_datetime(frame[column])
        if kind == "category":
            [words] = [each["words"] for each in said["columns"] if each["column"] == column]
            frame[column] = pd.Categorical(frame[column].astype("object"), categories=words)
        else:
            frame[column] = frame[column].astype(kind)
    return frame


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("as_", FORMATS)
def test_a_table_comes_back_as_it_was(school, taskforce, tmp_path, as_, name):
    frame = Frames.of("330382", MOMENT, user=taskforce).frame(name)

    export(tmp_path / "out", as_=as_, user="taskforce")

    assert len(frame) > 0
    pd.testing.assert_frame_equal(read(tmp_path / "out", name), frame, check_column_type=False)


@pytest.mark.parametrize("as_", FORMATS)
def test_a_table_in_pieces_is_one_file(school, tmp_path, as_, monkeypatch):
    monkeypatch.setattr("figures.frames.CHUNK", 1)

    export(tmp_path / "out", as_=as_)

    assert len(read(tmp_path / "out", "institutions")) == 2


@pytest.mark.parametrize("name", TABLES)
def test_parquet_keeps_the_types_of_an_empty_table(db, tmp_path, name):
    export(tmp_path / "out", as_="parquet")

    frame = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")

    assert {column: str(kind) for column, kind in frame.dtypes.items()} == {
        each.name: DTYPES[each.kind] for each in TABLES[name].columns
    }


@pytest.mark.parametrize("as_", FORMATS)
def test_true_of_a_figure_in_a_file_are_the_figure(school, tmp_path, as_):
    export(tmp_path / "out", as_=as_)

    found, total = read(tmp_path / "out", "institutions"), completion("330382", MOMENT).total
    assert {name: int(found[name].sum()) for name in FIGURES} == {name: getattr(total, name) for name in FIGURES}


def test_cells_of_a_workbook_are_numbers_days_and_texts(school, tmp_path):
    export(tmp_path / "out", as_="xlsx")

    head, *rows = CalamineWorkbook.from_path(tmp_path / "out" / "institutions.xlsx").get_sheet_by_index(0).to_python()
    [row] = [line for line in (dict(zip(head, row, strict=True)) for row in rows) if "甲" in line["name"]]
    assert (row["learners"], row["longitude"], row["surveyed_on"]) == (30.0, -120.9, day("2018-04-02"))
    assert (row["credit_code"], row["division"], row["surveyed"]) == ("000123456789012345", LIUSHI, True)
    assert (row["recorded_at"].hour, row["signboard_name"]) == (12, "")


# --- Formulas


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_begins_a_formula_is_text(db, tmp_path, text):
    institution(name=text, longitude=-120.9, latitude=28.1, datum="wgs84", cell=1)

    export(tmp_path / "csv", as_="csv")
    export(tmp_path / "xlsx", as_="xlsx")

    with (tmp_path / "csv" / "institutions.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["name"], row["longitude"]) == (f"'{text}", "-120.9")
    assert has_no_formula(tmp_path / "xlsx" / "institutions.xlsx")
    sheet = CalamineWorkbook.from_path(tmp_path / "xlsx" / "institutions.xlsx").get_sheet_by_index(0)
    assert sheet.to_python()[1][1] == text


def has_no_formula(place: Path) -> bool:
    import zipfile

    with zipfile.ZipFile(place) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    return bool(sheets) and all(b"<f>" not in each for each in sheets)


# --- The dictionary


@pytest.mark.parametrize("as_", FORMATS)
def test_dictionary_says_what_every_file_is(school, tmp_path, as_):
    export(tmp_path / "out", as_=as_, user="")

    said = dictionary(tmp_path / "out")
    assert {name: said[name] for name in ("division", "user", "as_of", "known_at", "personal", "synthetic", "format")} == {
        "division": "330382", "user": "", "as_of": "2018-12-31", "known_at": "2026-01-01T04:00:00+00:00",
        "personal": False, "synthetic": False, "format": as_,
    }  # fmt: skip
    for each in said["tables"]:
        place = tmp_path / "out" / each["file"]
        assert each["sha256"] == hashlib.sha256(place.read_bytes()).hexdigest()
        assert each["rows"] == len(read(tmp_path / "out", each["table"]))
        assert [column["column"] for column in each["columns"]] == list(read(tmp_path / "out", each["table"]))
        assert all(column["says"] and column["holds"] and column["type"] for column in each["columns"])


def test_the_same_question_makes_the_same_files(school, tmp_path):
    for as_ in FORMATS:
        export(tmp_path / "one", as_=as_, force=True)
        export(tmp_path / "two", as_=as_, force=True)

        assert contents(tmp_path / "one") == contents(tmp_path / "two")


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


# --- Of whom, as known when


def test_files_are_of_the_division_the_day_and_the_moment_asked_for(school, tmp_path):
    round_of(institution(LIUSHI), "2018-08-01", ordered_recorded="2019-01-05")

    def rounds(name: str, **options) -> int:
        export(tmp_path / name, **options)
        return len(read(tmp_path / name, "rounds"))

    assert rounds("all") == 2
    assert rounds("elsewhere", division=NEXT_TO_LIUSHI) == 0
    assert rounds("before", as_of="2018-04-30") == 0
    assert rounds("known", known_at="2019-01-03T17:00:00+08:00") == 1
    assert rounds("everywhere", division=None) == 2


def test_files_hold_what_a_user_may_see_and_nobody_s_phone_without_one(school, tmp_path, inspector, outsider, auditor):
    def principals(user: str) -> list[tuple]:
        export(tmp_path / f"of {user}", user=user, division=None)
        found = read(tmp_path / f"of {user}", "institutions").sort_values("name")[["principal", "phone"]]
        return [tuple(None if pd.isna(value) else value for value in row) for row in found.to_numpy()]

    assert principals("inspector") == [("王某某", "13800001111")]
    assert principals("outsider") == [(None, None)]
    assert principals("auditor") == principals("") == [(None, None), (None, None)]


def test_an_export_of_a_user_is_in_the_trail_as_theirs(school, tmp_path, taskforce):
    export(tmp_path / "out", user="taskforce")

    row = AuditRow.objects.get(action="export")
    assert (row.by, row.object_id, row.scope_code) == (taskforce, str(taskforce.pk), "330382000000")
    assert row.after == {
        "what": "tables",
        "question": "division=330382&as_of=2018-12-31&known_at=2026-01-01T04%3A00%3A00%2B00%3A00&format=csv",
        "rows": 2 + 1 + 2 + 1 + 1,
        "personal": True,
    }


def test_an_export_of_nobody_is_in_the_trail_of_the_division(school, tmp_path):
    export(tmp_path / "out")
    export(tmp_path / "everywhere", division=None)

    rows = list(AuditRow.objects.filter(action="export").values_list("by", "object_type", "object_id", "scope_code"))
    assert rows[0] == (None, "institutions.division", "330382", "330382000000")
    assert rows[1] == (None, "institutions.division", "33", "330000000000")


# --- Whole, or not at all


def test_a_table_that_is_there_is_not_overwritten_unless_told_to(school, tmp_path):
    export(tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    before = contents(tmp_path / "out")
    institution(LIUSHI)

    with pytest.raises(CommandError, match="institutions.csv、.*--force"):
        export(tmp_path / "out")
    assert contents(tmp_path / "out") == before

    export(tmp_path / "out", force=True)
    assert len(read(tmp_path / "out", "institutions")) == 3
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_an_export_in_another_format_takes_the_place_of_the_former(school, tmp_path):
    export(tmp_path / "out")

    with pytest.raises(CommandError, match="tables.json"):
        export(tmp_path / "out", as_="parquet")
    export(tmp_path / "out", as_="parquet", force=True)

    assert sorted(contents(tmp_path / "out")) == sorted([*(f"{name}.parquet" for name in TABLES), "tables.json"])


@pytest.mark.parametrize("as_", FORMATS)
def test_an_export_that_fails_leaves_nothing_and_no_trail(school, tmp_path, as_, monkeypatch):
    monkeypatch.setitem(figures.frame_files.WRITERS, as_, fails_at_the_third(figures.frame_files.WRITERS[as_]))

    with pytest.raises(CommandError, match="不能写入"):
        export(tmp_path / "new" / "out", as_=as_)
    (tmp_path / "old").mkdir()
    with pytest.raises(CommandError, match="不能写入"):
        export(tmp_path / "old", as_=as_)

    assert list((tmp_path / "new").iterdir()) == list((tmp_path / "old").iterdir()) == []
    assert not AuditRow.objects.filter(action="export").exists()


def fails_at_the_third(write):
    """A disk that is full when the third table is written."""
    left = iter([False, False, True] * 2)

    def written(pieces, table, place):
        if next(left):
            raise OSError(28, os.strerror(28))
        return write(pieces, table, place)

    return written


def test_files_are_readable_by_their_owner_alone(school, tmp_path):
    export(tmp_path / "out")

    modes = {each.stat().st_mode & 0o777 for each in (tmp_path / "out").iterdir()}
    assert (modes, (tmp_path / "out").stat().st_mode & 0o777) == ({0o600}, 0o700)


def test_more_rows_than_a_sheet_takes_are_refused_before_anything_is_written(school, tmp_path, monkeypatch):
    monkeypatch.setattr(figures.frame_files, "MOST_IN_A_SHEET", 1)

    with pytest.raises(CommandError, match="institutions 共 2 行，工作表至多 1 行"):
        export(tmp_path / "out", as_="xlsx")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"as_of": "2018-13-01"}, "“2018-13-01”不是日期"),
        ({"as_of": "2999-01-01"}, "日期 2999-01-01 在今天之后"),
        ({"known_at": "noon"}, "“noon”不是时刻"),
        ({"known_at": "2999-01-01T00:00:00+08:00"}, "还没有过去"),
        ({"division": "999999"}, "没有代码为“999999”的行政区划"),
        ({"division": ""}, "没有代码为“”的行政区划"),
        ({"user": "nobody"}, "没有用户“nobody”"),
        ({"user": "outsider"}, "没有代码为“330382”的行政区划"),
    ],
)
def test_command_refuses_what_it_does_not_understand(school, outsider, tmp_path, given, said):
    with pytest.raises(CommandError, match=said):
        export(tmp_path / "out", **given)

    assert list(tmp_path.iterdir()) == []
