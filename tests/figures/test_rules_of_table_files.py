"""What the files of `export_tables` are besides their values: how a workbook looks, what is taken away and what stays."""

import csv
import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet
import pytest

import figures.frame_files
from figures.exports import NO_MOMENT
from figures.frame_files import (
    DICTIONARY,
    WouldOverwrite,
    _of_dictionary,
    write_csv,
    write_parquet,
    write_tables,
    write_xlsx,
)
from figures.frame_tables import TABLES
from figures.frames import Frames
from figures.statistics import Standing
from institutions.moments import Moment
from tests.factories import LIUSHI, at, day, institution, licence_of, visit_of

MOMENT = Moment(day("2018-12-31"), at("2026-01-01"))


@pytest.fixture
def frames(db) -> Frames:
    school = institution(LIUSHI, name="=甲", learners=30, area_m2="120.5")
    licence_of(school, "permit", "2018-02-01", valid_to="2018-10-31", recorded_at=at("2018-02-01"))
    visit_of(school, "2018-05-01")
    return Frames.of("330382", MOMENT)


# --- A workbook


@pytest.fixture
def sheet(frames, tmp_path):
    """The institutions as a workbook, in the pieces they come in."""
    place = tmp_path / "institutions.xlsx"
    write_xlsx(frames.chunks("institutions"), TABLES["institutions"], place)
    return openpyxl.load_workbook(place)["institutions"]


def cell(sheet, column: str):
    """The cell of the first row under the head."""
    names = [each.value for each in sheet[1]]
    return sheet.cell(2, names.index(column) + 1)


def test_head_of_a_workbook_is_bold_and_stays_with_the_ids(sheet):
    assert sheet.freeze_panes == "B2"
    assert {each.font.bold for each in sheet[1]} == {True}
    assert {each.font.bold for each in sheet[2]} == {False}


def test_workbook_says_no_moment_of_its_making(sheet):
    """So that the same question makes the same file."""
    assert sheet.parent.properties.created == NO_MOMENT


def test_sheet_takes_as_many_rows_as_it_has(frames, tmp_path, monkeypatch):
    monkeypatch.setattr(figures.frame_files, "MOST_IN_A_SHEET", 1)

    rows = write_tables(frames, tmp_path / "out", "xlsx", of={})

    assert rows == {"institutions": 1, "visits": 1, "findings": 0, "rounds": 0, "licences": 1}


def test_columns_of_a_workbook_are_wide_enough_for_a_day_and_a_name(sheet):
    [widths] = sheet.column_dimensions.values()  # one rule for all

    assert (widths.min, widths.max) == (1, len(TABLES["institutions"].columns))
    assert widths.width >= 16


def test_cells_of_a_workbook_have_the_types_of_their_columns(sheet):
    types = {name: cell(sheet, name).data_type for name in ("name", "learners", "area_m2", "surveyed", "surveyed_on")}

    assert types == {"name": "s", "learners": "n", "area_m2": "n", "surveyed": "b", "surveyed_on": "d"}
    assert cell(sheet, "surveyed_on").number_format == "yyyy-mm-dd"
    assert cell(sheet, "recorded_at").number_format == "yyyy-mm-dd hh:mm:ss"
    assert cell(sheet, "recorded_at").value == datetime(2018, 1, 1, 12)  # 12:00 in Shanghai
    assert cell(sheet, "credit_code").value is None


# --- CSV in pieces


def test_csv_has_one_head_and_one_mark_of_its_encoding(frames, tmp_path):
    [piece] = frames.chunks("institutions")
    place = tmp_path / "institutions.csv"

    rows = write_csv([piece, piece], TABLES["institutions"], place)

    head, *lines = place.read_bytes().split(b"\r\n")[:-1]
    assert (rows, len(lines)) == (2, 2)
    assert head.startswith(b"\xef\xbb\xbfinstitution_id,")
    assert [b"\xef\xbb\xbf" in line for line in lines] == [False, False]


