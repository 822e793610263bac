"""`verify_ledger`: a row that says anything else than the events and notices of its round is found, and named."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import guards
from accounts.canonical import canonical, digest_of
from inspections.actions import (
    extend_rectification,
    mark_put_right,
    order_rectification,
    replace_notice,
    return_rectification,
    submit_rectification,
    verify_rectification,
    void_rectification,
    withdraw_evidence,
    withdraw_notice,
)
from inspections.ledger import check
from inspections.models import Finding, Notice, Rectification, RectificationEvent, Visit
from tests.factories import at, day, hand, institution, licence_of, round_of, supplement_of, visit_of

ON = date(2018, 10, 20)


@pytest.fixture
def lived(db, inspector, taskforce, supervisor) -> Rectification:
    """A round to which everything happened: supplements, marks, a return, extensions, a replacement, a withdrawal."""
    school = institution(status="full")
    visit = visit_of(school, "2018-10-01", findings=("T06",))
    round_ = order_rectification(
        visit, by=taskforce, on=day("2018-10-01"), due_on=day("2018-10-25"), at=at("2018-10-01")
    )
    first = supplement_of(round_, "2018-10-03", due_on="2018-10-05", findings=("S02", "S03"))
    second = supplement_of(round_, "2018-10-04", due_on="2018-10-09", findings=("T03",))

    def act(move, by, on, **given):
        round_.refresh_from_db()
        move(round_, by=by, on=day(on), version=round_.version, at=at(on), **given)

    act(extend_rectification, taskforce, "2018-10-05", due_on=day("2018-10-08"), reason="在途", notice=first.pk)
    act(replace_notice, taskforce, "2018-10-05", notice=round_.notices.get(kind="order").pk, measure="停", reason="误")
    act(withdraw_notice, supervisor, "2018-10-06", notice=second.pk, reason="误")
    wrong = visit_of(school, "2018-10-07", purpose="recheck", round_=round_)
    right = visit_of(school, "2018-10-08", purpose="recheck", round_=round_)
    ids = [each["id"] for each in first.sheet["findings"]]
    round_.refresh_from_db()
    mark_put_right(round_, ids, visit=wrong, by=inspector, at=at("2018-10-07"))
    withdraw_evidence(round_, visit=wrong, by=inspector, reason="走错", at=at("2018-10-08"))
    mark_put_right(round_, ids, visit=right, by=inspector, at=at("2018-10-08"))
    everything = list(round_.findings.values_list("pk", flat=True))
    handed = {"outcome": "corrected", "put_right": everything, "registered_scope": "文化"}
    act(submit_rectification, inspector, "2018-10-09", **handed)
    act(return_rectification, taskforce, "2018-10-10", reason="缺照片")
    act(extend_rectification, taskforce, "2018-10-11", due_on=day("2018-11-25"), reason="在办")
    act(submit_rectification, inspector, "2018-10-12", **handed)
    round_.refresh_from_db()
    return round_


def found() -> list[str]:
    return [each.column for _round, listed in check() for each in listed]


def test_round_to_which_everything_happened_is_rebuilt(lived, taskforce):
    assert found() == []

    verify_rectification(lived, by=taskforce, on=ON, version=lived.version)

    assert found() == []


def test_round_that_was_voided_and_ordered_again_is_rebuilt(db, taskforce, supervisor, inspector):
    visit = visit_of(institution(), "2018-10-01", findings=("T06", "T01"))
    wrong = order_rectification(visit, by=taskforce, on=day("2018-10-01"))
    supplement_of(wrong, "2018-10-02")
    recheck = visit_of(wrong.institution, "2018-10-03", purpose="recheck", round_=wrong)
    mark_put_right(wrong, [wrong.findings.first().pk], visit=recheck, by=inspector, at=at("2018-10-03"))
    void_rectification(wrong, by=supervisor, on=ON, version=wrong.version, reason="开错")
    assert found() == []

    order_rectification(visit, by=taskforce, on=ON)

    assert found() == []


OTHER = {
    "number": "另一号",
    "state": "returned",
    "version": 99,
    "ordered_on": date(2018, 9, 30),
    "ordered_recorded_at": at("2018-09-30"),
    "ordered_by_id": lambda: hand("another").pk,
    "opened_by_visit_id": None,
    "measure": "改写",
    "first_due_on": date(2018, 10, 24),
    "due_on": date(2018, 12, 25),
    "next_due_on": date(2018, 12, 25),
    "supplements": 1,
    "submitted_on": date(2018, 10, 13),
    "submitted_by_id": lambda: hand("another").pk,
    "submitted_outcome": "closed",
    "registered_scope": "体育",
    "verified_on": date(2018, 10, 21),
    "verified_recorded_at": at("2018-10-21"),
    "verified_by_id": lambda: hand("another").pk,
    "outcome": "closed",
    "voided_at": at("2018-10-21"),
    "voided_by_id": lambda: hand("another").pk,
    "void_reason": "改写",
}


@pytest.fixture
def unguarded(db):
    """Somebody with the right to change anything in the database."""
    guards.drop_all(connection)


@pytest.mark.parametrize("column", OTHER)
def test_column_that_was_tampered_with_is_found(lived, taskforce, supervisor, unguarded, column):
    if column.startswith(("verified", "outcome")):
        verify_rectification(lived, by=taskforce, on=ON, version=lived.version)
    elif column.startswith("void"):
        return_rectification(lived, by=taskforce, on=ON, version=lived.version, reason="缺")
        lived.refresh_from_db()
        void_rectification(lived, by=supervisor, on=ON, version=lived.version, reason="开错")
    value = OTHER[column]

    Rectification.objects.update(**{column: value() if callable(value) else value})

    assert found() == [column]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("by_id", None),
        ("happened_on", date(2018, 9, 30)),
        ("recorded_at", at("2018-09-30")),
        ("due_on", date(2019, 1, 1)),
        ("outcome", "closed"),
        ("visit_id", None),
        ("notice_id", None),
        ("note", "别的原因"),
        ("digest", "0" * 64),
        ("kind", "extended"),
    ],
)
def test_event_that_says_otherwise_than_the_trail_is_found_whichever_it_is(lived, supervisor, unguarded, column, value):
    other = hand("somebody_else").pk if column == "by_id" else value
    missed = []

    for event in lived.events.all():
        kept = getattr(event, column)
        RectificationEvent.objects.filter(pk=event.pk).update(**{column: other})
        if kept != other and f"event {event.sequence} {column}" not in found():
            missed.append((event.sequence, event.kind))
        RectificationEvent.objects.filter(pk=event.pk).update(**{column: kept})

    assert (missed, found()) == ([], [])


@pytest.mark.parametrize(
    ("column", "value"),
    [("institution_id", lambda: institution().pk), ("round_no", lambda: 2), ("ordered_on", lambda: day("2018-09-30"))],
)
def test_round_that_was_rewritten_with_its_events_is_found_by_the_trail(lived, unguarded, column, value):
    """What it is rebuilt from says the same, or nothing."""
    RectificationEvent.objects.filter(kind="ordered").update(
        **{"happened_on": value()} if column == "ordered_on" else {}
    )

    Rectification.objects.update(**{column: value()})

    assert found()[0] == column


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        (Rectification.objects, ["scope_code"]),
        (RectificationEvent.objects.filter(sequence=2), ["event 2 scope_code"]),
    ],
)
def test_round_or_event_that_lies_elsewhere_is_found(lived, unguarded, rows, named):
    rows.update(scope_code="330381000000")

    assert found() == named


def test_finding_taken_out_of_its_round_is_found(lived):
    Finding.objects.filter(type="S02").update(rectification=None)

    (pk,) = Finding.objects.filter(type="S02").values_list("pk", flat=True)
    assert found() == [f"finding {pk}"]


def test_finding_lost_by_a_round_is_found_though_a_voided_round_held_it_too(db, taskforce, supervisor):
    visit = visit_of(institution(), "2018-10-01", findings=("T06", "T01"))
    wrong = order_rectification(visit, by=taskforce, on=day("2018-10-01"))
    void_rectification(wrong, by=supervisor, on=ON, version=wrong.version, reason="开错")
    order_rectification(visit, by=taskforce, on=ON)
    lost = visit.findings.get(type="T01")

    Finding.objects.filter(pk=lost.pk).update(rectification=None)

    assert found() == [f"finding {lost.pk}"]


def test_finding_lost_by_a_voided_round_is_found(db, taskforce, supervisor):
    visit = visit_of(institution(), "2018-10-01", findings=("T06",))
    wrong = order_rectification(visit, by=taskforce, on=day("2018-10-01"))
    void_rectification(wrong, by=supervisor, on=ON, version=wrong.version, reason="开错")

    visit.findings.update(rectification=None)

    assert found() == [f"finding {visit.findings.get().pk}"]


def test_finding_put_into_a_round_without_a_notice_is_found(lived):
    Finding.objects.filter(type="T03").update(rectification=lived)

    (pk,) = Finding.objects.filter(type="T03").values_list("pk", flat=True)
    assert found() == [f"finding {pk}"]


@pytest.mark.parametrize("column", ["put_right_on", "put_right_visit"])
def test_mark_that_nobody_set_is_found(lived, column):
    finding = Finding.objects.get(type="S02")
    value = {"put_right_on": day("2018-10-02"), "put_right_visit": visit_of(lived.institution, "2018-10-02")}[column]

    Finding.objects.filter(pk=finding.pk).update(**{column: value})

    assert found() == [f"finding {finding.pk} put right"]


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("content", "{}", "digest"),
        ("digest", "0" * 64, "digest"),
        ("number", "另一号", "number"),
        ("due_on", date(2019, 1, 1), "due_on"),
        ("served_on", date(2018, 10, 2), "served_on"),
        ("reconstructed", True, "reconstructed"),
        ("recorded_at", at("2018-10-30"), "recorded_at"),
        ("recorded_by", lambda: hand("another"), "recorded_by_id"),
    ],
)
def test_notice_that_was_tampered_with_is_found(lived, unguarded, column, value, named):
    notice = lived.notices.filter(kind="supplement").first()
    if column == "content":
        value = notice.content.replace("S02", "S04")
    value = value() if callable(value) else value

    Notice.objects.filter(pk=notice.pk).update(**{column: value})

    assert f"notice {'另一号' if column == 'number' else notice.number} {named}" in found()


def test_notice_that_was_rewritten_with_its_digest_is_found_whichever_it_is(lived, supervisor, taskforce, unguarded):
    return_rectification(lived, by=taskforce, on=ON, version=lived.version, reason="缺")
    lived.refresh_from_db()
    void_rectification(lived, by=supervisor, on=ON, version=lived.version, reason="开错")
    kinds, missed = set(), []

    for notice in lived.notices.all():
        kinds.add(notice.kind)
        other = canonical(notice.sheet | {"addressee": notice.sheet["addressee"] | {"name": "另一家"}})
        Notice.objects.filter(pk=notice.pk).update(content=other, digest=digest_of(other))
        if found() != [f"notice {notice.number} as served"]:
            missed.append((notice.kind, found()))
        Notice.objects.filter(pk=notice.pk).update(content=notice.content, digest=notice.digest)

    assert (kinds, missed, found()) == ({"order", "supplement", "replacement", "withdrawal"}, [], [])


def test_event_that_served_a_notice_at_another_moment_is_found(lived, unguarded):
    event = lived.events.get(kind="supplemented", sequence=2)

    RectificationEvent.objects.filter(pk=event.pk).update(recorded_at=at("2018-10-30"))

    assert found() == ["event 2 recorded_at", f"notice {event.notice.number} recorded_at"]


def test_notice_of_which_no_event_tells_is_found(lived, taskforce):
    lived.notices.create(
        number="暗中一号", kind="supplement", due_on=ON, served_on=ON, recorded_at=at(ON), recorded_by=taskforce,
        content=lived.notices.filter(kind="supplement").first().content, digest="0" * 64,
    )  # fmt: skip

    assert "notice 暗中一号" in found()


def test_notice_that_was_taken_away_is_found(lived, unguarded):
    round_of(institution(), "2018-10-01")
    other = Rectification.objects.exclude(pk=lived.pk).get()
    RectificationEvent.objects.filter(rectification=other).update(notice=None)
    other.notices.all()._raw_delete("default")

    assert "notices" in found()


@pytest.mark.parametrize("column", ["content", "digest"])
def test_submission_that_was_tampered_with_is_found(lived, unguarded, column):
    event = lived.events.filter(kind="submitted").last()
    value = event.content.replace("文化", "体育") if column == "content" else "0" * 64

    RectificationEvent.objects.filter(pk=event.pk).update(**{column: value})

    assert f"event {event.sequence} content" in found()


def _stood_at_the_recheck(round_):
    visit_of(round_.institution, "2018-10-11", purpose="recheck", by=hand("checker"), round_=round_)


def _logged_evidence(round_):
    recheck = visit_of(round_.institution, "2018-10-11", purpose="recheck", round_=round_)
    mark_put_right(round_, [], visit=recheck, by=hand("checker"), at=at("2018-10-11"))


def _entered_the_licence(round_):
    licence_of(round_.institution, "permit", recorded_by=hand("checker"), recorded_at=at("2018-10-11"))


def _entered_it_at_the_midnight_of_the_order(round_):
    licence_of(round_.institution, "permit", recorded_by=hand("checker"), recorded_at=at("2018-10-01", 0))


def _submitted_before_it_was_returned(round_):
    for state, by in (("returned", "boss"), ("submitted", "checker"), ("returned", "boss"), ("submitted", "sender")):
        handed_in = {"submitted_on": day("2018-10-11"), "submitted_by": hand(by), "submitted_outcome": "licensed"}
        round_.move_to(
            state, kind=state, by=hand(by), on=day("2018-10-11"), at=at("2018-10-11"),
            outcome="licensed" if state == "submitted" else "", columns=handed_in if state == "submitted" else {},
        )  # fmt: skip


@pytest.mark.parametrize(
    "gave",
    [_stood_at_the_recheck, _logged_evidence, _entered_the_licence, _entered_it_at_the_midnight_of_the_order,
     _submitted_before_it_was_returned],
)  # fmt: skip
def test_verifier_who_had_a_hand_in_the_round_is_found(db, unguarded, gave):
    round_ = round_of(institution(), "2018-10-01", submitted_on="2018-10-10", outcome="licensed")
    gave(round_)
    round_.refresh_from_db()

    round_.move_to(
        "verified", kind="verified", by=hand("checker"), on=ON, at=at(ON), outcome="licensed",
        columns={
            "verified_on": ON, "verified_recorded_at": at(ON), "verified_by": hand("checker"), "outcome": "licensed",
        },
    )  # fmt: skip

    assert found()[-1] == "verified_by_id"  # of evidence the trail was told, and of this move it was not


def test_recheck_that_became_known_after_the_strike_off_does_not_count(db):
    round_ = round_of(institution(), "2018-10-01", verified_on="2018-10-10")
    visit_of(
        round_.institution, "2018-10-09", purpose="recheck", by=hand("checker"), round_=round_, recorded="2018-10-20"
    )

    assert found() == []


def test_recheck_at_which_nobody_was_in_gives_nobody_a_hand(db):
    round_ = round_of(institution(), "2018-10-01", verified_on="2018-10-10")
    visit_of(round_.institution, "2018-10-09", purpose="recheck", result="no_access", by=hand("checker"), round_=round_)

    assert found() == []


def test_recheck_taken_out_of_its_round_is_found(lived, unguarded):
    """Who stood there would have had no hand in the round, and could verify it."""
    recheck = lived.visits.order_by("happened_at").last()

    Visit.objects.filter(pk=recheck.pk).update(rectification=None)

    told = lived.events.filter(visit=recheck, kind="evidence").values_list("sequence", flat=True)
    assert found() == [f"event {sequence} visit" for sequence in told] != []


@pytest.mark.parametrize("kind", ["evidence", "visit_withdrawn"])
def test_event_whose_visit_was_taken_away_is_found(lived, unguarded, kind):
    event = lived.events.filter(kind=kind).last()

    RectificationEvent.objects.filter(pk=event.pk).update(visit=None)

    assert f"event {event.sequence} visit" in found()


def test_command_names_the_difference_and_fails(lived):
    said = StringIO()
    Rectification.objects.update(measure="改写")

    with pytest.raises(CommandError, match="1 of 1 rectifications differ"):
        call_command("verify_ledger", stdout=said)

    assert said.getvalue() == f"{lived.number} measure: row '改写', kept '停'\n"


def test_extension_of_a_supplement_leaves_the_deadline_of_its_round(opened, taskforce):
    supplement = supplement_of(opened, "2018-10-10", due_on="2018-10-12")
    extend_rectification(
        opened, by=taskforce, on=ON, version=opened.version, due_on=date(2018, 11, 30), reason="迟", at=at(ON),
        notice=supplement.pk,
    )  # fmt: skip

    assert [found for _round, found in check()] == [[]]


@pytest.mark.parametrize("column", [{"sequence": 7}, {"from_state": "returned"}, {"to_state": "verified"}])
def test_event_that_does_not_follow_from_the_one_before_is_found(opened, recheck, unguarded, column):
    recheck()
    RectificationEvent.objects.filter(sequence=2).update(**column)

    [(_round, found)] = check()
    assert "event 2" in {each.column for each in found}


def test_replacement_of_which_no_event_tells_is_found(opened, taskforce, unguarded):
    order = opened.notices.get()
    replace_notice(opened, by=taskforce, on=ON, version=opened.version, notice=order.pk, reason="名称有误", at=at(ON))
    replacement = opened.notices.exclude(pk=order.pk).get()

    RectificationEvent.objects.filter(notice=replacement).update(notice=None)
    assert f"notice {replacement.number}" in found()
    Notice.objects.filter(pk=replacement.pk).update(reconstructed=True)
    assert f"notice {replacement.number}" not in found()  # one that was put together again has none
