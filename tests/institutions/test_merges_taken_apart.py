"""拆分: what was merged is one of its own again, and as known while it was merged it stays merged."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from figures.statistics import Figures, completion
from institutions.actions import CannotTakeApart, merge_institutions, take_apart
from institutions.models import Institution, Merge
from institutions.moments import Moment
from tests.factories import at, day, institution, licence_of, merge_of, round_of, visit_of, withdraw_visit_of

pytestmark = pytest.mark.django_db
MERGED, APART = at("2018-10-01"), at("2018-11-01")


@pytest.fixture
def stays() -> Institution:
    return institution(name="青竹教育", surveyed_on="2018-05-01")


@pytest.fixture
def goes() -> Institution:
    return institution(name="青竹培训", surveyed_on="2018-04-02")


@pytest.fixture
def merge(stays, goes, taskforce) -> Merge:
    round_of(goes, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    return merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家", at=MERGED)


def apart(merge: Merge, by, when=APART) -> Institution:
    return take_apart(merge, by=by, reason="核对后是两家", at=when)


def verify() -> str:
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    return out.getvalue()


def test_figures_as_known_before_between_and_after_are_kept(merge, taskforce, figures):
    two = Figures(surveyed=2, with_problems=1, rectified=1, closed=1)
    one = Figures(surveyed=1, with_problems=1, rectified=1, closed=1)

    apart(merge, taskforce)

    assert [figures("2018-12-31", known=each) for each in ("2018-09-30", "2018-10-01", "2018-10-31", "2018-11-01")] == [
        two, one, one, two,
    ]  # fmt: skip


def test_what_was_merged_is_on_the_register_again(merge, stays, goes, taskforce):
    found = apart(merge, taskforce)

    stays.refresh_from_db()
    assert (found.pk, found.on_register, found.merged_into, found.version) == (goes.pk, True, None, 3)
    assert (stays.version, stays.histories) == (3, [stays.pk])
    merge.refresh_from_db()
    assert (merge.ended_at, merge.ended_by, merge.end_reason) == (APART, taskforce, "核对后是两家")


def test_survey_taken_over_is_given_back(goes, taskforce, figures):
    stays = institution(surveyed_on=None)
    merge = merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家", at=MERGED)

    apart(merge, taskforce)

    stays.refresh_from_db()
    assert stays.surveyed_on is None
    assert [figures("2018-12-31", known=each).surveyed for each in ("2018-09-30", "2018-10-01", "2018-11-01")] == [
        1
    ] * 3
    assert completion("330382", Moment.of()).total.surveyed == 1


def test_survey_taken_over_gives_way_to_that_of_another_that_is_merged(goes, taskforce):
    stays, third = institution(surveyed_on=None), institution(surveyed_on="2018-06-01", status="full")
    merge = merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家", at=MERGED)
    merge_institutions(into=stays, merged=third, by=taskforce, reason="同一家", at=at("2018-10-02"))

    apart(merge, taskforce)

    stays.refresh_from_db()
    assert (stays.surveyed_on, stays.licence_status_at_survey) == (day("2018-06-01"), "full")


def test_what_went_along_is_merged_as_it_was(stays, goes, taskforce, figures):
    first = institution(name="青竹", surveyed_on="2018-03-05")
    merge_institutions(into=goes, merged=first, by=taskforce, reason="旧名", at=at("2018-09-01"))
    merge = merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家", at=MERGED)

    apart(merge, taskforce)

    first.refresh_from_db()
    assert (first.merged_into, first.merged_at) == (goes, at("2018-09-01"))
    standing = Merge.objects.standing().get()
    assert (standing.merged, standing.into, standing.reason, standing.through) == (first, goes, "旧名", None)
    known = ["2018-08-31", "2018-09-01", "2018-10-01", "2018-11-01"]
    assert [figures("2018-12-31", known=each).surveyed for each in known] == [3, 2, 1, 2]
    assert "no difference" in verify()


def test_chain_of_three_comes_back_as_it_was(stays, goes, taskforce):
    """甲 into 乙, 乙 into 丙, 丙 into 丁; the last is taken apart, then the one before it, then the first."""
    first, last = institution(name="甲"), institution(name="丁")
    merge_institutions(into=goes, merged=first, by=taskforce, reason="一", at=at("2018-09-01"))
    merge_institutions(into=stays, merged=goes, by=taskforce, reason="二", at=at("2018-09-02"))
    third = merge_institutions(into=last, merged=stays, by=taskforce, reason="三", at=at("2018-09-03"))

    apart(third, taskforce, at("2018-10-01"))
    again = goes.merges.standing().get()
    assert (again.into, first.merges.standing().get().through) == (stays, again)
    apart(again, taskforce, at("2018-10-02"))
    apart(first.merges.standing().get(), taskforce, at("2018-10-03"))

    assert Merge.objects.standing().count() == 0
    assert all(each.on_register for each in Institution.objects.all())
    assert "no difference" in verify()


LATER = {
    "走访": lambda stays: visit_of(stays, "2018-10-05"),
    "整改": lambda stays: round_of(stays, "2018-10-05"),
    "证照": lambda stays: licence_of(stays, "permit", "2018-10-05", recorded_at=at("2018-10-05")),
}


@pytest.mark.parametrize("what", LATER)
def test_merge_on_which_something_later_rests_stays(merge, stays, taskforce, what):
    LATER[what](stays)

    with pytest.raises(CannotTakeApart, match=f"合并以后.*{what}"):
        apart(merge, taskforce)


def test_later_visit_that_was_withdrawn_does_not_hold_the_merge(merge, stays, taskforce):
    withdraw_visit_of(visit_of(stays, "2018-10-05"), at("2018-10-06"))

    assert apart(merge, taskforce).on_register


def test_later_visit_sent_to_what_was_merged_is_its_own_and_holds_nothing(merge, goes, taskforce):
    visit_of(goes, "2018-10-05")

    assert apart(merge, taskforce).visits.count() == 1


def test_merge_is_taken_apart_once(merge, taskforce):
    apart(merge, taskforce)

    with pytest.raises(CannotTakeApart, match="已经拆分"):
        apart(merge, taskforce)


def test_what_went_along_is_not_taken_out_alone(stays, goes, taskforce):
    first = institution(name="青竹")
    merge_institutions(into=goes, merged=first, by=taskforce, reason="旧名", at=at("2018-09-01"))
    merge_institutions(into=stays, merged=goes, by=taskforce, reason="同一家", at=MERGED)

    with pytest.raises(CannotTakeApart, match="“青竹”是随“青竹培训”一起并入的"):
        apart(first.merges.standing().get(), taskforce)


def test_merged_again_after_it_was_taken_apart_is_known_as_such(merge, stays, goes, taskforce, figures):
    apart(merge, taskforce)

    again = merge_institutions(into=goes, merged=stays, by=taskforce, reason="再核对", at=at("2018-12-01"))

    assert again.into == goes
    known = ["2018-09-30", "2018-10-01", "2018-11-01", "2018-12-01"]
    assert [figures("2018-12-31", known=each).surveyed for each in known] == [2, 1, 2, 1]
    assert "no difference" in verify()


def test_present_that_says_otherwise_than_the_rows_is_found(merge, goes):
    Institution.objects.filter(pk=goes.pk).update(merged_at=at("2018-10-02"))

    with pytest.raises(CommandError, match="1 institutions say otherwise than their merges"):
        verify()


@pytest.mark.parametrize("ended", [None, "2018-11-01"])
def test_merges_written_by_hand_agree(stays, goes, ended):
    merge_of(goes, stays, MERGED, ended=ended)

    assert "no difference" in verify()
