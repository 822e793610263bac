"""What an outcome needs: a licence status that allows it, and the evidence. Source: docs/glossary.md, legal ways to finish."""

from datetime import date, timedelta

import pytest

from accounts.errors import Invalid
from inspections.actions import (
    NewPhoto,
    receive_photo,
)
from inspections.actions.evidence import check_evidence
from inspections.errors import EvidenceMissing, IllegalOutcome
from inspections.models import Finding, Rectification
from inspections.photos import sha256_of
from tests.factories import institution, licence_of, merge_of, picture, round_of, visit_of, withdraw_visit_of
from tests.inspections.rounds import ON, submit, verify

# --- Legal outcomes by licence status


WAYS = {
    "full": {"corrected", "closed"},
    "registration_only": {"licensed", "closed", "corrected"},
    "permit_only": {"licensed", "closed"},
    "none": {"licensed", "closed"},
}


@pytest.mark.parametrize("outcome", ["closed", "licensed", "corrected", "suspended"])
@pytest.mark.parametrize("status", WAYS)
def test_outcome_is_legal_for_the_licence_status_at_survey_or_refused(db, inspector, status, outcome):
    round_ = round_of(institution(status=status), "2018-10-01")

    if outcome in WAYS[status]:
        submitted = submit(round_, inspector, outcome, registered_scope="文化艺术交流")
        assert submitted.submitted_outcome == outcome
    else:
        with pytest.raises(IllegalOutcome) as refusal:
            submit(round_, inspector, outcome, registered_scope="文化艺术交流")
        assert (refusal.value.status, refusal.value.code) == (422, "illegal_outcome")
        assert list(refusal.value.errors) == ["outcome"]


def test_registered_only_is_corrected_only_with_its_scope_stated(db, inspector):
    round_ = round_of(institution(status="registration_only"), "2018-10-01")

    with pytest.raises(IllegalOutcome) as refusal:
        submit(round_, inspector, "corrected")

    assert list(refusal.value.errors) == ["registered_scope"]


def test_verifier_may_choose_another_legal_outcome_but_no_other(opened, recheck, inspector, taskforce):
    recheck(result="ceased")
    submit(opened, inspector, "corrected")
    opened.refresh_from_db()

    with pytest.raises(IllegalOutcome):
        verify(opened, taskforce, outcome="licensed")
    verified = verify(opened, taskforce, outcome="closed")

    assert (verified.submitted_outcome, verified.outcome) == ("corrected", "closed")


# --- Evidence


def missing_evidence(round_, by, **given) -> list[str]:
    round_.refresh_from_db()
    with pytest.raises(EvidenceMissing) as refusal:
        verify(round_, by, **given)
    assert (refusal.value.status, refusal.value.code) == (422, "evidence_missing")
    round_.refresh_from_db()
    assert round_.state == "submitted"
    return refusal.value.errors["evidence"]


def test_closed_needs_a_recheck_that_found_it_ceased(opened, recheck, inspector, taskforce):
    recheck(result="inspected")
    submit(opened, inspector, "closed")

    assert len(missing_evidence(opened, taskforce)) == 1


@pytest.mark.parametrize("result", ["moved", "not_found"])
def test_closed_by_an_empty_place_needs_a_stored_photo(opened, recheck, inspector, taskforce, result):
    data = picture()
    visit = recheck(result=result, photos=[NewPhoto(sha256_of(data), 1)])
    submit(opened, inspector, "closed")
    missing_evidence(opened, taskforce)

    receive_photo(visit, sha256=sha256_of(data), data=data, by=inspector)

    assert verify(opened, taskforce).outcome == "closed"


def test_closed_does_not_rest_on_nobody_in(opened, recheck, inspector, taskforce):
    data = picture()
    visit = recheck(result="no_access", photos=[NewPhoto(sha256_of(data), 1)])
    receive_photo(visit, sha256=sha256_of(data), data=data, by=inspector)
    submit(opened, inspector, "closed")

    assert len(missing_evidence(opened, taskforce)) == 1


