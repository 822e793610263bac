"""Which of several things on file is the reason: what happened or became known in between, not what was written before
or after that, or of another registration. November as known on 3 December at noon, December as known on 3 January."""

from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from accounts.errors import Invalid
from figures.differences import differences, each_change
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    institution,
    merge_of,
    move_of,
    round_of,
    strike_off,
    supplement_of,
    what_became_of,
    withdraw_survey_of,
)

pytestmark = pytest.mark.django_db
EARLIER, LATER = Moment(day("2018-11-30"), at("2018-12-03")), Moment(day("2018-12-31"), at("2019-01-03"))
ELSEWHERE = "330381"
LATE = "2018-12-20"  # became known when November had been handed in
FAR = "2019-02-01"  # after both moments, as a deadline and as what is not known yet


def _surveyed_again(school: Institution, on: str, recorded: str) -> None:
    survey = {"surveyed_on": day(on), "surveyed_recorded_at": at(recorded), "licence_status_at_survey": "none"}
    Institution.objects.filter(pk=school.pk).update(**survey)
    school.refresh_from_db()


# --- Surveys


def late_survey_beside_a_merge():
    school = institution(surveyed_on="2018-11-05", surveyed_recorded=LATE)
    merge_of(institution(ELSEWHERE, surveyed_on=None), school, "2018-12-10")


def survey_by_merge_before_another_merge():
    school = institution(surveyed_on=None)
    merge_of(institution(ELSEWHERE, surveyed_on="2018-04-03"), school, "2018-12-10")
    merge_of(institution(ELSEWHERE), school, LATE)


def survey_put_in_its_own_place():
    school = institution(surveyed_on="2018-12-05")
    withdraw_survey_of(school, "2019-01-03", instead=("2018-12-05", "none"))
    withdraw_survey_of(school, FAR)


def survey_of_what_was_merged_before_its_own():
    gone = institution(ELSEWHERE, surveyed_on="2018-12-05")
    school = institution(surveyed_on=None)
    merge_of(gone, school, "2018-12-08")
    _surveyed_again(school, "2019-01-02", "2019-01-02")


def surveys_withdrawn_one_after_another():
    school = institution()
    withdraw_survey_of(school, "2018-12-10", instead=("2018-04-03", "none"))
    withdraw_survey_of(school, LATE)
    _surveyed_again(school, "2019-01-10", "2019-01-10")
    withdraw_survey_of(school, FAR)


def survey_that_went_with_the_merge():
    school = institution()
    merge_of(institution(ELSEWHERE, surveyed_on=None), school, "2018-06-15", ended=LATE)
    withdraw_survey_of(school, LATE)


def parted_one_after_another():
    school = institution(surveyed_on=None)
    for ended in ("2018-12-10", LATE):
        merge_of(institution(ELSEWHERE), school, "2018-06-15", ended=ended)


# --- Rounds


def found_twice():
    school = institution()
    round_of(school, "2018-12-05", verified_on="2018-12-08")
    round_of(school, "2018-12-12", due_on=FAR)


def found_twice_late():
    school = institution()
    round_of(school, "2018-11-06", verified_on="2018-11-07", ordered_recorded=LATE, verified_recorded=LATE)
    round_of(school, "2018-11-08", due_on=FAR, ordered_recorded="2018-12-21")


def found_twice_in_what_was_merged():
    gone = institution(ELSEWHERE)
    round_of(gone, "2018-05-01", verified_on="2018-06-01")
    round_of(gone, "2018-07-01", verified_on="2018-08-01")
    merge_of(gone, institution(), LATE)


def found_by_merge_before_another_merge():
    gone, school = institution(ELSEWHERE), institution()
    round_of(gone, "2018-05-01", verified_on="2018-06-01")
    merge_of(gone, school, "2018-12-10")
    merge_of(institution(ELSEWHERE), school, LATE)


def found_in_what_was_merged_known_at_the_earlier_moment():
    gone = institution(ELSEWHERE)
    round_of(gone, "2018-11-20", verified_on="2018-11-25", ordered_recorded="2018-12-03")
    merge_of(gone, institution(), LATE)


