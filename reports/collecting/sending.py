"""Where reports are collected from: a folder of files, or another installation's API."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.errors import Refusal
from reports.collecting.reading import MOST_BYTES, NoReport

TIMEOUT_S = (5, 30)  # to connect; between two pieces
WHOLE_S = 120  # for one answer, however slowly it drips
MOST_PAGES, MOST_REPORTS = 50, 2_000
BLOCK = 1 << 16


class Unreachable(Refusal):
    """The address does not answer as it should; says nothing of what was sent to it."""

    code = "unreachable"
    status = 502


@dataclass(frozen=True)
class Sent:
    """The bytes of one report, where they come from, and the digest that the sender says."""

    data: bytes
    source: str
    sha256: str = ""


def from_folder(folder: Path) -> Iterator[Sent]:
    """Each .json in the folder itself, in the order of names. Raises NoReport where it is no folder."""
    if not folder.is_dir():
        raise NoReport(_("没有文件夹“%(folder)s”。") % {"folder": folder})
    for place in sorted(folder.glob("*.json")):
        if place.is_file():
            with place.open("rb") as file:
                yield Sent(file.read(MOST_BYTES + 1), place.name)


def from_api(address: str, token: str, *, division: str, as_of: date) -> Iterator[Sent]:
    """The approved reports of a division's part at an installation. Asks that host alone: no redirect is followed,
    and a next page elsewhere is refused. Raises Unreachable."""
    import requests

    base = urlsplit(address)
    if base.scheme not in ("http", "https") or not base.netloc or base.username or base.query or base.fragment:
        raise Unreachable(
            _("“%(address)s”不是可以汇总的地址，例：https://inspections.example.gov.cn") % {"address": address}
        )
    start = urljoin(address.rstrip("/") + "/", "api/v1/reports/")
    with requests.Session() as session:
        session.trust_env = False  # no proxy, and no password of a .netrc
        session.headers["Authorization"] = f"Bearer {token}"
        asked = urlencode({"division": division, "as_of": as_of.isoformat(), "state": "approved", "page_size": 200})
        page: str | None = f"{start}?{asked}"
        taken = 0
        for _turn in range(MOST_PAGES):
            if page is None:
                return
            listed = _listed(session, page)
            for row in listed["results"]:
                taken += 1
                if taken > MOST_REPORTS:
                    raise Unreachable(_("对方的报告超过 %(most)s 份，没有收完。") % {"most": MOST_REPORTS})
                yield _report(session, start, row)
            page = listed.get("next")
            if page is not None and not str(page).startswith(f"{start}?"):
                raise Unreachable(_("对方的下一页在别的地址，没有再收。"))


def _listed(session: Any, page: str) -> dict[str, Any]:
    _answer, data = _asked(session, page)
    try:
        listed = json.loads(data)
        rows = listed["results"]
        fits = all(isinstance(row["id"], str) and isinstance(row["sha256"], str) for row in rows)
    except (ValueError, KeyError, TypeError, RecursionError):
        fits = False
    if not fits:
        raise Unreachable(_("对方的回答不是报告列表。"))
    return dict(listed)


def _report(session: Any, start: str, row: dict[str, Any]) -> Sent:
    try:
        place = f"{start}{UUID(row['id'])}/"
    except ValueError as problem:
        raise Unreachable(_("对方的回答不是报告列表。")) from problem
    answer, data = _asked(session, place)
    # The sender says the digest twice: in the list, and with the report.
    said = answer.headers.get("ETag", "").strip('"') or row["sha256"]
    return Sent(data, place, said if said == row["sha256"] else "0" * 64)


def _asked(session: Any, place: str) -> tuple[Any, bytes]:
    import requests

    try:
        with session.get(place, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as answer:
            if answer.status_code != 200:
                raise Unreachable(_refused(answer.status_code))
            data, began = bytearray(), time.monotonic()
            for block in answer.iter_content(BLOCK):
                data += block
                if time.monotonic() - began > WHOLE_S:
                    raise Unreachable(_("对方没有在 %(seconds)s 秒内回答，请稍后再试。") % {"seconds": WHOLE_S})
                if len(data) > MOST_BYTES:
                    raise Unreachable(_("对方的回答超过 %(most)s MB，没有收。") % {"most": MOST_BYTES >> 20})
            return answer, bytes(data)
    except requests.Timeout as problem:
        raise Unreachable(_("对方没有在 %(seconds)s 秒内回答，请稍后再试。") % {"seconds": TIMEOUT_S[1]}) from problem
    except requests.RequestException as problem:
        raise Unreachable(_("连不上对方的地址，请核对地址和网络。")) from problem


def _refused(status: int) -> str:
    if status in (401, 403):
        return _("对方不认这个接口令牌，或令牌没有查看报告的权限。")
    if status == 404:
        return _("对方没有这个辖区的报告，或地址不对。")
    if 300 <= status < 400:
        return _("对方要转到别的地址，没有跟去。请直接写最终的地址。")
    return _("对方回答了错误 %(status)s。") % {"status": status}
