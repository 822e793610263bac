"""Each figure's definition, by hand. Unless said otherwise what happened on a day was known at noon of it."""

from fractions import Fraction

import pytest

from accounts.errors import Invalid, UnknownDivision
from figures.statistics import FIGURES, Figures, completion, counts, members
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import at, day, institution, merge_of, round_of, visit_of


def test_surveyed_counts_from_the_day_of_the_survey(figures):
    institution(surveyed_on="2018-04-02")

    assert figures("2018-04-01") == Figures()
    assert figures("2018-04-02") == Figures(surveyed=1)


def test_surveyed_leaves_out_what_was_never_surveyed(figures):
    institution(surveyed_on=None)

    assert figures("2018-12-31") == Figures()


def test_surveyed_leaves_out_a_survey_not_yet_known(figures):
    institution(surveyed_on="2018-04-02", surveyed_recorded="2018-05-10")

    assert figures("2018-04-30", known="2018-05-09") == Figures()
    assert figures("2018-04-30", known="2018-05-10") == Figures(surveyed=1)


def test_surveyed_leaves_out_a_merged_duplicate_from_the_moment_it_is_merged(figures):
    kept = institution()
    merge_of(institution(), kept, "2018-06-15")

    # Two were known until the merge, one from its moment on, whatever day is asked about.
    assert figures("2018-12-31", known="2018-06-14").surveyed == 2
    assert figures("2018-04-30", known="2018-06-15").surveyed == 1


def test_surveyed_leaves_out_a_withdrawn_registration(figures):
    school = institution(withdrawn_at=at("2018-06-15"))
    round_of(school, "2018-05-01")

    assert figures("2018-12-31", known="2018-06-14") == Figures(1, 1, 0, 1, 1)
    assert figures("2018-12-31") == Figures()


def test_with_problems_begins_on_the_day_of_the_order(figures):
    round_of(institution(), "2018-05-01")

    assert figures("2018-04-30") == Figures(surveyed=1)
    assert figures("2018-05-01") == Figures(surveyed=1, with_problems=1, outstanding=1)


def test_with_problems_does_not_count_findings_without_an_order(figures):
    visit_of(institution(), "2018-05-01", findings=("L01",))

    assert figures("2018-12-31") == Figures(surveyed=1)


def test_with_problems_stays_inside_surveyed(figures):
    round_of(institution(surveyed_on="2018-08-01"), "2018-05-01")

    # Ordered before it was surveyed: not in any figure until the survey.
    assert figures("2018-07-31") == Figures()
    assert figures("2018-08-01").with_problems == 1


def test_order_not_yet_known_is_not_counted(figures):
    round_of(institution(), "2018-05-30", ordered_recorded="2018-06-08")

    assert figures("2018-05-31", known="2018-06-03").with_problems == 0
    assert figures("2018-05-31", known="2018-06-08").with_problems == 1


def test_voided_round_was_counted_until_it_was_voided(figures):
    round_of(institution(), "2018-05-01", voided="2018-05-20")

    # A correction takes the round back for every day, as known from that moment.
    assert figures("2018-05-10", known="2018-05-19") == Figures(surveyed=1, with_problems=1, outstanding=1)
    assert figures("2018-05-10", known="2018-05-20") == Figures(surveyed=1)
    assert figures("2018-05-10") == Figures(surveyed=1)


def test_voided_second_round_leaves_the_first_outcome(figures):
    school = institution()
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    round_of(school, "2018-07-01", voided="2018-07-05")

    assert figures("2018-07-31", known="2018-07-04").outstanding == 1
    assert figures("2018-07-31") == Figures(surveyed=1, with_problems=1, rectified=1, licensed=1)


def test_rectified_begins_on_the_day_of_verification(figures):
    round_of(institution(), "2018-05-01", submitted_on="2018-05-20", verified_on="2018-06-01")

    # Submitted since 20 May: still open.
    assert figures("2018-05-31") == Figures(surveyed=1, with_problems=1, outstanding=1)
    assert figures("2018-06-01") == Figures(surveyed=1, with_problems=1, rectified=1, closed=1)


def test_verification_known_late_changes_only_what_is_known_later(figures):
    round_of(institution(), "2018-05-01", due_on="2018-12-15", verified_on="2018-12-30", verified_recorded="2019-01-08")

    # The report of 3 January keeps its figure; the live figure of December moves on the 8th.
    assert figures("2018-12-31", known="2019-01-03") == Figures(1, 1, 0, 1, overdue=1)
    assert figures("2018-12-31", known="2019-01-08") == Figures(1, 1, 1, 0, closed=1)


def test_rectified_leaves_out_an_institution_with_a_second_round_open(figures):
    school = institution()
    round_of(school, "2018-05-01", verified_on="2018-07-01")
    round_of(school, "2018-09-10", due_on="2018-12-31")  # rebound, still open

    assert figures("2018-08-31") == Figures(1, 1, 1, 0, closed=1)
    assert figures("2018-12-31") == Figures(1, 1, 0, 1)


