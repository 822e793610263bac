"""What the styles of an .xlsx say of a cell: whether a number is a day, and whether it is struck out."""

from dataclasses import dataclass, field
from typing import IO

from institutions.imports.reading import formats
from institutions.imports.reading.tags import Attributes, parse, yes


@dataclass
class Styles:
    """By the number of the style, as cells name it."""

    meanings: dict[str, str] = field(default_factory=dict)  # only of styles that make a number something else
    padded: dict[str, str] = field(default_factory=dict)  # the codes of styles that put noughts in front
    struck: set[str] = field(default_factory=set)


def read_styles(part: IO[bytes]) -> Styles:
    codes: dict[str, str] = {}
    fonts: list[bool] = []
    of_cells: list[tuple[str, str]] = []
    within = ""

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal within
        if tag in ("numFmts", "fonts", "cellXfs", "fills", "borders", "cellStyleXfs", "cellStyles", "dxfs"):
            within = tag
        elif tag == "numFmt" and within == "numFmts":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "font" and within == "fonts":
            fonts.append(False)
        elif tag == "strike" and within == "fonts" and fonts:
            fonts[-1] = yes(attributes.get("val", "1"))
        elif tag == "xf" and within == "cellXfs":
            of_cells.append((attributes.get("numFmtId", "0"), attributes.get("fontId", "0")))

    parse(part, start)
    styles = Styles()
    for number, (code, font) in enumerate(of_cells):
        if meant := formats.meaning(codes[code]) if code in codes else formats.BUILTIN.get(int(code), ""):
            styles.meanings[str(number)] = meant
        elif code in codes and formats.is_padded(codes[code]):
            styles.padded[str(number)] = codes[code]
        if int(font) < len(fonts) and fonts[int(font)]:
            styles.struck.add(str(number))
    return styles
