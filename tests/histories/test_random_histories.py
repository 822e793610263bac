"""Histories that nobody thought of, lived through the actions of the product: after each act what was kept is what rows
and notices say, and at the end what anybody was told is told again. HISTORIES=100 lives more of them."""

import os
from random import Random

import pytest

from tests.histories.bureau import Bureau
from tests.histories.import_acts import IMPORT_ACTS
from tests.histories.map_promise import assert_map_is_drawn_as_defined
from tests.histories.promises import (
    assert_answers_are_the_same,
    assert_counts_kept_are_as_defined,
    assert_differences_add_up,
    assert_figures_are_as_defined,
    assert_lists_of_today_are_what_was_counted,
    assert_notices_are_as_served,
    assert_receipts_are_given_again,
    assert_rows_say_what_was_kept,
    keep_answers,
)
from tests.histories.register_acts import REGISTER_ACTS
from tests.histories.round_acts import ROUND_ACTS

ACTS = REGISTER_ACTS | IMPORT_ACTS | ROUND_ACTS
HISTORIES, ACTS_OF_ONE = int(os.environ.get("HISTORIES", "3")), 60
ASKED_EVERY, RECOUNTED = 8, 3  # acts; moments
ENOUGH = 2_000  # acts, after which each has been done: how soon is told by the order of what is drawn from


@pytest.fixture
def bureau(db, monkeypatch, seed):
    """With ids that are the same each time: what is drawn, and what of two is first, depends on them."""
    monkeypatch.setattr(os, "urandom", Random(seed).randbytes)
    return Bureau(seed)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_whatever_is_done_what_was_kept_and_told_stays(bureau, browse):
    reader = browse(bureau.leader)

    for _act in bureau.goes_on(ACTS, ACTS_OF_ONE):
        assert_rows_say_what_was_kept()
        assert_notices_are_as_served(bureau, reader)
        assert_counts_kept_are_as_defined(bureau)
        assert_lists_of_today_are_what_was_counted(bureau)
        assert_map_is_drawn_as_defined(bureau)
        if bureau.done.total() % ASKED_EVERY == 0:
            keep_answers(bureau)

    assert_answers_are_the_same(bureau)
    assert_figures_are_as_defined(bureau, RECOUNTED)
    assert_differences_add_up(bureau, RECOUNTED)
    assert_receipts_are_given_again(bureau)


@pytest.mark.parametrize("seed", [0])
def test_every_act_is_done_sooner_or_later(bureau):
    """One that is always refused would promise nothing."""
    for _act in bureau.goes_on(ACTS, ENOUGH):
        if len(bureau.done) == len(ACTS):
            break

    assert sorted({act.__name__ for act in ACTS} - set(bureau.done)) == []
