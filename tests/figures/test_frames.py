"""DataFrames of a division as of a day, as known at a moment: what they hold, of whom, and in which types."""

from datetime import date

import pandas as pd
import pytest

import figures.frames
from accounts.errors import UnknownDivision
from figures.frame_tables import TABLES
from figures.frames import DTYPES, Frames, as_kept
from figures.statistics import FIGURES, completion
from inspections.models import Finding, FindingType, Rectification, Visit
from institutions.models import Institution, Licence
from institutions.moments import Moment
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    division_rename_of,
    institution,
    licence_of,
    move_of,
    rename_of,
    round_of,
    supplement_of,
    user_with,
    visit_of,
    what_became_of,
    withdraw_visit_of,
)

pytestmark = pytest.mark.django_db
YEAR_END = Moment(date(2018, 12, 31), at("2026-01-01"))


def frames(on: str = "2018-12-31", known: str = "2026-01-01", division: str | None = "330382", user=None) -> Frames:
    return Frames.of(division, Moment(day(on), at(known)), user=user)


def dtypes_of(frame: pd.DataFrame) -> dict[str, str]:
    return {column: str(dtype) for column, dtype in frame.dtypes.items()}


@pytest.fixture
def school() -> Institution:
    """Everything there can be, once."""
    found = institution(
        LIUSHI, name="甲培训", principal="王某某", phone="13800001111", operating_address="甲路1号", learners=30,
        area_m2="120.5", position=(120.9, 28.1),
    )  # fmt: skip
    licence_of(found, "permit", "2018-02-01", number="教民1", valid_to="2018-10-31", recorded_at=at("2018-02-01"))
    visit = visit_of(found, "2018-05-01", findings=("L01", "S02"))
    round_of(found, "2018-05-01", due_on="2018-06-01", visit=visit, verified_on="2018-07-02", outcome="licensed")
    return found


# --- Types


@pytest.mark.parametrize("name", TABLES)
def test_columns_of_a_table_have_the_types_declared(school, name):
    frame = frames().frame(name)

    assert len(frame) > 0
    assert dtypes_of(frame) == {each.name: DTYPES[each.kind] for each in TABLES[name].columns}


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_has_the_same_types(name):
    frame = frames().frame(name)

    assert len(frame) == 0
    assert dtypes_of(frame) == {each.name: DTYPES[each.kind] for each in TABLES[name].columns}


@pytest.mark.parametrize("name", TABLES)
def test_words_of_a_column_are_those_it_can_have(school, name):
    frame = frames().frame(name)

    assert {each: frame[each].cat.categories.to_list() for each in frame.select_dtypes("category")} == {
        each.name: each.known_words for each in TABLES[name].columns if each.kind == "word"
    }


def test_a_word_that_a_column_does_not_know_is_not_lost_in_silence(school):
    Institution.objects.update(location_source="dream")

    with pytest.raises(ValueError, match="dream"):
        _read = frames().institutions


def test_what_is_not_stated_is_empty_in_every_type():
    institution(surveyed_on=None, name="甲")

    [row] = frames().institutions.to_dict("records")

    empty = {name for name, value in row.items() if pd.isna(value)}
    assert empty == {
        "signboard_name", "credit_code", "operating_address", "registered_address", "longitude", "latitude", "datum",
        "location_source", "location_accuracy_m", "principal", "phone", "learners", "teachers", "area_m2",
        "surveyed_on", "licence_status",
    }  # fmt: skip


def test_values_are_numbers_days_and_moments_of_shanghai(school):
    [row] = frames().institutions.to_dict("records")
    [round_] = frames().rounds.to_dict("records")

    assert (row["learners"], row["area_m2"], row["longitude"]) == (30, 120.5, 120.9)
    assert (round_["ordered_on"], round_["verified_on"]) == (pd.Timestamp("2018-05-01"), pd.Timestamp("2018-07-02"))
    assert round_["ordered_recorded_at"].isoformat() == "2018-05-01T12:00:00+08:00"


