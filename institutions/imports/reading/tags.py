"""XML as events, by local names: writers put prefixes where they like."""

from collections.abc import Callable
from typing import IO, Any
from xml.parsers import expat

from institutions.imports.reading.frames import Refused

BLOCK = 1 << 20
Attributes = dict[str, str]


class _LocalNames(dict[str, str]):
    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(":")[2]
        return self[name]


def parse(
    part: IO[bytes],
    start: Callable[[str, Attributes], Any],
    end: Callable[[str], Any] | None = None,
    text: Callable[[str], Any] | None = None,
) -> None:
    """Go through a part. Raises Refused where it is no XML, or brings a document type of its own."""
    local = _LocalNames()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = lambda name, attributes: start(local[name], attributes)
    if end:
        parser.EndElementHandler = lambda name: end(local[name])
    if text:
        parser.CharacterDataHandler = text
    run(parser, part)


def run(parser: expat.XMLParserType, part: IO[bytes]) -> None:
    """In large blocks: a tag that never ends is looked at again with each."""
    try:
        while block := part.read(BLOCK):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as problem:
        raise Refused("READ_FAILED") from problem


def no_doctype(*_: Any) -> None:
    raise Refused("HAS_DOCTYPE")


def by_local_name(attributes: Attributes) -> Attributes:
    return {name.rpartition(":")[2]: value for name, value in attributes.items()}


def yes(value: str | None) -> bool:
    return value in ("1", "true", "on")
