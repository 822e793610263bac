"""A draft: what a clerk made of the generated text. It keeps what was changed alone, so that the rest follows the
figures until the report is submitted.

    {"heading": {…}, "paragraphs": [{"id", "key", "dropped", "parts"?, "of"?}]}

The ids of generated paragraphs are their keys, numbered where there are several ("by_township.2"); those of one's own
sentences begin with "own.". A paragraph without `parts` says what is generated; `of` is the wording over which one
with `parts` was written, by digest: the numbers in it follow, its names and ranks do not. A part is text, or a number
{"figure", "typed", "why"}: bound to a figure, or typed (over it, or with `figure` "" as it stands) and explained.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.canonical import canonical, digest_of
from accounts.errors import Invalid
from reports.figure_keys import anchor_of, parts_of, query_of
from reports.monthly import difference_query
from reports.printed import NO_HEADING, Paragraph, Part, Printed, joined, text_of

OWN = "own"
MOST_PARAGRAPHS, MOST_PARTS, MOST_TEXT, MOST_KEY, MOST_TYPED, MOST_WHY, MOST_OF = 60, 400, 3_000, 60, 40, 200, 64
MOST_SHOWN = 30  # characters of a paragraph that is only named
MOST_HEADING = {"red_head": 60, "number": 60, "addressees": 300, "signed": 120, "dated_on": 10}
_CHINESE = "〇零一二两三四五六七八九十百千万"
NUMERAL = re.compile(
    r"\d+(?:[,，]\d{3})*(?:[.．]\d+)?[%％]?"
    rf"|百分之[{_CHINESE}点]+|[{_CHINESE}]{{2,}}(?=\s*[多余来几]?[所家起人名个])"
    r"|(?<!第)[二两三四五六七八九十](?=\s*[多余来几]?[所家起人名])"  # 一所 is said of any
)
# Numerals that count nothing, by the whole of what they stand in: days and spans of them, numbers of documents and of
# telephones, places in an order.
_TO = "[-—–~～至]"
_OF_A_DAY = (
    r"\d{4}-\d{1,2}-\d{1,2}(?!\d)"
    rf"|\d{{1,4}}(?:{_TO}\d{{1,4}})?\s*学?年|\d{{1,2}}(?:{_TO}\d{{1,2}})?\s*[月日时]"
)
_COUNTS_NOTHING = re.compile(
    rf"(?<!\d)(?:{_OF_A_DAY}|0\d{{2,3}}-\d{{7,8}}(?!\d))"
    r"|[〔［\[（(]\d{4}[〕］\]）)]第?\d+号|月\d{1,2}号|第\d+[期版号届季批次条]"
)
_RANK = re.compile(r"第\d+[位名]")
_ID = re.compile(r"[a-z_]+(?:\.[0-9a-z]{1,12})?")


@dataclass(frozen=True)
class Draft:
    heading: dict[str, str]
    paragraphs: list[dict[str, Any]]

    @classmethod
    def read(cls, text: str) -> "Draft":
        kept = json.loads(text)
        return cls(NO_HEADING | kept["heading"], kept["paragraphs"])

    def as_json(self) -> str:
        return canonical({"heading": self.heading, "paragraphs": self.paragraphs})


@dataclass(frozen=True)
class Edited:
    """A paragraph of the draft as it stands: `parts` as printed; `generated` what would stand there by itself; `of` the
    wording over which it was written."""

    id: str
    key: str
    dropped: bool
    changed: bool
    parts: list[Part]
    generated: list[Part]
    of: str

    @property
    def is_outdated(self) -> bool:
        """Whether the generated sentence has other words since somebody wrote over it."""
        return self.changed and not self.dropped and self.of != wording_of(self.generated)

    @property
    def is_own(self) -> bool:
        return self.key == OWN

    @property
    def text(self) -> str:
        return text_of({"parts": self.parts})

    @property
    def typed(self) -> list[dict[str, Any]]:
        """Numbers that do not stand as their figure says, or follow none."""
        return [part for part in self.parts if isinstance(part, dict) and part["typed"] is not None]

    @property
    def generated_text(self) -> str:
        return text_of({"parts": self.generated})


def numbered(paragraphs: list[Paragraph]) -> dict[str, Paragraph]:
    """Generated paragraphs by their ids, in order."""
    seen: Counter[str] = Counter()
    ids = {}
    for each in paragraphs:
        seen[each["key"]] += 1
        count = seen[each["key"]]
        ids[each["key"] if count == 1 else f"{each['key']}.{count}"] = each
    return ids


def edited(draft: Draft, live: Printed) -> list[Edited]:
    """The paragraphs of a draft over the figures of now, in its order; what is generated anew comes behind the one
    before it."""
    generated = numbered(live["paragraphs"])
    kept = [each for each in draft.paragraphs if each["id"] in generated or each.get("parts")]
    order = [each["id"] for each in kept]
    last = -1
    for name in generated:
        if name in order:
            last = order.index(name)
        else:
            last += 1
            order.insert(last, name)
    stored = {each["id"]: each for each in kept}
    return [_edited(name, stored.get(name), generated.get(name), live) for name in order]


def _edited(name: str, stored: dict[str, Any] | None, made: Paragraph | None, live: Printed) -> Edited:
    generated: list[Part] = made["parts"] if made else []
    stored = stored or {}
    parts = [_printed(part, live) for part in stored["parts"]] if stored.get("parts") else generated
    key = stored.get("key") or (made["key"] if made else OWN)
    of = stored.get("of") or wording_of(generated)
    return Edited(name, key, bool(stored.get("dropped")), parts != generated and key != OWN, parts, generated, of)


def wording_of(parts: list[Part]) -> str:
    """The digest of the words of a sentence, without its numbers."""
    return digest_of(canonical([part for part in parts if isinstance(part, str)]))


def _printed(part: Part, live: Printed) -> Part:
    """A kept part as it is printed: the value of its figure is that of now."""
    if isinstance(part, str):
        return part
    key = part["figure"]
    value = live.figures.get(key) if key else None
    typed = part["typed"]
    if value is None and typed is None:
        typed = "—"  # the figure is no more: a township that is not counted any longer, say
    return {
        "figure": key,
        "value": value,
        **_opens(key, live),
        "typed": None if typed == str(value) else typed,
        "why": part["why"] if typed != str(value) else "",
    }


def _opens(key: str, live: Printed) -> dict[str, str]:
    """What a number opens: as where it was generated, else the institutions behind its figure."""
    for paragraph in live["paragraphs"]:
        for part in paragraph["parts"]:
            if isinstance(part, dict) and part["figure"] == key:
                return {name: part[name] for name in ("query", "anchor", "path") if name in part}
    part, figure = parts_of(key)
    if part == "change":
        days = live["as_of"], live["before"]
        query = difference_query(live["division"], *days, live["asked_known_at"], figure)
        return {"query": query, "anchor": "", "path": reverse("difference")}
    return {"query": query_of(live.content, key) if key else "", "anchor": anchor_of(key)}


def printed_of(draft: Draft, live: Printed) -> Printed:
    """What would be handed in: the draft's paragraphs but those that were dropped, under its heading."""
    paragraphs = [{"key": each.key, "parts": each.parts} for each in edited(draft, live) if not each.dropped]
    return live.but(heading=draft.heading, paragraphs=paragraphs)


