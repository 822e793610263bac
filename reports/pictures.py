"""The pictures of a report as SVG: the trend over month ends, and the divisions below at their centres. No map tiles:
there are no boundaries that may be shipped. Names are text in them and cannot be markup.
"""

import math
from collections.abc import Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 480, 230
LEFT, RIGHT, TOP, BOTTOM = 44, 20, 22, 30
INK, SOFT, LINE = "#222222", "#666666", "#cccccc"
DONE, MOST, SOME, FEW, NONE = "#0072B2", "#56B4E9", "#E69F00", "#D55E00", "#999999"  # Okabe and Ito's colours
BANDS = [(1.0, DONE, "100%"), (0.9, MOST, "90%—100%"), (0.8, SOME, "80%—90%"), (0.0, FEW, "80%以下")]
LARGEST = 18  # radius of the division with most institutions
LABELLED = 40  # divisions that are named in the picture: of more the names would lie on one another
MAP_WIDTH, MAP_HEIGHT, LEGEND = 480, 350, 34
BESIDE, APART = 150, 15  # room for a column of names, and from one to the next
Spot = tuple[float, float, float, dict[str, Any]]  # x, y, radius, and the row


def trend_svg(trend: Sequence[dict[str, Any]], font: str) -> str:
    """The completion rate at month ends as a line from 0% to 100%; nothing where fewer than two months have one."""
    rated = [(row["on"], float(row["completion_percent"][:-1])) for row in trend if row["completion_percent"] != "—"]
    if len(rated) < 2:
        return ""
    step = (WIDTH - LEFT - RIGHT) / (len(rated) - 1)
    tall = HEIGHT - TOP - BOTTOM
    dots = [(LEFT + number * step, TOP + tall * (1 - percent / 100)) for number, (_on, percent) in enumerate(rated)]
    parts = []
    for percent in (0, 25, 50, 75, 100):
        y = TOP + tall * (1 - percent / 100)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{LINE}"/>')
        parts.append(_text(LEFT - 6, y + 4, f"{percent}%", "end", SOFT))
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
    parts.append(f'<polyline points="{points}" fill="none" stroke="{DONE}" stroke-width="2"/>')
    for number, ((on, _percent), (x, y)) in enumerate(zip(rated, dots, strict=True)):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{DONE}"/>')
        if (len(rated) - 1 - number) % 2 == 0:
            parts.append(_text(x, HEIGHT - 10, on[:7], "middle", SOFT))
    first, last = rated[0][1], rated[-1][1]
    parts.append(_text(dots[0][0] - 2, dots[0][1] - 22, f"{first:.2f}%", "start", INK))
    parts.append(_text(dots[-1][0], dots[-1][1] - 8, f"{last:.2f}%", "end", INK))
    return _svg(WIDTH, HEIGHT, font, parts)


def divisions_svg(townships: Sequence[dict[str, Any]], font: str) -> str:
    """A symbol at the centre of each division below, its area by its institutions and its colour by its rate, its name
    and rate in a column beside them; nothing where no centre is on file."""
    placed = [row for row in townships if row.get("centre") and row["surveyed"]]
    if not placed:
        return ""
    spots = _spots(placed)
    parts = []
    for label_x, anchor, end_x, near in _columns(spots) if len(spots) <= LABELLED else []:
        for y, (spot_x, spot_y, _radius, row) in zip(_apart([spot[1] for spot in near]), near, strict=True):
            parts.append(_line(end_x, y - 3, spot_x, spot_y))
            parts.append(_text(label_x, y, f"{row['name']} {row['completion_percent']}", anchor, INK))
    parts += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_colour(row)}" fill-opacity="0.85" stroke="#fff"/>'
        for x, y, radius, row in spots
    ]
    for number, (_least, colour, says) in enumerate([*BANDS, (0, NONE, "无问题机构")]):
        x = 14 + number * 92
        parts.append(f'<rect x="{x}" y="{MAP_HEIGHT - 22}" width="11" height="11" fill="{colour}"/>')
        parts.append(_text(x + 16, MAP_HEIGHT - 12, says, "start", INK))
    return _svg(MAP_WIDTH, MAP_HEIGHT, font, parts)


def _spots(placed: Sequence[dict[str, Any]]) -> list[Spot]:
    """Where each lies in the picture and how large it is, the large ones first: the small ones lie on them."""
    middle = sum(row["centre"][1] for row in placed) / len(placed)
    across = math.cos(math.radians(middle))  # a degree of longitude beside one of latitude
    xs, ys = [row["centre"][0] * across for row in placed], [row["centre"][1] for row in placed]
    wide, tall = max(xs) - min(xs), max(ys) - min(ys)
    room = MAP_HEIGHT - LEGEND - 2 * LARGEST
    scale = min((MAP_WIDTH - 2 * BESIDE) / wide if wide else math.inf, room / tall if tall else math.inf)
    scale = scale if math.isfinite(scale) else 1.0
    mid_x, mid_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    most = max(row["surveyed"] for row in placed)
    spots = [
        (
            MAP_WIDTH / 2 + (x - mid_x) * scale,
            (MAP_HEIGHT - LEGEND) / 2 - (y - mid_y) * scale,
            max(3.0, LARGEST * math.sqrt(row["surveyed"] / most)),
            row,
        )
        for x, y, row in zip(xs, ys, placed, strict=True)
    ]
    return sorted(spots, key=lambda spot: -spot[2])


def _columns(spots: Sequence[Spot]) -> list[tuple[float, str, float, list[Spot]]]:
    """The names of the western half stand to the left, of the eastern to the right, from north to south."""
    by_x = sorted(spots, key=lambda spot: spot[0])
    half = len(by_x) // 2
    west, east = (sorted(side, key=lambda spot: spot[1]) for side in (by_x[:half], by_x[half:]))
    at = BESIDE - LARGEST - 8
    return [(at, "end", at + 3, west), (MAP_WIDTH - at, "start", MAP_WIDTH - at - 3, east)]


def _apart(wanted: Sequence[float]) -> list[float]:
    """Heights of names in a column: each as near to where it is wanted as those before it leave room."""
    most = MAP_HEIGHT - LEGEND - 4.0
    gap = min(APART, (most - 12) / max(1, len(wanted) - 1))
    found: list[float] = []
    for number, y in enumerate(wanted):
        least = found[-1] + gap if found else 12.0
        found.append(max(least, min(y + 3, most - gap * (len(wanted) - 1 - number))))
    return found


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{LINE}" stroke-width="0.7"/>'


def _colour(row: dict[str, Any]) -> str:
    if not row["with_problems"]:
        return NONE
    done = row["rectified"] / row["with_problems"]
    return next(colour for least, colour, _says in BANDS if done >= least)


def _text(x: float, y: float, words: str, anchor: str, colour: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def _svg(width: int, height: int, font: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{escape(font)}" font-size="10">{"".join(parts)}</svg>'
    )