def test_closed_is_refused_when_a_later_visit_found_it_operating(opened, recheck, school, inspector, taskforce):
    recheck(result="ceased")
    visit_of(school, "2018-10-17")
    submit(opened, inspector, "closed")

    assert missing_evidence(opened, taskforce) == ["2018-10-17 的检查仍见在办学，与停办不符，请先复查。"]

    recheck(result="ceased", on="2018-10-18")
    assert verify(opened, taskforce).outcome == "closed"


def test_closed_is_refused_when_a_later_visit_found_what_is_merged_into_it_operating(
    opened, recheck, school, inspector, taskforce
):
    recheck(result="ceased")
    visit_of(merge_of(institution(), school).merged, "2018-10-17")
    submit(opened, inspector, "closed")

    assert missing_evidence(opened, taskforce) == ["2018-10-17 的检查仍见在办学，与停办不符，请先复查。"]


def test_closed_is_not_refused_for_a_visit_after_the_day_of_verification(opened, recheck, school, inspector, taskforce):
    recheck(result="ceased")
    submit(opened, inspector, "closed", on=date(2018, 10, 16))
    visit_of(school, "2018-10-17")
    opened.refresh_from_db()

    assert verify(opened, taskforce, on=date(2018, 10, 16)).outcome == "closed"


def test_closed_rests_on_no_visit_that_was_withdrawn_and_is_not_refused_for_one(
    opened, recheck, school, inspector, taskforce
):
    seen = recheck(result="ceased")
    operating = visit_of(school, "2018-10-17")
    submit(opened, inspector, "closed")
    missing_evidence(opened, taskforce)

    withdraw_visit_of(operating, "2018-10-18")
    check_evidence(opened, "closed", ON)
    withdraw_visit_of(seen, "2018-10-18")

    assert len(missing_evidence(opened, taskforce)) == 1


@pytest.mark.parametrize(("days", "proven"), [(0, True), (1, False)], ids=["on the day", "the day after"])
def test_corrected_rests_on_what_was_put_right_by_the_day_of_verification(opened, recheck, days, proven):
    visit = recheck()
    opened.findings.update(put_right_on=ON + timedelta(days=days), put_right_visit=visit)

    if proven:
        check_evidence(opened, "corrected", ON)
    else:
        with pytest.raises(EvidenceMissing):
            check_evidence(opened, "corrected", ON)


@pytest.mark.parametrize(("on", "proven"), [("2018-10-15", True), ("2018-10-14", False)])
def test_corrected_rests_on_a_mark_that_proves_it_though_a_later_one_proves_nothing(
    opened, recheck, inspector, on, proven
):
    """Seen put right on the 15th; handed in with a recheck that found nobody of it there any more."""
    recheck(put_right=tuple(opened.findings.values_list("pk", flat=True)))
    recheck(result="not_found", on="2018-10-16")
    submit(opened, inspector)

    if proven:
        check_evidence(opened, "corrected", date.fromisoformat(on))
    else:
        with pytest.raises(EvidenceMissing):
            check_evidence(opened, "corrected", date.fromisoformat(on))


def test_corrected_names_the_findings_that_no_mark_proves(opened, recheck, inspector, taskforce):
    recheck(put_right=tuple(opened.findings.filter(type="S02").values_list("pk", flat=True)))
    recheck(result="not_found", on="2018-10-16")
    submit(opened, inspector)

    [said] = missing_evidence(opened, taskforce)

    assert ("S02" in said, "T01" in said) == (False, True)


def test_corrected_does_not_rest_on_a_recheck_that_found_nothing(opened, recheck, inspector, taskforce):
    recheck(result="not_found")
    submit(opened, inspector)

    assert len(missing_evidence(opened, taskforce)) == 1


