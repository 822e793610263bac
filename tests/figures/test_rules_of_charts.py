"""Where the dots and bars of the small charts are, worked out by hand: 480 x 200, 52 free at the left, 36 elsewhere."""

from figures.charts import Dot, Piece, funnel, line, stacked


def test_line_has_its_dots_from_edge_to_edge_with_one_at_the_top_and_nothing_at_the_base():
    """Steps of (480 - 52 - 36) / 3 = 130.67; a hundred percent is 128 above the base at 164."""
    values = [("一", 0.0, "0%"), ("二", None, "—"), ("三", 0.3333, "33.33%"), ("四", 1.0, "100%")]

    assert line(values) == {
        "dots": [Dot(52.0, 164.0, "一", "0%"), Dot(313.3, 121.3, "三", "33.33%"), Dot(444.0, 36.0, "四", "100%")],
        "ticks": [{"x": 444.0, "label": "四"}, {"x": 52.0, "label": "一"}],
        "points": "52.0,164.0 313.3,121.3 444.0,36.0",
        "width": 480,
        "height": 200,
        "base": 164,
        "left": 52,
        "right": 444,
        "top": 36,
    }


def test_line_of_one_value_begins_at_the_left_and_one_of_two_ends_at_the_right():
    assert line([("一", 0.5, "50%")])["dots"] == [Dot(52.0, 100.0, "一", "50%")]
    assert line([("一", 0.5, "50%"), ("二", 0.5, "50%")])["points"] == "52.0,100.0 444.0,100.0"


def test_every_third_tick_from_the_last_is_shown():
    """Of ten, 392 / 9 = 43.56 apart."""
    ticks = line([(str(number), None, "—") for number in range(10)])["ticks"]

    assert [(tick["label"], tick["x"]) for tick in ticks] == [("9", 444.0), ("6", 313.3), ("3", 182.7), ("0", 52.0)]


def test_longest_bar_is_260_long_and_each_34_below_the_one_before():
    assert funnel([("a", "甲", 3), ("b", "乙", 2), ("c", "丙", 0)]) == [
        {"name": "a", "label": "甲", "number": 3, "share": "", "length": 260.0, "y": 8},
        {"name": "b", "label": "乙", "number": 2, "share": "66.67%", "length": 173.3, "y": 42},
        {"name": "c", "label": "丙", "number": 0, "share": "0.00%", "length": 0.0, "y": 76},
    ]


def test_bars_of_nothing_have_no_length():
    assert [bar["length"] for bar in funnel([("a", "甲", 0), ("b", "乙", 0)])] == [0.0, 0.0]
    assert funnel([]) == []


def test_pieces_of_a_bar_follow_one_another_and_those_of_nothing_are_left_out():
    """Of 8: 5 are 62.5 of 100, then nothing, then 3."""
    assert stacked([("done", 5), ("open", 0), ("overdue", 3)]) == [Piece("done", 0, 62.5), Piece("overdue", 62.5, 37.5)]


def test_bar_of_nothing_has_no_pieces():
    assert stacked([("done", 0), ("open", 0)]) == []


def test_bar_is_as_long_as_it_is_asked():
    assert stacked([("a", 1), ("b", 2)], length=30) == [Piece("a", 0, 10), Piece("b", 10, 20)]
