"""The moves of a round: which are legal, who may make them, what each leaves behind."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import Invalid
from inspections.actions import (
    NewPhoto,
    extend_rectification,
    receive_photo,
    record_visit,
    return_rectification,
    submit_rectification,
    verify_rectification,
    void_rectification,
)
from inspections.errors import IllegalMove, StaleVersion
from inspections.ledger import check
from inspections.models import Rectification, Visit
from inspections.photos import sha256_of
from tests.factories import at, institution, picture, sent_visit
from tests.inspections.rounds import ON, brought_to, submit, verify

LEGAL = {
    "ordered": {"submitted", "voided"},
    "submitted": {"verified", "returned"},
    "returned": {"submitted", "voided"},
    "verified": set(),
    "voided": set(),
}


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

    assert refusal.value.message == "本轮整改现为“已责令”，不能变为“已销号”；现在可以变为：待核验、已作废。"


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


def test_photo_of_a_recheck_locks_the_institution_before_the_round(opened, recheck, inspector, taskforce):
    data = picture()
    visit = recheck(photos=[NewPhoto(sha256_of(data), 1)])
    visit = Visit.objects.get(pk=visit.pk)  # as the API brings it, without its institution

    def photo():
        receive_photo(visit, sha256=sha256_of(data), data=data, by=taskforce)

    assert first_read(photo) == ["institutions_institution", "inspections_rectification"]
    assert opened.events.filter(kind="evidence", by=taskforce).exists()


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
