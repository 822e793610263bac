"""A report as another installation kept it: the canonical JSON, whole, every value of the kind that it should be."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.canonical import canonical, digest_of
from accounts.errors import Refusal
from figures.statistics import FIGURES
from institutions.moments import EARLIEST, today
from reports.figure_keys import PERCENT
from reports.printed import FORM

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COUNT = 10**9
DIGEST = re.compile(r"(?<![0-9a-f])([0-9a-f]{16}|[0-9a-f]{64})(?![0-9a-f])")  # in the name of a file
_CODE = re.compile(r"[0-9]{2}([0-9]{2}){0,2}([0-9]{3}){0,2}")


class NoReport(Refusal):
    """What came is no report of ours, or was changed on its way."""

    code = "no_report"


@dataclass(frozen=True)
class Received:
    """A report that came: its content, the text over which its digest is, and whether anybody said the digest."""

    content: dict[str, Any]
    text: str
    sha256: str
    vouched: bool

    @property
    def division(self) -> str:
        return str(self.content["division"])

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.content["as_of"])

    @property
    def known_at(self) -> datetime:
        return datetime.fromisoformat(self.content["known_at"])


def read_report(data: bytes, *, name: str = "", sha256: str = "") -> Received:
    """The report in these bytes. `sha256` is what the sender says of it; else what stands in the file's `name`, in full
    or its first 16 digits.

    Raises NoReport with one sentence.
    """
    if len(data) > MOST_BYTES:
        raise NoReport(_("文件超过 %(most)s MB，不是报告数据。") % {"most": MOST_BYTES >> 20})
    try:
        text = data.decode("utf-8-sig").strip()
        content = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise NoReport(_("不是报告数据（JSON）。请上传报告页“导出数据”下载的文件，不要改动。")) from problem
    if not isinstance(content, dict) or "figures" not in content:
        raise NoReport(_("不是报告数据。请上传报告页“导出数据”下载的文件，不要改动。"))
    if canonical(content) != text:
        raise NoReport(_("文件的写法与导出时不同，可能被打开另存过。请重新导出，不要改动。"))
    digest = digest_of(text)
    said = sha256.lower() or next(iter(DIGEST.findall(name.lower())), "")
    if said and not digest.startswith(said):
        raise NoReport(
            _("内容与摘要不符：应为 %(said)s…，实为 %(found)s…，文件被改过。请重新导出。")
            % {"said": said[:16], "found": digest[:16]}
        )
    _check(content)
    return Received(content, text, digest, bool(said))


def _no_number(_name: str) -> None:
    raise ValueError


def _check(content: dict[str, Any]) -> None:
    """Raise NoReport where a value is missing or of another kind than it has to be."""
    if content.get("form") != FORM:
        raise NoReport(
            _("报告数据的版本是 %(given)s，这里认得 %(known)s。")
            % {"given": str(content.get("form"))[:20], "known": FORM}
        )
    wrong = [name for name, fits in _WHOLE.items() if not fits(content.get(name))]
    wrong += [name for name in ("total", "figures") if not isinstance(content.get(name), dict)]
    for name in ("townships", "licence_status", "finding_types"):
        rows = content.get(name)
        if not isinstance(rows, list) or len(rows) > MOST_ROWS or not all(map(_is_row, rows)):
            wrong.append(name)
    for name, fits in (("contradictions", _is_contradiction), ("paragraphs", _is_paragraph)):
        if not isinstance(content.get(name), list) or not all(map(fits, content[name])):
            wrong.append(name)
    if not wrong and not _is_figures(content["total"]):
        wrong.append("total")
    if not wrong and not all(_is_count(value) or isinstance(value, str) for value in content["figures"].values()):
        wrong.append("figures")
    if wrong:
        raise NoReport(_("报告数据缺少“%(name)s”，或不是应有的样子。") % {"name": wrong[0]})
    if not content["version"]:
        raise NoReport(_("这是草稿，不是已提交的报告。请先提交，再导出。"))
    if not EARLIEST <= date.fromisoformat(content["as_of"]) <= today():
        said = {"day": content["as_of"], "first": EARLIEST}
        raise NoReport(_("报告截至 %(day)s，不在 %(first)s 到今天之间。") % said)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST_COUNT


def _is_figures(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and all(_is_count(value.get(name)) for name in FIGURES)
        and isinstance(value.get(PERCENT), str)
    )


def _is_row(value: Any) -> bool:
    return _is_figures(value) and all(isinstance(value.get(name), str) and value[name] for name in ("key", "name"))


def _is_contradiction(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("code"), str)


def _is_paragraph(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("parts"), list) and all(map(_is_part, value["parts"]))


def _is_part(value: Any) -> bool:
    return isinstance(value, str) or isinstance(value, dict) and isinstance(value.get("figure"), str)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment is not None and moment.tzinfo is not None and moment.astimezone(UTC).year >= EARLIEST.year
    except (ValueError, OverflowError):
        return False


_WHOLE = {
    "division": lambda value: isinstance(value, str) and bool(_CODE.fullmatch(value)),
    "name": lambda value: isinstance(value, str) and 0 < len(value) <= 60,
    "as_of": _is_day,
    "before": _is_day,
    "known_at": _is_moment,
    "version": _is_count,
}
