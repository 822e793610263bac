"""A move typed on a page that others have overtaken: what changed, by whom, and what was typed is still there."""

from datetime import timedelta

import pytest
from django.urls import reverse

from inspections.actions import extend_rectification, return_rectification
from institutions.moments import today
from tests.factories import institution, round_of, user_with

DAY = today()
WEEK = timedelta(days=7)


@pytest.fixture
def colleague(db):
    return user_with("task_force", "330382", "王队")


@pytest.fixture
def round_(db):
    return round_of(institution(status="full"), DAY - WEEK, due_on=DAY + WEEK)


@pytest.fixture
def extend(browse, taskforce, round_):
    """Post an extension as it was typed on the page of a version."""

    def posted(version: int, **typed):
        typed = {"version": version, "on": DAY, "due_on": DAY + 4 * WEEK, "reason": "设备未到", "sure": "on"} | typed
        path = reverse("rectification_move", args=[round_.pk, "extend"])
        return browse(taskforce).post(path, {f"extend-{name}": str(value) for name, value in typed.items()})

    return posted


def overtaken(round_, colleague):
    extend_rectification(round_, by=colleague, on=DAY, version=1, due_on=DAY + 2 * WEEK, reason="房东要求")
    round_.refresh_from_db()


def test_page_says_what_changed_meanwhile_and_by_whom(extend, round_, colleague):
    overtaken(round_, colleague)

    answer = extend(1)

    page = answer.content.decode()
    said = page.split('id="meanwhile"')[1].split("</div>")[0]
    assert answer.status_code == 412
    assert [event.sequence for event in answer.context["meanwhile"]] == [2]
    assert all(words in said for words in ("王队", "延期", str(DAY + 2 * WEEK), "房东要求"))
    round_.refresh_from_db()
    assert (round_.version, round_.due_on) == (2, DAY + 2 * WEEK)


def test_page_shows_the_row_as_it_is_now_and_keeps_what_was_typed(extend, round_, colleague):
    overtaken(round_, colleague)

    answer = extend(1)

    form = {name: shown for name, _title, shown in answer.context["offered"]}["extend"]
    assert answer.context["round"].due_on == DAY + 2 * WEEK
    assert [form[name].value() for name in ("version", "due_on", "reason")] == ["2", str(DAY + 4 * WEEK), "设备未到"]


def test_move_sent_again_after_that_is_made(extend, round_, colleague):
    overtaken(round_, colleague)
    version = {name: shown for name, _title, shown in extend(1).context["offered"]}["extend"]["version"].value()

    answer = extend(version)

    round_.refresh_from_db()
    assert (answer.status_code, round_.due_on) == (302, DAY + 4 * WEEK)


def test_other_refusal_does_not_take_the_version_of_others_along(extend, round_, colleague):
    """What was refused for its own sake has not been compared with anything: the version typed for stays."""
    answer = extend(1, due_on=DAY)
    form = {name: shown for name, _title, shown in answer.context["offered"]}["extend"]

    assert answer.status_code == 422
    assert form["version"].value() == "1"
    assert answer.context["meanwhile"] == []


def test_move_that_is_no_longer_open_shows_what_was_typed(browse, taskforce, colleague, db):
    round_ = round_of(institution(status="full"), DAY - WEEK, submitted_on=DAY, due_on=DAY + WEEK)
    return_rectification(round_, by=colleague, on=DAY, version=2, reason="缺照片")

    answer = browse(taskforce).post(
        reverse("rectification_move", args=[round_.pk, "verify"]),
        {
            "verify-version": "2",
            "verify-on": str(DAY),
            "verify-outcome": "closed",
            "verify-note": "已到现场",
            "verify-sure": "on",
        },
    )

    page = answer.content.decode()
    assert answer.status_code == 412
    assert all(words in page for words in ("王队", "缺照片", "已到现场"))
