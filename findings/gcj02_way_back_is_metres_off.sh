#!/usr/bin/env bash
# coordTransform (PyPI, kept: 2026-03) and most copies of its formula: GCJ-02 back to WGS-84 is metres off, with no word.
#
# Guess: wgs84_to_gcj02(gcj02_to_wgs84(place)) is the place again, as both functions are of one package.
# Seen: up to 4 to 5 m off within China. The way back takes the offset at the shifted place for that at the place itself;
# it is the first step of an iteration that stops there. The way forth is exact. prcoords goes on (`…_bored`): 5 mm.
# Besides, the two do not agree what China is: coordTransform shifts from 3.86° N on, prcoords from 0.83° N.
# What to do: go back by the error until it is gone, and test both ways against a package that does so.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'coordTransform==0.2.1' 'prcoords==1.0.2'
venv/bin/python - <<'PY'
import random
from math import cos, hypot, radians

import coordTransform
import prcoords


def metres(here, there):
    return hypot((here[0] - there[0]) * 111320 * cos(radians(here[1])), (here[1] - there[1]) * 110574)


def by_coordtransform(place):
    return coordTransform.wgs84_to_gcj02(*coordTransform.gcj02_to_wgs84(*place))


def by_prcoords(place):
    latitude, longitude = prcoords.wgs_gcj(prcoords.gcj_wgs_bored((place[1], place[0])))
    return longitude, latitude


draw = random.Random(1)
places = [(draw.uniform(73.7, 134.7), draw.uniform(18.2, 53.5)) for _ in range(5000)]
off = max(metres(place, by_coordtransform(place)) for place in places)
exact = max(metres(place, by_prcoords(place)) for place in places)
print(f"there and back, at most: coordTransform {off:.2f} m, prcoords {exact:.4f} m")
assert 4 < off < 6, off
assert exact < 0.01, exact
south = (103.0, 2.0)
assert tuple(coordTransform.wgs84_to_gcj02(*south)) == south
assert prcoords.wgs_gcj((south[1], south[0])) != (south[1], south[0])
PY