def test_institution_with_three_rounds_counts_once(figures):
    school = institution(status="full")
    for month in ("03", "05", "07"):
        round_of(school, f"2018-{month}-10", verified_on=f"2018-{month}-20", outcome="corrected")

    assert figures("2018-12-31") == Figures(1, 1, 1, corrected=1)


def test_outcome_is_that_of_the_round_verified_last(figures):
    school = institution(status="full")
    round_of(school, "2018-05-01", verified_on="2018-08-01", outcome="corrected")
    round_of(school, "2018-08-10", verified_on="2018-10-01", outcome="closed")

    assert figures("2018-09-30") == Figures(1, 1, 0, 1, overdue=1)  # the second round was due on 9 September
    assert (figures("2018-08-05").corrected, figures("2018-08-05").closed) == (1, 0)
    assert (figures("2018-10-01").corrected, figures("2018-10-01").closed) == (0, 1)


def test_outcome_of_two_verified_on_one_day_is_the_one_recorded_last(figures):
    school = institution(status="full")
    round_of(school, "2018-05-01", verified_on="2018-08-01", verified_recorded=at("2018-08-01", 15), outcome="closed")
    round_of(school, "2018-05-02", verified_on="2018-08-01", verified_recorded=at("2018-08-01", 9), outcome="corrected")

    assert figures("2018-08-01") == Figures(1, 1, 1, closed=1)


def test_outcome_as_known_before_the_second_verification_was_recorded(figures):
    school = institution(status="full")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    round_of(school, "2018-07-01", ordered_recorded="2018-09-01", verified_on="2018-08-01",
             verified_recorded="2018-09-02", outcome="closed")  # fmt: skip

    assert figures("2018-08-31", known="2018-08-31").corrected == 1
    assert figures("2018-08-31", known="2018-09-01").outstanding == 1
    assert figures("2018-08-31", known="2018-09-02").closed == 1


def test_due_today_is_not_overdue(figures):
    round_of(institution(), "2018-05-01", due_on="2018-05-31")

    assert figures("2018-05-31").overdue == 0
    assert figures("2018-06-01").overdue == 1


def test_extension_does_not_change_the_past(figures):
    round_of(institution(), "2018-05-01", due_on="2018-05-31", extensions=[("2018-06-10", "2018-07-31")])

    assert figures("2018-05-31").overdue == 0
    assert figures("2018-06-09").overdue == 1  # nobody had extended it yet
    assert figures("2018-06-10").overdue == 0
    assert figures("2018-07-31").overdue == 0
    assert figures("2018-08-01").overdue == 1


def test_extension_known_late_counts_from_when_it_was_known(figures):
    round_of(institution(), "2018-05-01", due_on="2018-05-31", extensions=[("2018-05-30", "2018-07-31", "2018-06-20")])

    assert figures("2018-06-10", known="2018-06-19").overdue == 1
    assert figures("2018-06-10", known="2018-06-20").overdue == 0


def test_last_of_two_extensions_is_in_force(figures):
    round_of(
        institution(), "2018-05-01", due_on="2018-05-31",
        extensions=[("2018-05-20", "2018-06-30"), ("2018-06-25", "2018-08-31")],
    )  # fmt: skip

    assert figures("2018-06-24").overdue == 0
    assert figures("2018-08-31").overdue == 0
    assert figures("2018-09-01").overdue == 1


def test_day_ends_at_midnight_in_shanghai(figures):
    # 23:30 in Shanghai on the 31st is 15:30 UTC: the same day in both. 00:30 on the 1st is still the 31st in UTC.
    institution(surveyed_on="2018-06-01", surveyed_recorded=at("2018-06-01", 0, 30))

    assert figures("2018-05-31").surveyed == 0
    assert figures("2018-06-01").surveyed == 1


# --- Partitions


