"""Excel's .xlsx, part by part, without building a tree. package.py has bounded the parts and their XML before.

Read here and not by a library: none tells an error or a formula without a value from an empty cell, the digits of a
number as stored, what is struck out or hidden, and the Chinese builtin formats of days, all together.
"""

import posixpath
import zipfile
from datetime import date, datetime, time
from typing import IO
from urllib.parse import unquote

from institutions.imports.reading import formats
from institutions.imports.reading.frames import Limits, Refused, Send, SheetFrames
from institutions.imports.reading.tags import Attributes, by_local_name, parse, yes
from institutions.imports.reading.xlsx_sheet import read_sheet
from institutions.imports.reading.xlsx_strings import Strings, read_strings
from institutions.imports.reading.xlsx_styles import Styles, read_styles


def read(file: IO[bytes], limits: Limits, send: Send) -> None:
    package = Package(file)
    book = Book(package)
    send("book", {"epoch_1904": book.epoch_1904})
    for name, state, part in book.sheets:
        frames = SheetFrames(send, limits, name, state)
        if state != "chart" and package.has(part):
            read_sheet(package.open(part), frames, book)
            frames.filtered = frames.filtered or any(map(book.filters, package.related(part, "table")))
        frames.close()
    for key, count in _beside(package).items():
        if count:
            send("remark", key, {"count": count})


class Package:
    """The parts of the zip, by names that are the same however the writer wrote them."""

    def __init__(self, file: IO[bytes]):
        self.zip = zipfile.ZipFile(file)
        self.names = {self._key(name): name for name in self.zip.namelist()}

    def has(self, part: str) -> bool:
        return self._key(part) in self.names

    def open(self, part: str) -> IO[bytes]:
        return self.zip.open(self.names[self._key(part)])

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The kind and the part behind each id that `part` refers to."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", name + ".rels")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: Attributes) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = unquote(attributes.get("Target", "")).replace("\\", "/")
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = kind, posixpath.normpath(posixpath.join("/", folder, target))

        if self.has(place):
            parse(self.open(place), start)
        return found

    def related(self, part: str, kind: str) -> list[str]:
        return [place for found, place in self.relations(part).values() if found == kind and self.has(place)]

    @staticmethod
    def _key(name: str) -> str:
        return name.replace("\\", "/").lstrip("/").lower()


class Book:
    """What holds for all sheets."""

    def __init__(self, package: Package):
        self.package = package
        self.epoch_1904 = self.uncalculated = False
        self.moments: dict[tuple[float, str], str | date | datetime | time | None] = {}
        self.sheets: list[tuple[str, str, str]] = []  # name, state, part
        place = next(iter(package.related("", "officeDocument")), "xl/workbook.xml")
        if place.lower().endswith(".bin"):
            raise Refused("IS_XLSB")
        if not package.has(place) or "/word/" in place or "/ppt/" in place:
            raise Refused("NOT_A_WORKBOOK")
        self.has_pictures_in_cells = package.has("xl/richData/richValueRel.xml")
        self.parts = package.relations(place)
        parse(package.open(place), self._start)
        self.styles = next((read_styles(package.open(part)) for part in package.related(place, "styles")), Styles())
        self.strings = next(
            (read_strings(package.open(part)) for part in package.related(place, "sharedStrings")), Strings()
        )

    def _start(self, tag: str, attributes: Attributes) -> None:
        if tag == "workbookPr":
            self.epoch_1904 = yes(attributes.get("date1904"))
        elif tag == "calcPr":
            self.uncalculated = yes(attributes.get("fullCalcOnLoad"))
        elif tag == "sheet":
            local = by_local_name(attributes)
            kind, part = self.parts.get(local.get("id", ""), ("", ""))
            state = "visible" if local.get("state", "visible") == "visible" else "hidden"
            self.sheets.append((local.get("name", ""), state if kind == "worksheet" else "chart", part))

    def moment(self, value: float, meant: str) -> str | date | datetime | time | None:
        """Days are few, and stand in many cells."""
        key = (value, meant)
        if key not in self.moments:
            self.moments[key] = formats.moment(value, meant, self.epoch_1904)
        return self.moments[key]

    def filters(self, table: str) -> bool:
        """Whether a table of a sheet hides rows by its own filter."""
        found: list[str] = []
        parse(self.package.open(table), lambda tag, _: found.append(tag))
        return "filterColumn" in found


def _beside(package: Package) -> dict[str, int]:
    """What stands on the sheets and is not in their cells: how many pictures, comments and boxes with text."""
    found = {"PICTURES_NOT_READ": 0, "COMMENTS_NOT_READ": 0, "BOXES_NOT_READ": 0}

    def start(tag: str, _: Attributes) -> None:
        found["COMMENTS_NOT_READ"] += tag == "comment"
        found["BOXES_NOT_READ"] += tag == "txBody"

    for key in package.names:
        folder, name = posixpath.split(key)
        if folder.endswith("media"):
            found["PICTURES_NOT_READ"] += 1
        elif name.endswith(".xml") and (name.startswith("comments") or folder.endswith(("comments", "drawings"))):
            parse(package.open(key), start)
    return found
