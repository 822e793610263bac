"""A visit as it is sent: what its content states, and that the content is all of it."""

import json
from datetime import date

import pytest

from inspections.actions.sent_visit import (
    LEDGER,
    Found,
    NewFinding,
    NewItem,
    NewOrder,
    NewPhoto,
    Position,
    SentVisit,
    sent_again,
)
from institutions.models import Institution
from tests.factories import LIUSHI, sent_visit

ADDED = {
    "items": (NewItem("S02", "ok"),),
    "source": LEDGER,
    "found": Found(name="晨曦画室", address="柳市镇井大路9号", division=LIUSHI, category="arts"),
    "put_right": (7,),
}


def content_of(sent: SentVisit) -> dict:
    return json.loads(sent.content())


@pytest.mark.parametrize("name", ADDED)
def test_what_a_later_release_has_added_is_stated_where_it_was_said(name):
    plain = sent_visit(Institution())

    assert set(content_of(sent_visit(Institution(), **{name: ADDED[name]}))) - set(content_of(plain)) == {name}


def test_measure_is_stated_where_an_order_has_one():
    orders = [NewOrder(), NewOrder(measure="停止招生")]

    stated = [content_of(sent_visit(Institution(), order=each))["order"] for each in orders]
    assert stated == [{"due_on": None}, {"due_on": None, "measure": "停止招生"}]


def test_kept_content_is_the_visit_that_was_sent():
    school = Institution()
    stated = {"position": Position(120.96, 28.12, 9.0), "order": NewOrder(date(2018, 10, 31), "停止招生")}
    sent = sent_visit(school, inspectors=("inspector",), findings=(NewFinding("T01"),), **stated, **ADDED)

    assert sent_again(content_of(sent), school) == sent


def test_photo_of_no_problem_shows_none_of_before():
    photos = [NewPhoto("a", 1), NewPhoto("b", 2, finding="T01"), NewPhoto("c", 3, finding="S02")]

    sent = sent_visit(Institution(), photos=photos, findings=[NewFinding("S02")])

    assert sent.photographed_before == {"T01"}
    assert sent_visit(Institution(), photos=photos[:1]).photographed_before == set()


def test_sender_was_there_where_nobody_is_named_but_not_for_a_ledger(inspector):
    said = [sent_visit(Institution(), source=source).sent_by(inspector).inspectors for source in ("", LEDGER)]

    assert said == [("inspector",), ()]
