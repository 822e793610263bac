"""Keys of a box: which ranges of them hold it, and exactly it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from institutions.positions import cell_of
from mapping.boxes import KEY_BITS, SIDE_BITS, Box, Squares, _gathered

DEGREES = st.tuples(
    st.integers(-180_000, 180_000).map(lambda thousandths: thousandths / 1000),
    st.integers(-90_000, 90_000).map(lambda thousandths: thousandths / 1000),
)


@st.composite
def boxes(draw) -> Box:
    one, other = draw(DEGREES), draw(DEGREES)
    return Box(min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1]))


@given(boxes(), DEGREES)
def test_whatever_lies_in_a_box_has_a_key_in_its_few_ranges(box, place):
    keys = box.squares(SIDE_BITS).ranges(8)

    inside = box.west <= place[0] <= box.east and box.south <= place[1] <= box.north
    assert not inside or any(first <= cell_of(*place) <= last for first, last in keys)
    assert len(keys) <= 8


def held(keys) -> set[int]:
    """The squares of 5 bits whose keys are in the ranges."""
    shift = KEY_BITS - 10
    return {key for first, last in keys for key in range(first >> shift, (last >> shift) + 1)}


@given(st.tuples(*[st.integers(0, 31)] * 4))
def test_ranges_hold_the_squares_of_a_rectangle_and_no_other(corners):
    squares = Squares(5, *sorted(corners[:2]), *sorted(corners[2:]))

    assert held(squares.ranges()) == {
        key
        for key in range(1 << 10)
        if squares.first_column <= _gathered(key) <= squares.last_column
        and squares.first_row <= _gathered(key >> 1) <= squares.last_row
    }


@given(st.tuples(*[st.integers(0, 31)] * 4), st.one_of(st.none(), st.tuples(*[st.integers(0, 7)] * 4)))
def test_squares_without_coarser_ones_are_the_others_in_their_order(corners, hole):
    squares = Squares(5, *sorted(corners[:2]), *sorted(corners[2:]))
    inner = Squares(3, *sorted(hole[:2]), *sorted(hole[2:])) if hole else None

    keys = squares.without(inner)

    gone = held(inner.ranges()) if inner else set()
    assert held(keys) == held(squares.ranges()) - gone
    assert keys == sorted(keys)
    assert all(one[1] + 1 < other[0] for one, other in zip(keys, keys[1:], strict=False))  # as few as there can be


@pytest.mark.parametrize("squares", [Squares(5, 3, 2, 0, 4), Squares(5, 0, 4, 9, 8)])
def test_rectangle_that_ends_before_it_begins_holds_nothing(squares):
    assert squares.ranges() == squares.without(None) == []
