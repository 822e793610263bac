"""Boxes, zooms and questions of which the map is asked in tests."""

from mapping.layers import Box

# Everywhere, the world, one whose edges go through places, small ones, one that holds nothing.
BOXES = [
    None,
    Box(-180, -90, 180, 90),
    Box(120.0, 27.0, 120.95, 28.05),
    Box(120.8999, 28.0299, 120.9001, 28.0301),
    Box(87.0, 28.04, 121.3, 43.9),
    Box(0.0, 0.0, 1.0, 1.0),
]
ZOOMS = [0, 5, 11, 12, 15, 20]
QUESTIONS: list[dict[str, str]] = [
    {"standing": "overdue,open"},
    {"standing": "without_problems"},
    {"licence_status": "not_full"},
    {"figure": "surveyed", "licence_status": "none"},
    {"figure": "outstanding", "standing": "unseen"},
]
