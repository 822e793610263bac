"""What the styles of an .ods say: struck out, a sheet hidden, a day of which the sheet shows a part."""

from institutions.imports.reading.tags import Attributes


class OdsStyles:
    def __init__(self) -> None:
        self.hidden_tables: set[str] = set()
        self.struck: dict[str, bool] = {}  # by style, where it says so
        self.parents: dict[str, str] = {}
        self.day_styles: dict[str, str] = {}  # the style of days that a style of cells uses
        self.shown: dict[str, set[str]] = {}  # the parts of a day that a style of days shows
        self.style = self.day_style = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "style:style":
            self.style = attributes.get("style:name", "")
            self.parents[self.style] = attributes.get("style:parent-style-name", "")
            if day_style := attributes.get("style:data-style-name"):
                self.day_styles[self.style] = day_style
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self.hidden_tables.add(self.style)
        elif tag == "style:text-properties":
            self._text_properties(attributes)
        elif tag == "datastyle:date-style":
            self.day_style = attributes.get("style:name", "")
            self.shown[self.day_style] = set()
        elif tag in ("datastyle:year", "datastyle:month", "datastyle:day", "datastyle:hours") and self.day_style:
            self.shown[self.day_style].add(tag.removeprefix("datastyle:"))

    def _text_properties(self, attributes: Attributes) -> None:
        for name in ("style:text-line-through-style", "style:text-line-through-type"):
            if name in attributes:
                self.struck[self.style] = attributes[name] != "none"
                return

    def is_struck(self, style: str) -> bool | None:
        """None where the style leaves it to what it stands in."""
        for _ in range(20):  # parents of parents
            if style in self.struck:
                return self.struck[style]
            style = self.parents.get(style, "")
        return None

    def partial_day(self, style: str) -> str:
        """ "month", "day without year", or "" where the whole day is shown."""
        for _ in range(20):
            if style in self.day_styles:
                shown = self.shown.get(self.day_styles[style], set())
                if {"month", "day"} <= shown and "year" not in shown:
                    return "day without year"
                return "month" if "year" in shown and "day" not in shown else ""
            style = self.parents.get(style, "")
        return ""