def unexplained_numbers(paragraphs: list[Edited]) -> list[str]:
    """Numbers that somebody typed and did not explain, in paragraphs that are not dropped."""
    return [part["typed"] for each in paragraphs if not each.dropped for part in each.typed if not part["why"]]


def outdated(paragraphs: list[Edited]) -> list[str]:
    """The first words of each that is outdated."""
    return [each.text[:MOST_SHOWN] + "……" for each in paragraphs if each.is_outdated]


# --- Reading what a page sends


def read_sent(content: Any, live: Printed) -> Draft:
    """A draft as a page sends it. Numerals that were typed into the text become numbers that follow no figure.

    Raises Invalid (422) for what is no draft, for too much text and a figure that is none.
    """
    try:
        heading = {name: str(content["heading"].get(name, "")).strip() for name in NO_HEADING}
        sent = [
            (str(each["id"]), str(each["key"]), bool(each["dropped"]), list(each["parts"]), str(each.get("of") or ""))
            for each in content["paragraphs"]
        ]
    except (KeyError, TypeError, AttributeError) as problem:
        raise Invalid({"draft": [_("发来的草稿不完整，没有保存。")]}) from problem
    for name, text in heading.items():
        if len(text) > MOST_HEADING[name]:
            raise Invalid({name: [_("最多 %(most)s 个字。") % {"most": MOST_HEADING[name]}]})
    heading["dated_on"] = _day(heading["dated_on"])
    if len(sent) > MOST_PARAGRAPHS or len({name for name, *_rest in sent}) != len(sent):
        raise Invalid({"draft": [_("最多 %(most)s 段，每段只能有一次。") % {"most": MOST_PARAGRAPHS}]})
    generated = numbered(live["paragraphs"])
    return Draft(heading, [_read_paragraph(*each, generated, live) for each in sent])