def test_moments_of_a_csv_say_their_offset_and_days_are_days(frames, tmp_path):
    place = tmp_path / "institutions.csv"
    write_csv(frames.chunks("institutions"), TABLES["institutions"], place)

    [row] = csv.DictReader(place.read_text(encoding="utf-8-sig").splitlines())

    assert (row["recorded_at"], row["surveyed_on"]) == ("2018-01-01T12:00:00+08:00", "2018-04-02")


def test_csv_leaves_the_table_it_was_made_from_as_it_was(frames, tmp_path):
    [piece] = frames.chunks("institutions")
    before = piece.copy()

    write_csv([piece], TABLES["institutions"], tmp_path / "institutions.csv")

    pd.testing.assert_frame_equal(piece, before)


# --- Parquet


def test_parquet_has_the_columns_of_the_table_and_no_other(frames, tmp_path):
    place = tmp_path / "institutions.parquet"

    write_parquet(frames.chunks("institutions"), TABLES["institutions"], place)

    assert pyarrow.parquet.read_schema(place).names == [each.name for each in TABLES["institutions"].columns]


# --- A folder


def written(frames: Frames, folder: Path, **how) -> list[str]:
    write_tables(frames, folder, "csv", of={}, **how)
    return sorted(each.name for each in folder.iterdir())


def test_folder_is_made_with_those_above_it_and_holds_nothing_unfinished(frames, tmp_path):
    everything = sorted([*(f"{name}.csv" for name in TABLES), DICTIONARY])

    assert written(frames, tmp_path / "a" / "b" / "c") == everything
    assert written(frames, tmp_path / "a" / "b" / "c", force=True) == everything
    assert [each.name for each in (tmp_path / "a" / "b").iterdir()] == ["c"]


def test_export_that_is_there_is_left_alone_unless_told_otherwise(frames, tmp_path):
    before = written(frames, tmp_path / "out")

    with pytest.raises(WouldOverwrite, match=DICTIONARY):
        written(frames, tmp_path / "out")
    assert written(frames, tmp_path / "out", force=True) == before


def test_number_of_rows_is_noted_before_anything_is_in_place(frames, tmp_path):
    noted = []

    written(frames, tmp_path / "out", noted=lambda rows: noted.append((rows, (tmp_path / "out").exists())))

    assert noted == [(3, False)]  # one institution, its licence and its visit


def test_dictionary_names_words_where_a_column_has_them_and_units_where_it_is_measured(frames, tmp_path):
    written(frames, tmp_path / "out")

    said = (tmp_path / "out" / DICTIONARY).read_text(encoding="utf-8")
    tables = json.loads(said)["tables"]
    columns = {each["column"]: each for each in tables[0]["columns"]}
    assert [columns["standing"].get("words"), columns["name"].get("words")] == [Standing.values, None]
    assert [columns["area_m2"].get("unit"), columns["name"].get("unit")] == ["平方米", None]
    assert "平方米" in said  # to be read by people, too


def test_export_is_replaced_though_somebody_took_a_file_of_it_away(frames, tmp_path):
    before = written(frames, tmp_path / "out")
    (tmp_path / "out" / "visits.csv").unlink()

    assert written(frames, tmp_path / "out", force=True) == before


@pytest.mark.parametrize("there", [True, False])
def test_what_is_unfinished_lies_in_the_folder_where_there_is_one_and_beside_it_otherwise(frames, tmp_path, there):
    """On the same disk as what it becomes, whatever is mounted where."""
    folder, seen = tmp_path / "out", []
    if there:
        folder.mkdir()

    written(frames, folder, noted=lambda rows: seen.extend(tmp_path.rglob(".unfinished-*")))

    assert [each.parent for each in seen] == [folder if there else tmp_path]


@pytest.mark.parametrize(
    ("said", "files"),
    [
        ({"format": "parquet"}, [DICTIONARY, *(f"{name}.parquet" for name in TABLES)]),
        ({"format": "../../x"}, [DICTIONARY, *(f"{name}." for name in TABLES)]),
        ({}, []),
        (["format"], []),
    ],
)
def test_only_files_of_an_export_are_what_a_dictionary_names(tmp_path, said, files):
    place = tmp_path / DICTIONARY
    place.write_text(json.dumps(said), encoding="utf-8")

    assert _of_dictionary(place) == files
    assert _of_dictionary(tmp_path / "absent") == []