@pytest.mark.parametrize("name", TABLES)
def test_a_table_read_in_pieces_is_the_table(school, name, monkeypatch):
    for number in range(4):
        other = institution(LIUSHI)
        licence_of(other, "permit", recorded_at=at("2018-02-01"))
        visit = visit_of(other, f"2018-05-0{number + 1}", findings=("L01",))
        round_of(other, "2018-06-01", visit=visit)
    whole = frames().frame(name)

    monkeypatch.setattr(figures.frames, "CHUNK", 2)
    pieces = list(frames().chunks(name))

    assert [len(piece) for piece in pieces] == [2] * (len(whole) // 2) + [1] * (len(whole) % 2)
    pd.testing.assert_frame_equal(pd.concat(pieces, ignore_index=True), whole)
    assert frames().count(name) == len(whole)


def test_tables_take_as_many_queries_for_many_as_for_few(school, django_assert_num_queries):
    for _number in range(5):
        institution(LIUSHI)

    with django_assert_num_queries(3):  # the division, the institutions, the names of their divisions
        _read = frames().institutions


# --- What they hold


def test_true_of_a_figure_are_the_figure_in_each_township(school):
    round_of(institution(LIUSHI), "2018-11-01", due_on="2018-12-30")
    institution(NEXT_TO_LIUSHI)
    institution(NEXT_TO_LIUSHI, surveyed_on=None)

    found = frames().institutions
    sums = found.groupby(found["scope_code"].str[:9])[list(FIGURES)].sum()

    rows = completion("330382", YEAR_END, by="division").rows
    shown = {row.key: [getattr(row.figures, name) for name in FIGURES] for row in rows if row.figures.surveyed}
    assert {key: list(row) for key, row in zip(sums.index, sums.itertuples(index=False), strict=True)} == shown
    assert len(found) == 4


def test_a_past_day_shows_the_name_the_place_and_the_address_of_it(school):
    move_of(school, NEXT_TO_LIUSHI, "2018-06-01", address="乙路2号")
    rename_of(school, "乙培训", "2018-07-01")
    division_rename_of(LIUSHI, "柳市新城", "2018-09-01")

    then, later = frames("2018-05-31").institutions.iloc[0], frames("2018-07-31").institutions.iloc[0]

    columns = ["name", "division", "division_name", "scope_code", "operating_address"]
    assert list(then[columns]) == ["甲培训", LIUSHI, "柳市镇", f"{LIUSHI}000", "甲路1号"]
    assert list(later[columns]) == ["乙培训", NEXT_TO_LIUSHI, "北白象镇", f"{NEXT_TO_LIUSHI}000", "乙路2号"]


def test_a_round_is_as_it_stood_on_the_day(school):
    before, on_the_day, late = (frames(on).rounds.iloc[0] for on in ("2018-05-31", "2018-06-01", "2018-06-02"))
    struck_off = frames("2018-07-02").rounds.iloc[0]
    unknown = frames("2018-07-02", known="2018-07-01").rounds.iloc[0]

    assert (before["state"], bool(before["is_open"]), bool(before["is_overdue"])) == ("ordered", True, False)
    assert [bool(each["is_overdue"]) for each in (on_the_day, late, struck_off)] == [False, True, False]
    assert (struck_off["state"], struck_off["outcome"], bool(struck_off["is_open"])) == ("verified", "licensed", False)
    assert pd.isna(unknown["verified_on"]) and pd.isna(unknown["outcome"]) and unknown["is_open"]


def test_the_deadline_of_a_round_is_the_earliest_that_runs(db):
    round_ = round_of(institution(), "2018-05-01", due_on="2018-08-01")
    notice = supplement_of(round_, "2018-05-10", due_on="2018-06-01")
    what_became_of(notice, "fulfilled", "2018-06-15")

    assert frames("2018-06-10").rounds["due_on"].tolist() == [pd.Timestamp("2018-06-01")]
    assert frames("2018-06-20").rounds["due_on"].tolist() == [pd.Timestamp("2018-08-01")]


def test_rounds_that_are_voided_or_not_ordered_yet_are_not_there(db):
    visit = visit_of(institution(), "2018-05-01", findings=("S02",))
    round_of(visit.institution, "2018-05-02", visit=visit, voided="2018-06-01")

    ids = [
        frames(*asked).findings["round_id"].notna().tolist() + frames(*asked).rounds["number"].notna().tolist()
        for asked in [("2018-05-01",), ("2018-05-02", "2018-05-31"), ("2018-05-02", "2018-06-02")]
    ]

    assert ids == [[False], [True, True], [False]]


def test_finding_is_in_the_round_that_held_it_then(db):
    visit = visit_of(institution(), "2018-05-01", findings=("S02",))
    wrong = round_of(visit.institution, "2018-05-02", visit=visit, voided="2018-06-01")
    right = round_of(visit.institution, "2018-06-02", visit=visit)

    rounds = [
        frames(on, known).findings["round_id"].tolist()
        for on, known in [("2018-05-31", "2018-05-31"), ("2018-06-02", "2018-06-02")]
    ]

    assert rounds == [[str(wrong.pk)], [str(right.pk)]]


def test_visits_and_findings_of_the_past_stay_when_they_are_taken_back(db):
    visit = visit_of(institution(), "2018-05-01", findings=("S02", "T01"), recorded="2018-05-03")
    withdraw_visit_of(visit, "2018-06-01")

    rows = [
        (len(frames(known=known).visits), len(frames(known=known).findings))
        for known in ("2018-05-02", "2018-05-04", "2018-06-02")
    ]

    assert rows == [(0, 0), (1, 2), (0, 0)]


def test_findings_have_the_name_and_severity_of_the_catalogue(school):
    found = frames().findings.set_index("type")

    kinds = FindingType.objects.in_bulk(["L01", "S02"])
    assert {code: (found.type_name[code], found.severity[code]) for code in kinds} == {
        code: (kind.name_zh, kind.severity) for code, kind in kinds.items()
    }


def test_licences_say_whether_they_are_valid_on_the_day(school):
    revoked = licence_of(
        school, "registration", "2018-01-01", revoked_on="2018-06-01", revoked_recorded_at=at("2018-07-01"),
        recorded_at=at("2018-01-01"),
    )  # fmt: skip

    def valid(on: str, known: str) -> list[tuple]:
        found = frames(on, known).licences
        return sorted((row.kind, bool(row.is_valid), pd.notna(row.revoked_on)) for row in found.itertuples())

    assert revoked.valid_to is None
    assert valid("2018-06-01", "2018-06-30") == [("permit", True, False), ("registration", True, False)]
    assert valid("2018-06-01", "2018-07-02") == [("permit", True, False), ("registration", False, True)]
    assert valid("2018-11-01", "2018-11-02") == [("permit", False, False), ("registration", False, True)]


# --- Of whom


def test_tables_are_of_the_division_asked_for(school):
    institution(NEXT_TO_LIUSHI)

    assert [len(frames(division=division).institutions) for division in (LIUSHI, "330382", None)] == [1, 2, 2]
    assert [len(frames(division=division).rounds) for division in (LIUSHI, NEXT_TO_LIUSHI)] == [1, 0]


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_somebody_hold_nothing_out_of_their_sight(school, outsider, name):
    mine = institution(NEXT_TO_LIUSHI)
    licence_of(mine, "permit", recorded_at=at("2018-02-01"))
    visit = visit_of(mine, "2018-05-01", findings=("L01",))
    round_of(mine, "2018-06-01", visit=visit)

    found = frames(division=None, user=outsider).frame(name)

    assert found["institution_id"].tolist() == [str(mine.pk)]


@pytest.mark.parametrize("division", ["330382", LIUSHI, "999999", ""])
def test_a_division_out_of_sight_or_not_on_file_is_refused(outsider, division):
    with pytest.raises(UnknownDivision):
        frames(division=division, user=outsider)


def test_a_division_not_on_file_is_refused_when_nobody_is_signed_in(db):
    with pytest.raises(UnknownDivision):
        frames(division="999999")


def test_personal_data_is_there_for_who_may_see_it_alone(school, inspector, auditor):
    for user, seen in ((inspector, ["王某某", "13800001111"]), (auditor, [None, None]), (None, [None, None])):
        [row] = frames(user=user, division=None).institutions[["principal", "phone"]].to_dict("records")

        assert [None if pd.isna(value) else value for value in row.values()] == seen


def test_personal_data_follows_where_an_institution_lies_today(school):
    """Lent to an audit: sees the whole county, and personal data of one township of it."""
    lent = user_with("auditor", "330382")
    lent.grants.create(role="inspector", division_prefix=NEXT_TO_LIUSHI, valid_from="2018-01-01")
    moved = institution(LIUSHI, principal="李某")
    move_of(moved, NEXT_TO_LIUSHI, "2018-06-01")

    found = frames("2018-05-31", user=lent).institutions.set_index("institution_id")["principal"]

    assert pd.isna(found[str(school.pk)])
    assert found[str(moved.pk)] == "李某"


# --- As they are kept


def test_tables_as_kept_hold_every_row_and_nobody_s_name(school):
    withdraw_visit_of(visit_of(school, "2018-06-01"), "2018-06-02")

    kept = {model: as_kept(model) for model in (Institution, Visit, Finding, Rectification, Licence)}

    assert {model: len(frame) for model, frame in kept.items()} == {model: model.objects.count() for model in kept}
    assert {"principal", "phone", "content", "note"}.isdisjoint({*kept[Institution], *kept[Visit]})
    assert str(kept[Visit].dtypes["withdrawn_at"]) == DTYPES["moment"]