def test_closed_does_not_rest_on_a_recheck_after_the_day_of_verification(opened, recheck, inspector, taskforce):
    submit(opened, inspector, "closed", on=date(2018, 10, 10))
    recheck(result="ceased", on="2018-10-15")

    missing_evidence(opened, taskforce, on=date(2018, 10, 14))


@pytest.mark.parametrize(
    "licences",
    [
        [],
        [("permit", {})],
        [("registration", {})],
        [("permit", {"valid_to": "2018-10-19"}), ("registration", {})],  # expired the day before
        [("permit", {"revoked_on": "2018-10-20"}), ("registration", {})],  # revoked on the day
        [("permit", {"valid_from": "2018-10-21"}), ("registration", {})],  # begins the day after
    ],
    ids=["nothing", "permit only", "registration only", "expired", "revoked", "not yet valid"],
)
def test_licensed_needs_both_licences_valid_on_the_day(db, inspector, taskforce, licences):
    school = institution(status="none")
    round_ = round_of(school, "2018-10-01")
    for kind, columns in licences:
        licence_of(school, kind, **columns)
    submit(round_, inspector, "licensed")

    assert len(missing_evidence(round_, taskforce)) == 1


@pytest.mark.parametrize("last_day", [None, "2018-10-20"])
def test_licensed_with_both_on_file_is_struck_off(db, inspector, taskforce, last_day):
    school = institution(status="none")
    round_ = round_of(school, "2018-10-01")
    licence_of(school, "permit", valid_to=last_day)
    licence_of(school, "registration", valid_from="2018-10-20")
    submit(round_, inspector, "licensed")
    round_.refresh_from_db()

    assert verify(round_, taskforce).outcome == "licensed"


@pytest.mark.parametrize("ended", [None, "2018-10-15"], ids=["merged", "taken apart since"])
def test_licence_of_what_is_merged_into_it_counts_as_its_own(db, inspector, taskforce, ended):
    school, other = institution(status="none"), institution(status="none")
    round_ = round_of(school, "2018-10-01")
    licence_of(other, "permit")
    licence_of(school, "registration")
    merge_of(other, school, "2018-10-10", ended=ended)
    submit(round_, inspector, "licensed")
    round_ = Rectification.objects.get(pk=round_.pk)

    if ended:
        assert len(missing_evidence(round_, taskforce)) == 1
    else:
        assert verify(round_, taskforce).outcome == "licensed"


def test_corrected_needs_every_finding_put_right(opened, recheck, inspector, taskforce):
    recheck()
    one = opened.findings.get(type="T01")
    submit(opened, inspector, put_right=[one.pk])

    (reason,) = missing_evidence(opened, taskforce)
    assert "S02" in reason
    assert "T01" not in reason


def test_corrected_needs_a_recheck_or_photo_of_each(opened, inspector, taskforce):
    submit(opened, inspector)  # nobody has been there since the order

    (reason,) = missing_evidence(opened, taskforce)
    assert "S02" in reason
    assert "T01" in reason


def test_corrected_does_not_rest_on_a_visit_that_found_nobody_in(opened, recheck, inspector, taskforce):
    recheck(result="no_access")
    submit(opened, inspector)

    missing_evidence(opened, taskforce)


def test_corrected_with_a_recheck_of_every_finding_is_struck_off(opened, recheck, inspector, taskforce):
    recheck()
    submit(opened, inspector)
    opened.refresh_from_db()

    assert verify(opened, taskforce).outcome == "corrected"


def test_finding_of_another_round_cannot_be_put_right_here(opened, recheck, inspector):
    stranger = Finding.objects.create(visit=visit_of(institution()), type_id="T01")

    with pytest.raises(Invalid) as refusal:
        submit(opened, inspector, put_right=[stranger.pk])

    assert list(refusal.value.errors) == ["put_right"]
    opened.refresh_from_db()
    assert opened.state == "ordered"
