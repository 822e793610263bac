"""What leaves as a table: text stays text in every spreadsheet."""

import csv
from collections.abc import Iterable, Iterator


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_lines(head: list[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Lines of a CSV that Excel opens as UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        yield writer.writerow([unformula(str(cell)) for cell in row])


def unformula(text: str) -> str:
    """Text as text: a leading sign that would begin a formula gets an apostrophe before it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠") else text