def _day(text: str) -> str:
    """The date under the text, YYYY-MM-DD, or none. Raises Invalid for what no document can print as a day."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as problem:
        raise Invalid({"dated_on": [_("成文日期“%(given)s”不是日期，例：2019-01-03。") % {"given": text}]}) from problem


def _read_paragraph(
    name: str, key: str, dropped: bool, sent: list[Any], of: str, generated: dict[str, Paragraph], live: Printed
) -> dict[str, Any]:
    if not _ID.fullmatch(name) or len(sent) > MOST_PARTS or key != name.partition(".")[0]:
        raise Invalid({"draft": [_("发来的草稿不完整，没有保存。")]})
    made = generated.get(name)
    own: list[Part] = made["parts"] if made else []
    plain = "\n".join(part for part in own if isinstance(part, str))
    ranks = Counter(_RANK.findall(plain))
    parts = joined([found for part in sent for found in _read_part(part, plain, ranks, live)])
    if sum(len(part) for part in parts if isinstance(part, str)) > MOST_TEXT:
        raise Invalid({"draft": [_("一段最多 %(most)s 个字。") % {"most": MOST_TEXT}]})
    kept = {"id": name, "key": key, "dropped": dropped}
    if parts == [_as_kept(part) for part in own]:
        return kept
    return kept | {"parts": parts} | ({} if key == OWN else {"of": of[:MOST_OF] or wording_of(own)})


def _as_kept(part: Part) -> Part:
    return part if isinstance(part, str) else {name: part[name] for name in ("figure", "typed", "why")}


def _read_part(part: Any, generated: str, ranks: Counter[str], live: Printed) -> list[Part]:
    if isinstance(part, str):
        return _numerals(part.replace("\n", " "), generated, ranks)
    if not isinstance(part, dict):
        raise Invalid({"draft": [_("发来的草稿不完整，没有保存。")]})
    key, why = str(part.get("figure") or "")[:MOST_KEY], str(part.get("why") or "").strip()[:MOST_WHY]
    given = part.get("typed")
    typed = None if given is None else str(given).strip()[:MOST_TYPED]
    if key and key not in live.figures and typed is None:
        raise Invalid({"draft": [_("没有“%(figure)s”这个指标。") % {"figure": key}]})
    if typed == "" or not key and typed is None:
        return []
    return [{"figure": key, "typed": typed, "why": why}]


def _numerals(text: str, generated: str, ranks: Counter[str]) -> list[Part]:
    """The text, its numerals that count something and are not of the generated sentence as numbers of their own; of a
    sentence that states ranks each that it does not state, `ranks` being those that are left of it."""
    parts: list[Part] = []
    begin = 0
    spans = [found.span() for found in _COUNTS_NOTHING.finditer(text)]
    for found in NUMERAL.finditer(text):
        first, after = found.span()
        around, rank = text[max(0, first - 2) : after + 2], text[max(0, first - 1) : after + 1]
        if _RANK.fullmatch(rank):
            ranks[rank] -= 1
            if ranks[rank] >= 0 or not _RANK.search(generated):
                continue
        elif any(start <= first and after <= end for start, end in spans) or around in generated:
            continue
        parts += [text[begin:first], {"figure": "", "typed": found[0], "why": ""}]
        begin = after
    return [*parts, text[begin:]]
