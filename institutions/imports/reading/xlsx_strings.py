"""The texts of an .xlsx: shared by its cells, or inside one; in runs of which some may be struck out."""

import re
from dataclasses import dataclass, field
from typing import IO

from institutions.imports.reading.frames import clean, error_in
from institutions.imports.reading.tags import Attributes, parse, yes

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
Runs = list[tuple[str, bool | None]]  # text, struck out or not; None: as the cell is


@dataclass
class Strings:
    texts: list[str] = field(default_factory=list)  # "" where there is none but white space
    errors: dict[int, str] = field(default_factory=dict)  # texts that are errors, "" among the texts
    runs: dict[int, Runs] = field(default_factory=dict)  # of the texts in which some run has a look of its own


class RichText:
    """Takes the elements inside <si> or <is> one by one."""

    def __init__(self) -> None:
        self.runs: Runs = []
        self.struck: bool | None = None
        self.collecting = self.phonetic = False
        self.text: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "t":
            self.collecting = not self.phonetic
        elif tag == "r":
            self.struck = None
        elif tag == "rPr":
            self.struck = False
        elif tag == "strike":
            self.struck = yes(attributes.get("val", "1"))
        elif tag == "rPh":
            self.phonetic = True

    def data(self, text: str) -> None:
        if self.collecting:
            self.text.append(text)

    def end(self, tag: str) -> None:
        if tag == "t" and self.collecting:
            self.runs.append((unescaped("".join(self.text)), self.struck))
            self.text.clear()
            self.collecting = False
        elif tag == "rPh":
            self.phonetic = False

    def take(self) -> tuple[str, Runs | None]:
        """The whole text, and its runs where some have a look of their own; begins anew."""
        runs, self.runs, self.struck = self.runs, [], None
        if len(runs) == 1 and runs[0][1] is None:
            return runs[0][0], None
        text = "".join(part for part, _ in runs)
        return text, runs if any(struck is not None for _, struck in runs) else None


def read_strings(part: IO[bytes]) -> Strings:
    strings, rich = Strings(), RichText()

    def end(tag: str) -> None:
        if tag == "si":
            text, runs = rich.take()
            if runs:
                strings.runs[len(strings.texts)] = runs
            if error := error_in(text):
                strings.errors[len(strings.texts)] = error
            strings.texts.append("" if error or text.isspace() else text)
        else:
            rich.end(tag)

    parse(part, rich.start, end, rich.data)
    return strings


def left_unstruck(runs: Runs, cell_is_struck: bool) -> str | None:
    """What is left of a text when its struck parts are taken away; None where nothing is struck."""
    struck = [cell_is_struck if own is None else own for _, own in runs]
    if not any(struck):
        return None
    return "".join(text for (text, _), out in zip(runs, struck, strict=True) if not out).strip()


def unescaped(text: str) -> str:
    """_x000D_ is how Excel stores a character that XML has no place for."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return clean(text)
