"""Small charts as SVG geometry, drawn by templates with presentation attributes only."""

from collections.abc import Sequence
from dataclasses import dataclass

from figures.statistics import percent

WIDTH, HEIGHT, PAD, LEFT = 480, 200, 36, 52  # LEFT leaves room for "100%"
FUNNEL = 260


@dataclass(frozen=True)
class Dot:
    """One value of a line, in SVG units, with what it says."""

    x: float
    y: float
    label: str
    value: str


@dataclass(frozen=True)
class Piece:
    """One part of a bar, in SVG units; `name` is its class in the stylesheet."""

    name: str
    x: float
    width: float


def stacked(parts: Sequence[tuple[str, int]], length: float = 100) -> list[Piece]:
    """The parts of a whole one after another along a bar; those of nothing are left out."""
    whole = sum(number for _name, number in parts)
    pieces, before = [], 0
    for name, number in parts:
        if number:
            pieces.append(Piece(name, round(length * before / whole, 2), round(length * number / whole, 2)))
        before += number
    return pieces


def line(values: Sequence[tuple[str, float | None, str]]) -> dict[str, object]:
    """A line of (label, fraction 0–1 or None, printed value): its dots and the path through them."""
    step = (WIDTH - LEFT - PAD) / max(1, len(values) - 1)
    dots = [
        Dot(round(LEFT + index * step, 1), round(HEIGHT - PAD - fraction * (HEIGHT - 2 * PAD), 1), label, printed)
        for index, (label, fraction, printed) in enumerate(values)
        if fraction is not None
    ]
    points = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    ticks = [{"x": round(LEFT + index * step, 1), "label": label} for index, (label, *_rest) in enumerate(values)]
    return {
        "dots": dots,
        "ticks": ticks[::-3],  # every third from the last: all of them would touch
        "points": points,
        "width": WIDTH,
        "height": HEIGHT,
        "base": HEIGHT - PAD,
        "left": LEFT,
        "right": WIDTH - PAD,
        "top": PAD,
    }


def funnel(values: Sequence[tuple[str, str, int]]) -> list[dict[str, object]]:
    """Bars of falling width from (name, label, number): each with its length in SVG units, 0–260, and from the second
    on its share of the one before, as printed."""
    most = max((number for _name, _label, number in values), default=0) or 1
    return [
        {
            "name": name,
            "label": label,
            "number": number,
            "share": percent(number, values[index - 1][2]) if index else "",
            "length": round(FUNNEL * number / most, 1),
            "y": 8 + index * 34,
        }
        for index, (name, label, number) in enumerate(values)
    ]