def found_after_a_merge(when, ended=None):
    gone, school = institution(ELSEWHERE), institution()
    round_of(gone, "2018-05-01", verified_on="2018-06-01")
    merge_of(gone, school, when, ended=ended)
    round_of(school, "2018-12-06", due_on=FAR)


def rebound_of_two_registrations():
    gone, school = institution(ELSEWHERE), institution()
    round_of(school, "2018-05-01", verified_on="2018-06-01")
    round_of(gone, "2018-12-05", due_on=FAR, verified_on="2019-01-02")
    round_of(school, "2018-12-10", due_on=FAR)
    merge_of(gone, school, "2019-01-03")


def rectified_after_another_round():
    school = institution()
    round_of(school, "2018-05-01", verified_on="2018-06-01")
    strike_off(round_of(school, "2018-11-01", due_on=FAR), "2018-12-10")


def withdrawn_after_a_merge_of_some_days():
    school = institution()
    merge_of(school, institution(ELSEWHERE), "2018-12-10", ended="2018-12-15")
    Institution.objects.filter(pk=school.pk).update(withdrawn_at=at(LATE))


# --- No more overdue


def extended(*extensions):
    round_of(institution(), "2018-10-01", due_on="2018-11-01", extensions=list(extensions))


def another_round_than_the_extended():
    school = institution()
    extensions = [("2018-12-02", "2018-12-04")]
    round_of(school, "2018-10-01", due_on="2018-11-01", extensions=extensions, verified_on="2018-12-05")
    round_of(school, "2018-12-10", due_on=FAR)


# --- Places


def moved_in(from_on="2018-12-10", recorded=None):
    school = institution(ELSEWHERE)
    move_of(school, LIUSHI, from_on, recorded=recorded)
    return school


def moved_in_and(*, from_on, recorded, withdrawn=None):
    move_of(moved_in(), ELSEWHERE, from_on, recorded=recorded, withdrawn=withdrawn)


def moved_in_but(from_on, recorded, mistaken_on):
    """It moved in, and was thought elsewhere by a mistake that was taken back."""
    move_of(moved_in(from_on, recorded), ELSEWHERE, mistaken_on, recorded="2018-12-02", withdrawn=LATE)


def moves_taken_back():
    school = institution()
    move_of(school, ELSEWHERE, "2018-11-10", withdrawn=LATE)
    move_of(school, ELSEWHERE, "2019-01-20", withdrawn=FAR)


