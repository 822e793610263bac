"""What a picture looks like, in 64 bits: a perceptual hash that a copy saved again, made smaller or a little brighter
shares. After Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions (2010), section 3.2.1.

The picture is made grey and 32 pixels square; of its cosine waves the 8 by 8 coarsest (without those that are only
light falling off to one side) each give a bit: stronger than the median of them, or not.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from math import cos, pi
from operator import mul

from inspections.photos import display_file

EDGE, COARSE = 32, 8  # pixels of the small picture, waves across it that are looked at
STRONG = 24.0  # of a wave: about one and a half of 255 grey levels across the small picture
MOST_STRONG_OF_A_FLAT = 10  # of 64 waves: a wall, a sky, a finger before the lens have fewer


@lru_cache(maxsize=128)
def bands_of(sha256: str) -> tuple[int, int, int, int] | None:
    """Four bands of 16 bits of a stored photo; None of a flat one. Raises FileNotFoundError for one that is not here.

    Made from the copy that people see (upright, at most 1600 pixels): whatever the original is, no more is decoded.
    """
    from PIL import Image

    with Image.open(display_file(sha256)) as picture:
        picture.draft("L", (EDGE * 4, EDGE * 4))
        small = picture.convert("L").resize((EDGE, EDGE), Image.Resampling.BOX)
    return bands_of_grey(small.tobytes())


def prepare(named: Iterable[str]) -> None:
    """What these stored photos look like is worked out now, before it is one's turn to write."""
    for sha256 in named:
        with suppress(OSError):  # verify_photos says which copy is not here
            bands_of(sha256)


def bands_of_grey(grey: bytes) -> tuple[int, int, int, int] | None:
    """The same of EDGE × EDGE grey values, row by row."""
    waves = _waves()
    rows = [[sum(map(mul, wave, grey[at : at + EDGE])) for wave in waves] for at in range(0, EDGE * EDGE, EDGE)]
    columns = list(zip(*rows, strict=True))
    strengths = [sum(map(mul, wave, column)) for wave in waves for column in columns]
    if sum(abs(each) > STRONG for each in strengths) < MOST_STRONG_OF_A_FLAT:
        return None
    middle = sum(sorted(strengths)[31:33]) / 2
    bits = 0
    for each in strengths:
        bits = bits << 1 | (each > middle)
    return bits >> 48, bits >> 32 & 0xFFFF, bits >> 16 & 0xFFFF, bits & 0xFFFF


@cache
def _waves() -> list[list[float]]:
    """The orthonormal cosine waves 1 to COARSE over EDGE pixels."""
    scale = (2 / EDGE) ** 0.5
    return [[scale * cos((2 * x + 1) * n * pi / (2 * EDGE)) for x in range(EDGE)] for n in range(1, COARSE + 1)]
