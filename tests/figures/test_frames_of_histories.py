"""On histories nobody thought of: true of a figure are as many as the figure, each institution
where the recount has it; and what was known stays known."""

from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from figures.frame_tables import TABLES
from figures.frames import Frames
from figures.ledger import LedgerQuestion
from figures.statistics import FIGURES, completion
from institutions.imports.rollback import roll_back
from institutions.moments import Moment
from tests.factories import at, institution, user_with
from tests.figures.histories import TOWNSHIPS, day, histories, moment, write_more
from tests.figures.test_recount import ONCE_MORE, taken_back, told, written
from tests.institutions.test_import_undone_figures import AFTER, BEFORE, imported
from tests.recount import exported, recount


def assert_true_are_the_figures(found: pd.DataFrame, division: str, asked: Moment) -> None:
    """In all and by each partition that an institution has one part of."""
    for by, parts in (
        ("division", found["scope_code"].str[: len(division) + 3]),
        ("licence_status", found["licence_status"]),
    ):
        counted = found.groupby(parts.astype("object"))[list(FIGURES)].sum()
        rows = completion(division, asked, by=by).rows
        assert {key: list(row) for key, row in zip(counted.index, counted.to_numpy(), strict=True) if any(row)} == {
            row.key: [getattr(row.figures, name) for name in FIGURES] for row in rows if row.figures.surveyed
        }
    total = completion(division, asked).total
    assert {name: int(found[name].sum()) for name in FIGURES} == {name: getattr(total, name) for name in FIGURES}


@settings(max_examples=10, **ONCE_MORE)
@given(told, st.integers(0, 450), st.integers(0, 500))
def test_institutions_of_any_history_stand_where_the_recount_has_them(db, told, after, known_after):
    with taken_back():
        written(told)
        asked = Moment(day(after), moment(known_after))
        counted = recount(exported(), asked.on, asked.known_at)

        for division in ("330382", TOWNSHIPS[0]):
            found = Frames.of(division, asked).institutions
            assert_true_are_the_figures(found, division, asked)

            columns = ["id", "name", "scope_code", "status", *FIGURES]
            there = counted[counted.scope_code.str.startswith(division)].sort_values("id")[columns]
            shown = found[found.surveyed][["institution_id", "name", "scope_code", "licence_status", *FIGURES]]
            assert [tuple(row) for row in shown.sort_values("institution_id").itertuples(index=False)] == [
                tuple(row) for row in there.itertuples(index=False)
            ]


@settings(max_examples=8, **ONCE_MORE)
@given(told, st.integers(0, 450), st.integers(0, 500), st.sampled_from(["330382", *TOWNSHIPS]))
def test_rounds_of_any_history_stand_as_the_ledger_has_them(db, told, after, known_after, division):
    with taken_back():
        written(told)
        somebody = user_with("supervisor", "33")
        asked = Moment(day(after), moment(known_after))
        clocks = {"as_of": asked.on.isoformat(), "known_at": asked.known_at.isoformat()}

        rounds = Frames.of(division, asked, user=somebody).rounds

        def numbers(state: str) -> set[str]:
            asked_for = LedgerQuestion(division=division, state=state, **clocks).rounds(somebody)
            return set(asked_for.values_list("number", flat=True))

        assert set(rounds[rounds.is_open].number) == numbers("open")
        assert set(rounds[rounds.is_overdue].number) == numbers("overdue")
        for state in ("ordered", "submitted", "returned", "verified"):
            assert set(rounds[rounds.state == state].number) == numbers(state)


@settings(max_examples=6, **ONCE_MORE)
@given(told, st.lists(histories(), min_size=5, max_size=5), st.integers(0, 450), st.integers(60, 450))
def test_tables_are_the_same_whatever_becomes_known_later(db, told, later, after, known):
    """All but the columns that say they are of today."""
    with taken_back():
        schools = written(told)
        asked = Moment(day(after), moment(known))
        kept = {name: lasting(name, asked) for name in TABLES}

        for school, more in zip(schools, later, strict=False):
            school.refresh_from_db()
            write_more(school, more, known + 1)
        for more in later[len(schools) :]:
            write_more(institution(more["township"], recorded_at=moment(known + 1), surveyed_on=None), more, known + 1)

        for name, frame in kept.items():
            pd.testing.assert_frame_equal(lasting(name, asked), frame)


def lasting(name: str, asked: Moment) -> pd.DataFrame:
    columns = [each.name for each in TABLES[name].columns if each.of != "today"]
    return Frames.of("330382", asked).frame(name)[columns]


def test_an_import_that_was_undone_is_there_for_who_asks_of_before(db):
    batch = imported()
    kept = {name: lasting(name, Moment(date(2018, 12, 31), BEFORE)) for name in TABLES}

    roll_back(batch, by=None, at=at("2018-07-01"))

    before, after = (Frames.of("330382", Moment(date(2018, 12, 31), known)) for known in (BEFORE, AFTER))
    for name, frame in kept.items():
        pd.testing.assert_frame_equal(lasting(name, before.moment), frame)
    assert sorted(before.institutions.name) == ["丙培训中心", "乙培训中心", "新来培训中心"]
    assert after.institutions[["name", "surveyed"]].sort_values("name").to_numpy().tolist() == [
        ["丙培训中心", False], ["甲培训中心", True],
    ]  # fmt: skip
    assert (len(before.licences), len(after.licences)) == (
        3,
        1,
    )  # 甲 had one; a permit and, by its code, a registration came