IN_DECEMBER = ("2018-12-10", "2018-12-10")
HISTORIES = [  # what happened, the reason, when that happened, when it became known
    (late_survey_beside_a_merge, "surveyed_late", "2018-11-05", LATE),
    (survey_by_merge_before_another_merge, "survey_by_merge", "2018-04-03", "2018-12-10"),
    (survey_put_in_its_own_place, "newly_surveyed", "2018-12-05", "2019-01-03"),
    (survey_of_what_was_merged_before_its_own, "newly_surveyed", "2018-12-05", None),
    (surveys_withdrawn_one_after_another, "survey_withdrawn", None, LATE),
    (survey_that_went_with_the_merge, "survey_parted", None, LATE),
    (parted_one_after_another, "survey_parted", None, LATE),
    (found_twice, "newly_found", "2018-12-05", "2018-12-05"),
    (found_twice_late, "found_late", "2018-11-06", LATE),
    (found_twice_in_what_was_merged, "found_by_merge", "2018-05-01", LATE),
    (found_by_merge_before_another_merge, "found_by_merge", "2018-05-01", "2018-12-10"),
    (found_in_what_was_merged_known_at_the_earlier_moment, "found_by_merge", "2018-11-20", LATE),
    (partial(found_after_a_merge, "2018-06-15", ended="2018-07-01"), "newly_found", "2018-12-06", "2018-12-06"),
    (partial(found_after_a_merge, FAR), "newly_found", "2018-12-06", "2018-12-06"),
    (rebound_of_two_registrations, "rebound", "2018-12-05", "2018-12-05"),
    (rectified_after_another_round, "rectified_closed", *IN_DECEMBER),
    (withdrawn_after_a_merge_of_some_days, "registration_withdrawn", None, LATE),
    (partial(extended, ("2018-12-05", "2018-12-10"), ("2018-12-10", FAR)), "extended", *IN_DECEMBER),
    (partial(extended, ("2018-12-01", FAR)), "extended", "2018-12-01", "2018-12-01"),
    (partial(extended, ("2018-11-20", FAR, LATE)), "extended", "2018-11-20", LATE),
    (partial(extended, ("2018-12-31", FAR)), "extended", "2018-12-31", "2018-12-31"),
    (partial(extended, ("2018-12-28", FAR, "2019-01-03")), "extended", "2018-12-28", "2019-01-03"),
    (another_round_than_the_extended, "other_round", None, None),
    (partial(moved_in, "2018-12-01"), "moved_in", "2018-12-01", "2018-12-01"),
    (partial(moved_in, "2018-12-31"), "moved_in", "2018-12-31", "2018-12-31"),
    (partial(moved_in, "2018-12-10", "2019-01-03"), "moved_in", "2018-12-10", "2019-01-03"),
    (partial(moved_in_and, from_on=LATE, recorded=FAR), "moved_in", *IN_DECEMBER),
    (partial(moved_in_and, from_on=LATE, recorded=LATE, withdrawn="2018-12-28"), "moved_in", *IN_DECEMBER),
    (partial(moved_in_and, from_on="2019-01-02", recorded="2019-01-02"), "moved_in", *IN_DECEMBER),
    (partial(moved_in_but, "2018-11-30", "2018-11-30", "2018-11-30"), "moved_in_late", None, LATE),
    (partial(moved_in_but, "2018-11-10", "2018-12-03", "2018-11-20"), "moved_in_late", None, LATE),
    (moves_taken_back, "moved_in_late", None, LATE),
]  # fmt: skip


@pytest.mark.parametrize(("happen", "code", "happened_on", "known_on"), HISTORIES)
def test_reason_is_what_made_the_change(happen, code, happened_on, known_on):
    happen()

    reasons = [each.reason for each in each_change("330382", EARLIER, LATER)]

    assert reasons == [(code, happened_on and day(happened_on), known_on and at(known_on))]


@pytest.mark.parametrize(
    "extension",
    [
        ("2018-10-15", FAR),
        ("2018-11-30", FAR),
        ("2018-11-20", FAR, "2018-12-03"),
        ("2018-12-28", FAR, "2019-01-10"),
        ("2019-01-02", FAR),
        ("2019-01-10", FAR),
    ],
)
def test_extension_of_another_time_is_not_why_it_is_no_more_overdue(extension):
    round_ = round_of(institution(), "2018-10-01", due_on="2019-01-15", extensions=[extension])
    what_became_of(supplement_of(round_, "2018-11-05", due_on="2018-11-20"), "fulfilled", "2018-12-10")

    [change] = each_change("330382", EARLIER, LATER)

    assert change.reason == ("notice_settled", day("2018-12-10"), at("2018-12-10"))


# --- The list and the sums


def test_line_says_when_it_happened_and_became_known_in_the_place_of_the_later_day():
    school = institution()
    move_of(school, NEXT_TO_LIUSHI, "2018-12-10", recorded=LATE)

    [part] = differences("330382", EARLIER, LATER).parts

    line = part.institutions[0].as_json()
    assert (line["happened_on"], datetime.fromisoformat(line["known_at"])) == ("2018-12-10", at(LATE))
    assert line["township"] == "北白象镇"


def test_what_moved_within_one_of_several_divisions_stands_as_before():
    move_of(institution(), NEXT_TO_LIUSHI, "2018-12-10")

    assert differences(["330382", "330381001"], EARLIER, LATER).parts == []


def test_difference_says_when_it_does_not_add_up():
    found_twice()
    found = differences("330382", EARLIER, LATER)

    assert found.adds_up
    assert not replace(found, parts=[]).adds_up
    assert not replace(found, by_division=[]).adds_up


def test_changes_between_moments_the_wrong_way_round_are_refused():
    with pytest.raises(Invalid):
        next(each_change("330382", LATER, EARLIER))
