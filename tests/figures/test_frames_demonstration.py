"""On the demonstration: true of a figure are as many as the figure, by each partition of it."""

from datetime import date

import pytest

from figures.frames import Frames
from figures.statistics import FIGURES, completion
from institutions.moments import Moment
from tests.factories import at
from tests.figures.test_frames_of_histories import assert_true_are_the_figures

FEW_MOMENTS = [Moment(date(2018, 6, 30), at("2018-07-03")), Moment(date(2018, 12, 31), at("2019-01-03"))]
FEW_MOMENTS += [Moment(date(2018, 12, 31), at("2019-02-01")), Moment(date(2017, 12, 31), at("2019-02-01"))]


def by_finding_type(tables: Frames) -> dict[str, list[int]]:
    found = tables.findings[["type", "institution_id"]].astype("object").drop_duplicates()
    joined = found.merge(tables.institutions.query("surveyed"), on="institution_id")
    counted = joined.groupby("type")[list(FIGURES)].sum()
    return {key: list(row) for key, row in zip(counted.index, counted.to_numpy(), strict=True)}


@pytest.mark.parametrize("asked", FEW_MOMENTS, ids=str)
def test_true_of_a_figure_of_the_demonstration_are_the_figure(db, demonstration, asked):
    tables = Frames.of("330382", asked)

    assert_true_are_the_figures(tables.institutions, "330382", asked)
    rows = completion("330382", asked, by="finding_type").rows
    assert by_finding_type(tables) == {row.key: [getattr(row.figures, name) for name in FIGURES] for row in rows}
