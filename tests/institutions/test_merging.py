"""合并: two registrations become one, whichever day is asked about, from the moment on at which that is said."""

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow
from figures.statistics import Figures, completion, members, with_finding
from institutions.actions import (
    AlreadyRegistered,
    CannotMerge,
    OffRegister,
    StaleInstitution,
    merge_institutions,
    register_if_new,
    withdraw_institution,
    withdraw_survey,
)
from institutions.models import Institution, Merge
from institutions.moments import Moment
from tests.factories import at, day, institution, licence_of, merge_of, round_of, user_with, visit_of

pytestmark = pytest.mark.django_db
MERGED = at("2018-10-01")


@pytest.fixture
def stays() -> Institution:
    return institution(name="绘声馆", surveyed_on="2018-08-01", status="full")


@pytest.fixture
def goes() -> Institution:
    return institution(name="绘声培训馆", surveyed_on="2018-04-02", status="none")


@pytest.fixture
def clerk(taskforce):
    def merge(into: Institution, merged: Institution, **more) -> Merge:
        return merge_institutions(
            into=into, merged=merged, **{"by": taskforce, "reason": "同一家", "at": MERGED} | more
        )

    return merge


def known(on: str, known_at: str = "2018-10-01") -> Moment:
    return Moment(day(on), at(known_at))


# --- Figures of any day, as known at any moment


@pytest.mark.parametrize(
    ("on", "before", "after"), [("2018-03-01", 0, 0), ("2018-05-01", 1, 1), ("2018-08-01", 2, 1), ("2018-12-31", 2, 1)]
)
def test_surveyed_are_two_as_known_before_and_one_as_known_after(clerk, stays, goes, figures, on, before, after):
    clerk(stays, goes)

    assert figures(on, known="2018-09-30").surveyed == before
    assert figures(on, known="2018-10-01").surveyed == after


