"""The moves of a round: which are legal, who may make them, what an outcome needs, what each leaves behind."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import Invalid
from inspections.actions import (
    NewFinding,
    NewOrder,
    NewPhoto,
    extend_rectification,
    order_rectification,
    receive_photo,
    record_visit,
    return_rectification,
    submit_rectification,
    verify_rectification,
    void_rectification,
)
from inspections.errors import EvidenceMissing, FourEyes, IllegalMove, IllegalOutcome, StaleVersion
from inspections.ledger import check
from inspections.models import Finding, Rectification, RectificationEvent, Visit
from inspections.photos import sha256_of
from institutions.actions import add_licence
from institutions.models import Institution
from tests.factories import at, hand, institution, licence_of, picture, round_of, sent_visit, user_with, visit_of

ON = date(2018, 10, 20)
LEGAL = {
    "ordered": {"submitted", "voided"},
    "submitted": {"verified", "returned"},
    "returned": {"submitted", "voided"},
    "verified": set(),
    "voided": set(),
}


@pytest.fixture
def school(db) -> Institution:
    return institution(status="full")


@pytest.fixture
def opened(school) -> Rectification:
    """A round for T01 and S02, ordered on 1 October 2018 and due on the 31st."""
    return round_of(school, "2018-10-01", visit=visit_of(school, "2018-10-01", findings=("T01", "S02")))


@pytest.fixture
def recheck(opened, inspector):
    """A recheck of the round on 15 October, logged by the inspector."""

    def visit(result="inspected", on="2018-10-15", by=inspector, **given):
        receipt = record_visit(
            sent_visit(opened.institution, purpose="recheck", result=result, happened_at=at(on, 10), **given),
            by=by, received_at=at(on, 18),
        )  # fmt: skip
        opened.refresh_from_db()
        return Visit.objects.get(pk=receipt.id)

    return visit


def submit(round_, by, outcome="corrected", on=ON, **given) -> Rectification:
    given.setdefault("put_right", list(round_.findings.values_list("pk", flat=True)))
    round_.refresh_from_db()
    return submit_rectification(round_, by=by, on=on, version=round_.version, outcome=outcome, **given)


def verify(round_, by, on=ON, **given) -> Rectification:
    return verify_rectification(round_, by=by, on=on, version=round_.version, **given)


def brought_to(state: str, school: Institution) -> Rectification:
    """A round in one of the five states, as far as the rows go."""
    how = {
        "ordered": {},
        "submitted": {"submitted_on": "2018-10-05"},
        "returned": {"submitted_on": "2018-10-05"},
        "verified": {"verified_on": "2018-10-06"},
        "voided": {"voided": "2018-10-06"},
    }[state]
    round_ = round_of(school, "2018-10-01", outcome="corrected", **how)
    if state == "returned":
        return return_rectification(round_, by=hand("checker"), on=date(2018, 10, 6), version=2, reason="缺照片")
    return round_


# --- Which moves are legal


def attempt(wanted: str, round_: Rectification, by) -> None:
    moves = {
        "submitted": lambda: submit_rectification(round_, by=by, on=ON, version=round_.version, outcome="corrected"),
        "returned": lambda: return_rectification(round_, by=by, on=ON, version=round_.version, reason="缺照片"),
        "verified": lambda: verify_rectification(round_, by=by, on=ON, version=round_.version),
        "voided": lambda: void_rectification(round_, by=by, on=ON, version=round_.version, reason="开错"),
    }
    moves[wanted]()


@pytest.mark.parametrize("wanted", ["submitted", "returned", "verified", "voided"])
@pytest.mark.parametrize("state", LEGAL)
def test_move_is_made_when_legal_and_says_which_are_when_not(school, taskforce, state, wanted):
    round_ = brought_to(state, school)

    if wanted in LEGAL[state]:
        attempt(wanted, round_, taskforce)

        round_.refresh_from_db()
        assert round_.state == wanted
    else:
        with pytest.raises(IllegalMove) as refusal:
            attempt(wanted, round_, taskforce)

        assert (refusal.value.status, refusal.value.code) == (409, "illegal_move")
        assert set(refusal.value.extra["legal"]) == LEGAL[state]
        assert Rectification.objects.get().state == state
    assert [found for _round, found in check()] == [[]]


def test_illegal_move_names_the_legal_ones_in_words(school, taskforce):
    with pytest.raises(IllegalMove) as refusal:
        attempt("verified", brought_to("ordered", school), taskforce)

    assert refusal.value.message == "本轮整改现为“已责令”,不能变为“已销号”;现在可以变为:待核验、已作废。"


@pytest.mark.parametrize("state", ["verified", "voided"])
def test_finished_round_cannot_be_extended(school, taskforce, state):
    round_ = brought_to(state, school)

    with pytest.raises(IllegalMove):
        extend_rectification(round_, by=taskforce, on=ON, version=round_.version, due_on=date(2019, 1, 1), reason="迟")


@pytest.mark.parametrize("wanted", ["submitted", "returned", "verified", "voided", "extended"])
def test_stale_version_is_refused_with_the_current_one(school, taskforce, wanted):
    state = "submitted" if wanted in ("returned", "verified") else "ordered"
    round_ = brought_to(state, school)
    current, round_.version = round_.version, round_.version + 7

    with pytest.raises(StaleVersion) as refusal:
        if wanted == "extended":
            extend_rectification(
                round_, by=taskforce, on=ON, version=round_.version, due_on=date(2019, 1, 1), reason="迟"
            )
        else:
            attempt(wanted, round_, taskforce)

    assert (refusal.value.status, refusal.value.extra["version"]) == (412, current)
    assert Rectification.objects.get().state == state


# --- What a move leaves behind


def test_each_move_appends_one_event(opened, recheck, inspector, taskforce):
    recheck()
    submit(opened, inspector, on=date(2018, 10, 15))
    opened.refresh_from_db()
    return_rectification(opened, by=taskforce, on=date(2018, 10, 16), version=opened.version, reason="缺照片")
    opened.refresh_from_db()
    extend_rectification(
        opened, by=taskforce, on=date(2018, 10, 17), version=opened.version, due_on=date(2018, 11, 30), reason="在办"
    )
    submit(opened, inspector, on=date(2018, 10, 18))
    opened.refresh_from_db()
    verify(opened, taskforce, note="现场已看")

    told = opened.events.order_by("sequence").values_list("kind", "from_state", "to_state", "by__username", "note")
    assert list(told) == [
        ("ordered", "", "ordered", "clerk", ""),
        ("evidence", "ordered", "ordered", "inspector", ""),
        ("submitted", "ordered", "submitted", "inspector", ""),
        ("returned", "submitted", "returned", "taskforce", "缺照片"),
        ("extended", "returned", "returned", "taskforce", "在办"),
        ("submitted", "returned", "submitted", "inspector", ""),
        ("verified", "submitted", "verified", "taskforce", "现场已看"),
    ]
    assert list(opened.events.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
    assert [found for _round, found in check()] == [[]]


def test_extension_keeps_the_first_due_date(opened, taskforce):
    extend_rectification(
        opened, by=taskforce, on=ON, version=opened.version, due_on=date(2018, 11, 30), reason="证照在办"
    )

    opened.refresh_from_db()
    assert (opened.first_due_on, opened.due_on) == (date(2018, 10, 31), date(2018, 11, 30))
    event = opened.events.last()
    assert (event.kind, event.due_on, event.note) == ("extended", date(2018, 11, 30), "证照在办")


def test_return_takes_the_marks_off_the_findings(opened, recheck, inspector, taskforce):
    recheck()
    submit(opened, inspector)
    opened.refresh_from_db()

    return_rectification(opened, by=taskforce, on=ON, version=opened.version, reason="缺照片")

    assert set(opened.findings.values_list("put_right_on", "put_right_visit")) == {(None, None)}


def test_void_keeps_who_when_and_why(opened, supervisor):
    void_rectification(opened, by=supervisor, on=ON, version=1, reason="同名另一机构", at=at(ON, 16))

    opened.refresh_from_db()
    assert (opened.state, opened.voided_at, opened.voided_by, opened.void_reason) == (
        "voided", at(ON, 16), supervisor, "同名另一机构",
    )  # fmt: skip


def test_closing_sets_the_day_the_institution_ceased(opened, recheck, school, inspector, supervisor):
    recheck(result="ceased")
    submit(opened, inspector, "closed")
    opened.refresh_from_db()

    verify(opened, supervisor)

    school.refresh_from_db()
    assert school.ceased_on == ON


def test_verified_round_is_immutable_in_the_database(opened, recheck, inspector, taskforce):
    recheck()
    submit(opened, inspector)
    opened.refresh_from_db()
    verify(opened, taskforce)

    with pytest.raises(IntegrityError), transaction.atomic():
        Rectification.objects.update(due_on=date(2020, 1, 1))


# --- Four eyes


def test_submitter_cannot_verify(opened, recheck, taskforce, inspector):
    recheck()
    submit(opened, taskforce)
    opened.refresh_from_db()

    with pytest.raises(FourEyes) as refusal:
        verify(opened, taskforce)

    assert (refusal.value.status, refusal.value.code) == (403, "four_eyes")
    opened.refresh_from_db()
    assert opened.state == "submitted"


def test_who_logged_evidence_cannot_verify(opened, recheck, inspector, taskforce):
    recheck(by=taskforce)
    submit(opened, inspector)
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)


def test_first_submitter_of_two_cannot_verify(opened, recheck, inspector, taskforce):
    other = user_with("task_force", "330382", "other")
    recheck()
    submit(opened, taskforce)
    opened.refresh_from_db()
    return_rectification(opened, by=other, on=ON, version=opened.version, reason="缺照片")
    submit(opened, inspector)
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)


@pytest.mark.parametrize("hands", ["submitted", "evidence"])
def test_database_refuses_verification_by_a_hand_of_the_round(opened, recheck, inspector, taskforce, hands):
    recheck(by=taskforce if hands == "evidence" else inspector)
    submit(opened, taskforce if hands == "submitted" else inspector)

    with pytest.raises(IntegrityError), transaction.atomic():
        Rectification.objects.filter(pk=opened.pk).update(
            state="verified", outcome="corrected", verified_on=ON, verified_recorded_at=at(ON), verified_by=taskforce
        )


def test_who_ordered_cannot_void(school, supervisor):
    round_ = round_of(school, "2018-10-01", ordered_by=supervisor)

    with pytest.raises(FourEyes) as refusal:
        void_rectification(round_, by=supervisor, on=ON, version=1, reason="开错")

    assert refusal.value.status == 403


def test_who_stood_at_the_recheck_cannot_verify(opened, recheck, inspector, taskforce):
    recheck(inspectors=["inspector", "taskforce"])
    submit(opened, inspector)
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)


def test_who_sent_the_deciding_photo_cannot_verify(opened, recheck, inspector, taskforce):
    data = picture()
    visit = recheck(result="not_found", photos=[NewPhoto(sha256_of(data), 1)])
    submit(opened, inspector, "closed")
    receive_photo(visit, sha256=sha256_of(data), data=data, by=taskforce)
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)

    assert opened.events.filter(kind="evidence", by=taskforce).count() == 1


def test_who_ordered_into_an_open_round_gave_evidence_in_it(opened, school, inspector, taskforce):
    record_visit(
        sent_visit(
            school, result="ceased", happened_at=at("2018-10-15", 10), findings=[NewFinding("T03")], order=NewOrder()
        ),
        by=taskforce, received_at=at("2018-10-15", 18),
    )  # fmt: skip
    submit(opened, inspector, "closed")
    opened.refresh_from_db()

    with pytest.raises(FourEyes):
        verify(opened, taskforce)


def test_who_entered_the_licences_cannot_verify_that_it_is_licensed(db, inspector, taskforce):
    school = institution(status="none")
    round_ = round_of(school, "2018-10-01", submitted_on="2018-10-10", outcome="licensed", submitted_by=inspector)
    for kind in ("permit", "registration"):
        columns = {"kind": kind, "number": f"号{kind}", "valid_from": date(2018, 10, 5)}
        add_licence(school, by=taskforce, columns=columns, at=at("2018-10-12"))

    with pytest.raises(FourEyes):
        verify(round_, taskforce)

    assert verify(round_, user_with("task_force", "330382")).outcome == "licensed"


@pytest.mark.parametrize("recorded", ["2018-10-12", "2018-10-02"], ids=["after the order", "before it was known"])
def test_who_entered_the_licences_cannot_choose_licensed_when_verifying(db, inspector, taskforce, recorded):
    """Submitted as closed, to be struck off as licensed; and an order of the 1st that became known on the 5th."""
    round_ = round_of(
        institution(status="none"), "2018-10-01", ordered_recorded="2018-10-05", submitted_on="2018-10-15",
        submitted_by=inspector,
    )  # fmt: skip
    for kind in ("permit", "registration"):
        columns = {"kind": kind, "number": f"号{kind}", "valid_from": date(2018, 10, 2)}
        add_licence(round_.institution, by=taskforce, columns=columns, at=at(recorded))

    with pytest.raises(FourEyes):
        verify(round_, taskforce, outcome="licensed")


# --- Legal outcomes: domain.md, licence status and the legal ways to finish


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

    assert missing_evidence(opened, taskforce) == ["2018-10-17 的检查仍见在办学,与停办不符,请先复查。"]

    recheck(result="ceased", on="2018-10-18")
    assert verify(opened, taskforce).outcome == "closed"


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


# --- Days and reasons


@pytest.mark.parametrize("on", [date(2018, 9, 30), date(2018, 10, 21)], ids=["before the order", "in the future"])
def test_submission_on_an_impossible_day_is_refused(opened, inspector, on):
    with pytest.raises(Invalid) as refusal:
        submit(opened, inspector, "closed", on=on, at=at(ON))

    assert list(refusal.value.errors) == ["on"]


@pytest.mark.parametrize("on", [date(2018, 10, 14), date(2018, 10, 21)], ids=["before submission", "in the future"])
def test_verification_on_an_impossible_day_is_refused(opened, recheck, inspector, taskforce, on):
    recheck()
    submit(opened, inspector, on=date(2018, 10, 15))
    opened.refresh_from_db()

    with pytest.raises(Invalid) as refusal:
        verify(opened, taskforce, on=on, at=at(ON))

    assert list(refusal.value.errors) == ["on"]


def test_return_extension_and_void_need_a_reason(school, taskforce):
    submitted, ordered = brought_to("submitted", school), brought_to("ordered", institution())

    for act, round_, given in (
        (return_rectification, submitted, {}),
        (extend_rectification, ordered, {"due_on": date(2019, 1, 1)}),
        (void_rectification, ordered, {}),
    ):
        with pytest.raises(Invalid) as refusal:
            act(round_, by=taskforce, on=ON, version=round_.version, reason="  ", **given)
        assert list(refusal.value.errors) == ["reason"]


@pytest.mark.parametrize("due_on", [date(2018, 10, 31), date(2018, 10, 30)])
def test_extension_that_is_none_is_refused(opened, taskforce, due_on):
    with pytest.raises(Invalid) as refusal:
        extend_rectification(opened, by=taskforce, on=ON, version=1, due_on=due_on, reason="迟")

    assert list(refusal.value.errors) == ["due_on"]


# --- Orders


def test_order_for_a_visit_joins_its_findings(school, taskforce):
    visit = visit_of(school, "2018-10-01", findings=("T01", "T06"))

    round_ = order_rectification(visit, by=taskforce, on=date(2018, 10, 3), measure="停止超纲教学")

    # The worst of B and C is B, 30 days: due on 2 November. Ordered two days after the visit.
    assert (round_.ordered_on, round_.due_on, round_.round_no) == (date(2018, 10, 3), date(2018, 11, 2), 1)
    assert set(visit.findings.values_list("rectification", flat=True)) == {round_.pk}
    assert list(RectificationEvent.objects.values_list("kind", "note", "visit")) == [
        ("ordered", "停止超纲教学", visit.pk)
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"on": date(2018, 9, 30)}, "on"),  # before the visit
        ({"on": date(2018, 10, 21), "at": at(ON)}, "on"),  # in the future
        ({"on": ON, "due_on": date(2018, 10, 19)}, "due_on"),
    ],
)
def test_order_with_impossible_days_is_refused(school, taskforce, given, field):
    visit = visit_of(school, "2018-10-01", findings=("T01",))

    with pytest.raises(Invalid) as refusal:
        order_rectification(visit, by=taskforce, **given)

    assert list(refusal.value.errors) == [field]
    assert not Rectification.objects.exists()


def refused_order(visit: Visit, by) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        order_rectification(visit, by=by, on=ON)
    return list(refusal.value.errors)


def test_order_without_findings_is_refused(school, taskforce):
    assert refused_order(visit_of(school, "2018-10-01"), taskforce) == ["order"]


def test_second_order_during_an_open_round_opens_no_other(opened, school, taskforce):
    visit = visit_of(school, "2018-10-10", findings=("T02",))

    assert order_rectification(visit, by=taskforce, on=ON) == opened

    assert Rectification.objects.get() == opened


def test_order_that_failed_takes_no_number(school, taskforce, inspector):
    with pytest.raises(Invalid):
        order_rectification(visit_of(school, "2018-10-01"), by=taskforce, on=ON)
    receipt = record_visit(
        sent_visit(school, findings=[NewFinding("T01")], order=NewOrder()),
        by=inspector, received_at=at("2018-10-01"),
    )  # fmt: skip

    assert Rectification.objects.get(pk=receipt.rectification).number == "责改〔2018〕330382-0001号"


@pytest.mark.parametrize("years", [4, 7981])
def test_order_with_a_term_of_years_is_refused(school, taskforce, years):
    visit = visit_of(school, "2018-10-01", findings=("T01",))

    with pytest.raises(Invalid) as refusal:
        order_rectification(visit, by=taskforce, on=date(2018, 10, 1), due_on=date(2018 + years, 10, 1))

    assert list(refusal.value.errors) == ["due_on"]


def test_visit_of_a_voided_order_can_be_ordered_again(school, taskforce, supervisor):
    visit = visit_of(school, "2018-10-01", findings=("T01",))
    wrong = order_rectification(visit, by=taskforce, on=date(2018, 10, 1))
    void_rectification(wrong, by=supervisor, on=date(2018, 10, 2), version=1, reason="期限开错")

    right = order_rectification(visit, by=taskforce, on=date(2018, 10, 3))

    assert (right.round_no, list(right.findings.values_list("type", flat=True))) == (2, ["T01"])
    assert [found for _round, found in check()] == [[], []]


def test_voided_rebound_leaves_a_closed_institution_closed(db, taskforce, supervisor):
    school = institution(ceased_on="2018-06-01")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    visit = visit_of(school, "2018-10-01", findings=("T01",))
    again = order_rectification(visit, by=taskforce, on=date(2018, 10, 1))
    school.refresh_from_db()
    assert school.ceased_on is None

    void_rectification(again, by=supervisor, on=date(2018, 10, 2), version=1, reason="另一家机构")

    school.refresh_from_db()
    assert school.ceased_on == date(2018, 6, 1)


def test_outcome_before_a_survey_is_judged_by_the_licences_on_file(db, inspector):
    round_ = round_of(institution(surveyed_on=None), "2018-10-01")

    with pytest.raises(IllegalOutcome):
        submit(round_, inspector, "corrected")


# --- Rechecks that raise themselves


def test_overdue_order_raises_a_recheck_until_somebody_got_in(school, inspector):
    round_ = round_of(school, "2018-10-01", due_on="2018-10-31")

    def raised(on: date) -> bool:
        return Rectification.objects.needing_recheck(on).exists()

    assert (raised(date(2018, 10, 31)), raised(date(2018, 11, 1))) == (False, True)
    visit_of(school, "2018-11-02", purpose="recheck", result="no_access", round_=round_)
    assert raised(date(2018, 11, 3))
    visit_of(school, "2018-11-05", purpose="recheck", round_=round_)
    assert not raised(date(2018, 11, 6))


def test_nothing_is_ordered_at_a_withdrawn_registration(db, taskforce):
    visit = visit_of(institution(withdrawn_at=at("2018-10-05")), "2018-10-01", findings=("T01",))

    with pytest.raises(Invalid, match="登记已撤销"):
        order_rectification(visit, by=taskforce, on=date(2018, 10, 6))


# --- Side by side


@pytest.mark.parametrize("wanted", ["voided", "submitted"])
def test_move_locks_the_institution_before_the_round_as_a_visit_does(opened, school, inspector, supervisor, wanted):
    """Locked crosswise, a visit and a move of one round would wait for each other for ever."""

    def visit():
        record_visit(
            sent_visit(school, purpose="recheck", happened_at=at(ON, 9)), by=inspector, received_at=at(ON, 20)
        )  # fmt: skip

    def move():
        attempt(wanted, opened, supervisor if wanted == "voided" else inspector)

    assert first_read(visit)[0] == "institutions_institution"
    opened.refresh_from_db()
    assert first_read(move) == ["institutions_institution", "inspections_rectification"]


def first_read(ask) -> list[str]:
    """The two tables in the order in which `ask` first reads them for one row, as it does to lock it."""
    tables = []

    def note(execute, sql, params, many, context):
        for table in ("institutions_institution", "inspections_rectification"):
            if f'FROM "{table}"' in sql and f'"{table}"."id" = ' in sql and table not in tables:
                tables.append(table)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    return tables