@pytest.fixture
def five_schools(db):
    """By hand as of 2018-12-31: 5 surveyed, 4 with problems, 3 rectified (1 closed, 1 licensed, 1 corrected), 1 overdue."""
    round_of(institution("330382114", status="none"), "2018-05-01", verified_on="2018-06-01", outcome="closed")
    round_of(institution("330382114", status="none"), "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    round_of(institution("330382115", status="full"), "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    round_of(institution("330382115", status="none"), "2018-05-01")
    institution("330382001", status="full")


END_OF_2018 = Moment.of(day("2018-12-31"), at("2019-01-01"))
ALL_FIVE = Figures(5, 4, 3, 1, 1, closed=1, licensed=1, corrected=1)


def test_township_rows_add_up_to_the_county(five_schools):
    found = completion("330382", END_OF_2018, by="division")

    with_something = {row.key: row.figures for row in found.rows if row.figures.surveyed}
    assert found.total == ALL_FIVE
    assert len(found.rows) == 25
    assert with_something == {
        "330382001": Figures(surveyed=1),
        "330382114": Figures(2, 2, 2, 0, 0, closed=1, licensed=1),
        "330382115": Figures(2, 2, 1, 1, 1, corrected=1),
    }


def test_what_lies_in_no_township_is_none_of_those_with_problems(db):
    round_of(institution("330382114"), "2018-05-01")
    round_of(institution("330382"), "2018-05-01", verified_on="2018-06-01")

    found = completion("330382", Moment.of(day("2018-12-31")), by="division")

    assert (found.townships_done, found.townships_with_problems) == (0, 1)


def test_townships_done_are_a_share_of_those_with_problems(five_schools):
    found = completion("330382", END_OF_2018, by="division")

    assert (found.townships_done, found.townships_with_problems) == (1, 2)


def test_township_with_a_round_that_is_not_yet_due_is_not_done(db):
    round_of(institution("330382114"), "2018-05-01", verified_on="2018-06-01")
    round_of(institution("330382115"), "2018-12-20", due_on="2019-01-20")  # outstanding, not overdue

    found = completion("330382", END_OF_2018, by="division")

    assert (found.townships_done, found.townships_with_problems) == (1, 2)


def test_licence_status_rows_are_the_status_at_survey(five_schools):
    found = completion("330382", END_OF_2018, by="licence_status")

    assert {row.key: row.figures for row in found.rows} == {
        "full": Figures(2, 1, 1, corrected=1),
        "registration_only": Figures(),
        "permit_only": Figures(),
        "none": Figures(3, 3, 2, 1, 1, closed=1, licensed=1),
    }
    assert found.total == ALL_FIVE


def test_institution_placed_in_the_county_only_is_a_row_of_its_own(five_schools):
    institution("330382", status="full")

    found = completion("330382", END_OF_2018, by="division")

    assert {row.key: row.figures.surveyed for row in found.rows if row.key == "330382000"} == {"330382000": 1}
    assert found.total.surveyed == sum(row.figures.surveyed for row in found.rows) == 6


def test_children_divisions_add_up_to_the_parent_up_to_the_province(five_schools):
    institution("330381", status="full")

    city = completion("3303", END_OF_2018, by="division")
    province = completion("33", END_OF_2018, by="division")

    assert {row.key: row.figures.surveyed for row in city.rows if row.figures.surveyed} == {"330381": 1, "330382": 5}
    assert {row.key: row.figures.surveyed for row in province.rows if row.figures.surveyed} == {"3303": 6}
    assert city.total == province.total


def test_finding_types_overlap(five_schools):
    both, one = institution(status="full"), institution(status="full")
    visit_of(both, "2018-09-01", findings=("T01", "S02"))
    visit_of(both, "2018-10-01", findings=("T01",))
    visit_of(one, "2018-09-01", findings=("T01",))
    round_of(one, "2018-09-01", verified_on="2018-10-01", outcome="corrected")

    found = completion("330382", END_OF_2018, by="finding_type")

    # Two institutions, one of them in both rows; twice found with T01 counts once.
    assert {row.key: row.figures for row in found.rows} == {
        "S02": Figures(surveyed=1),
        "T01": Figures(2, 1, 1, corrected=1),
    }
    assert found.total.surveyed == 7


def test_finding_not_yet_known_is_not_counted(db):
    visit_of(institution(), "2018-09-01", findings=("T01",), recorded="2018-10-05")

    before = completion("330382", Moment.of(day("2018-09-30"), at("2018-10-04")), by="finding_type")
    after = completion("330382", Moment.of(day("2018-09-30"), at("2018-10-05")), by="finding_type")

    assert before.rows == []
    assert [(row.key, row.figures.surveyed) for row in after.rows] == [("T01", 1)]


@pytest.mark.parametrize("figure", FIGURES)
def test_list_behind_a_figure_has_as_many_rows_as_the_figure_says(five_schools, figure):
    behind = members(figure, Institution.objects.all(), END_OF_2018)

    assert behind.count() == getattr(counts(Institution.objects.all(), END_OF_2018), figure)


def test_completion_rate_is_exact_and_never_of_surveyed():
    assert Figures(surveyed=9, with_problems=7, rectified=3).completion_rate == Fraction(3, 7)


def test_completion_rate_of_nothing_is_none(figures):
    shown = figures("2018-12-31").as_json()

    assert (shown["completion_rate"], shown["completion_percent"]) == (None, "—")


def test_completion_refuses_an_unknown_division(db):
    with pytest.raises(UnknownDivision):
        completion("999999", END_OF_2018)


def test_completion_refuses_an_unknown_partition(db):
    with pytest.raises(Invalid) as refusal:
        completion("330382", END_OF_2018, by="principal")

    assert list(refusal.value.errors) == ["by"]


def test_members_refuses_an_unknown_figure(db):
    with pytest.raises(Invalid) as refusal:
        members("rebounded", Institution.objects.all(), END_OF_2018)

    assert list(refusal.value.errors) == ["figure"]