def test_one_that_stays_has_the_problems_of_both(clerk, stays, goes, figures):
    round_of(goes, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    round_of(stays, "2018-09-01", due_on="2018-09-20")
    clerk(stays, goes)

    assert figures("2018-05-15", known="2018-10-01") == Figures(surveyed=1, with_problems=1, outstanding=1)
    assert figures("2018-07-01", known="2018-10-01") == Figures(surveyed=1, with_problems=1, rectified=1, licensed=1)
    late = Figures(surveyed=1, with_problems=1, outstanding=1, overdue=1)
    assert figures("2018-09-30", known="2018-10-01") == late
    # As known before, the struck off and the overdue are two institutions.
    assert figures("2018-09-30", known="2018-09-30") == Figures(
        surveyed=2, with_problems=2, rectified=1, licensed=1, outstanding=1, overdue=1
    )


def test_survey_of_the_one_that_stays_says_the_licence_status_once_it_was_made(clerk, stays, goes):
    clerk(stays, goes)

    def statuses(on):
        rows = completion("330382", known(on), by="licence_status").rows
        return {row.key for row in rows if row.figures.surveyed}

    assert (statuses("2018-05-01"), statuses("2018-08-01")) == ({"none"}, {"full"})


def test_findings_and_licences_of_both_are_its_own(clerk, stays, goes):
    visit_of(goes, "2018-05-01", findings=("T01",))
    licence_of(goes, "permit", "2018-01-01", recorded_at=at("2018-01-01"))
    licence_of(stays, "registration", "2018-01-01", recorded_at=at("2018-01-01"))
    clerk(stays, goes)
    after, before = known("2018-10-01"), known("2018-10-01", "2018-09-30")
    registered = Institution.objects.registered_at(after)

    assert [each.pk for each in with_finding(registered, "T01", after)] == [stays.pk]
    by_type = completion("330382", after, by="finding_type").rows
    assert [(row.key, row.figures.surveyed) for row in by_type] == [("T01", 1)]
    statuses = {moment: registered.with_licence_now(moment).get(pk=stays.pk).licence_now for moment in (before, after)}
    assert (statuses[before], statuses[after]) == ("registration_only", "full")


def test_list_behind_a_figure_is_the_one_that_stays(clerk, stays, goes):
    round_of(goes, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    clerk(stays, goes)

    assert [each.pk for each in members("closed", Institution.objects.all(), known("2018-10-01"))] == [stays.pk]
    before = members("closed", Institution.objects.all(), known("2018-10-01", "2018-09-30"))
    assert [each.pk for each in before] == [goes.pk]


def test_figures_of_the_present_are_of_the_one_that_stays(clerk, stays, goes):
    round_of(goes, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    clerk(stays, goes)

    counted = completion("330382", Moment.of()).total

    assert (counted.surveyed, counted.with_problems, counted.rectified) == (1, 1, 1)


def test_survey_is_taken_over_where_there_was_none(clerk, goes, figures):
    stays = institution(surveyed_on=None)

    clerk(stays, goes)

    stays.refresh_from_db()
    assert (stays.surveyed_on, stays.licence_status_at_survey) == (day("2018-04-02"), "none")
    assert [figures("2018-05-01", known=known_at).surveyed for known_at in ("2018-09-30", "2018-10-01")] == [1, 1]
    assert completion("330382", Moment.of()).total.surveyed == 1


def test_survey_taken_over_goes_with_the_one_it_was_taken_from(clerk, goes, taskforce, figures):
    stays = institution(surveyed_on=None)
    clerk(stays, goes)

    withdraw_survey(Institution.objects.get(pk=goes.pk), by=taskforce, at=at("2018-11-01"))

    assert Institution.objects.get(pk=stays.pk).surveyed_on is None
    assert [figures("2018-12-31", known=each).surveyed for each in ("2018-10-31", "2018-11-01")] == [1, 0]


def test_survey_of_what_was_merged_counts_when_ones_own_is_withdrawn(clerk, stays, goes, taskforce, figures):
    clerk(stays, goes)

    found = withdraw_survey(Institution.objects.get(pk=stays.pk), by=taskforce, at=at("2018-11-01"))

    assert (found.surveyed_on, found.licence_status_at_survey) == (day("2018-04-02"), "none")
    assert figures("2018-12-31", known="2018-11-01").surveyed == 1


# --- What it writes


def test_merge_is_a_row_and_the_present_a_cache(clerk, stays, goes, taskforce):
    merge = clerk(stays, goes, reason=" 门头和电话都一样 ")

    goes.refresh_from_db()
    stays.refresh_from_db()
    assert (goes.merged_into, goes.merged_at, goes.version) == (stays, MERGED, 2)
    assert (stays.merged_at, stays.version, stays.has_merges) == (None, 2, True)
    assert (merge.merged, merge.into, merge.recorded_by, merge.reason) == (goes, stays, taskforce, "门头和电话都一样")


def test_merge_leaves_an_audit_row_with_each(clerk, stays, goes):
    clerk(stays, goes)

    rows = {row.object_id: row for row in AuditRow.objects.filter(object_type="institutions.institution")}
    assert (rows[str(goes.pk)].action, rows[str(goes.pk)].after["into"]) == ("institution.merged", "绘声馆")
    assert (rows[str(stays.pk)].action, rows[str(stays.pk)].after["merged"]) == ("institution.took_over", "绘声培训馆")
    assert {row.after["reason"] for row in rows.values()} == {"同一家"}


def test_what_was_merged_before_goes_along(clerk, stays, goes, figures):
    first = institution(name="绘生馆", surveyed_on="2018-03-05")
    clerk(goes, first, at=at("2018-09-01"))

    clerk(stays, Institution.objects.get(pk=goes.pk))

    first.refresh_from_db()
    assert (first.merged_into, first.merged_at) == (stays, at("2018-09-01"))
    assert set(Institution.objects.get(pk=stays.pk).histories) == {stays.pk, goes.pk, first.pk}
    assert [figures("2018-12-31", known=f"2018-{on}").surveyed for on in ("08-31", "09-01", "10-01")] == [3, 2, 1]
    assert figures("2018-03-31", known="2018-10-01").surveyed == 1


# --- What it refuses


def test_one_with_an_open_round_is_the_one_that_stays(clerk, stays, goes):
    round_of(goes, "2018-09-01")

    with pytest.raises(CannotMerge, match="“绘声培训馆”有未销号的整改，请保留这一家"):
        clerk(stays, goes)
    assert clerk(goes, stays).into == goes


def test_two_open_rounds_are_one_too_many(clerk, stays, goes):
    round_of(goes, "2018-09-01")
    round_of(stays, "2018-09-02")

    with pytest.raises(CannotMerge, match="都有未销号的整改"):
        clerk(stays, goes)
    assert Merge.objects.count() == 0


@pytest.mark.parametrize(
    ("reason", "says"), [("  ", "请写明"), ("长" * 301, "至多 300 个字"), ("330382199001011234", "身份证")]
)
def test_merge_needs_a_reason_that_can_be_kept(clerk, stays, goes, reason, says):
    with pytest.raises(Invalid, match=says):
        clerk(stays, goes, reason=reason)


def test_institution_is_not_merged_into_itself(clerk, stays):
    with pytest.raises(Invalid, match="不能并入自身"):
        clerk(stays, stays)


def test_what_is_not_on_the_register_is_merged_with_nothing(clerk, stays, goes, taskforce):
    merge_of(goes, stays, "2018-09-01")
    withdrawn = withdraw_institution(institution(), by=taskforce, version=1, reason="登错")

    for into, merged in [(institution(), goes), (goes, institution()), (withdrawn, stays)]:
        with pytest.raises(OffRegister):
            clerk(into, merged)


@pytest.mark.parametrize("versions", [(1, 9), (9, 1)])
def test_merge_of_what_was_changed_meanwhile_is_refused(clerk, stays, goes, versions):
    with pytest.raises(StaleInstitution, match="已被他人更新"):
        clerk(stays, goes, versions=versions)


def test_institution_with_others_in_it_is_not_withdrawn(clerk, stays, goes, taskforce):
    clerk(stays, goes)

    with pytest.raises(Invalid, match="请先拆分"):
        withdraw_institution(stays, by=taskforce, version=2, reason="登错")


# --- Four eyes


def test_who_entered_a_licence_of_what_was_merged_does_not_verify_that_it_was_obtained(clerk, stays, goes, taskforce):
    other = user_with("supervisor", "330382")
    round_ = round_of(stays, "2018-09-01", submitted_on="2018-09-20", outcome="licensed")
    licence_of(goes, "permit", "2018-09-05", recorded_at=at("2018-09-05"), recorded_by=other)

    assert other.pk not in round_.hands()
    clerk(stays, goes)
    stays.refresh_from_db()
    round_.refresh_from_db()

    assert other.pk in round_.hands()
    waiting = type(round_).objects.to_verify()
    assert list(waiting.by_other_hands_than(other)) == []
    assert list(waiting.by_other_hands_than(taskforce)) == [round_]


def test_name_of_what_was_merged_is_not_entered_by_hand_again(clerk, stays, goes, taskforce):
    clerk(stays, goes)

    with pytest.raises(AlreadyRegistered) as refusal:
        register_if_new(by=taskforce, columns={"name": goes.name, "division": goes.division, "operating_address": ""})

    assert refusal.value.institution == stays
