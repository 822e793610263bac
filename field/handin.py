"""An outbox saved as a file on a phone and handed in at a desk: read, and stored through the doors a phone uses.

Its form is `{"kind": "outbox", "version": 1, "visits": [body…], "photos": [{"visit", "sha256", "base64"}]}`.
"""

import base64
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.api_errors import api_exception_handler
from accounts.errors import Invalid, sayable
from accounts.models import User
from field.taking import answers_to, uuid_of
from inspections.api import received
from institutions.models import Institution

MOST_BYTES = 100 * 1024 * 1024  # of a file: some 400 photos as a phone shrinks them
MOST_VISITS, MOST_PHOTOS = 500, 2000
TOGETHER = 50  # visits that are stored in one transaction
OUTCOMES = {
    "stored": gettext_lazy("已入库"),
    "known": gettext_lazy("早已入库"),
    "aside": gettext_lazy("已存，待人工处理"),
    "refused": gettext_lazy("没有接受"),
}


@dataclass
class HandedIn:
    """What became of one visit of the file: the answer a phone would have had, and its photos."""

    id: str
    institution: str  # its name, or what the file calls it
    happened_at: str
    status: int
    receipt: dict[str, Any]
    error: str
    photos: int = 0  # of the file that are stored now
    refused: list[str] = field(default_factory=list)  # why others are not

    @property
    def outcome(self) -> str:
        """stored, known, aside or refused."""
        return {201: "stored", 200: "known", 202: "aside"}.get(self.status, "refused")

    @property
    def outcome_in_words(self) -> str:
        return str(OUTCOMES[self.outcome])


def read(file: IO[bytes], size: int) -> dict[str, Any]:
    """The outbox in a file. Raises Invalid with one sentence for what is none, or is too large."""
    if size > MOST_BYTES:
        raise Invalid(
            {"file": [_("文件超过 %(most)s MB，请在手机上分几次导出。") % {"most": MOST_BYTES // 1024 // 1024}]}
        )
    try:
        outbox = json.load(file)
    except (ValueError, RecursionError):
        outbox = None
    if not isinstance(outbox, dict) or outbox.get("kind") != "outbox" or outbox.get("version") != 1:
        raise Invalid({"file": [_("这不是外出检查导出的文件，请选用手机上“导出未上传”所存的 .json 文件。")]})
    visits, photos = outbox.get("visits"), outbox.get("photos", [])
    if not isinstance(visits, list) or not isinstance(photos, list) or not visits and not photos:
        raise Invalid({"file": [_("文件里没有走访。")]})
    if len(visits) > MOST_VISITS or len(photos) > MOST_PHOTOS:
        most = {"visits": MOST_VISITS, "photos": MOST_PHOTOS}
        raise Invalid({"file": [_("一个文件至多 %(visits)s 次走访、%(photos)s 张照片，请分几次导出。") % most]})
    return outbox


def hand_in(outbox: dict[str, Any], by: User) -> list[HandedIn]:
    """Store what is in the file, each visit and each photo by itself, as if the phone had sent it; handing it in again
    changes nothing. Visits that are named by photos alone are in the answer too."""
    found: dict[str, HandedIn] = {}
    visits = outbox["visits"]
    for first in range(0, len(visits), TOGETHER):
        some = visits[first : first + TOGETHER]
        names = _names(some, by)
        for body, answer in zip(some, answers_to(by, some, must_name_inspectors=True), strict=True):
            each = _visit(body, answer, names)
            found[each.id] = each
    for photo in outbox.get("photos", []):
        _photo(photo, by, found)
    for each in found.values():
        each.refused = [
            f"{reason}（{count}）" if count > 1 else reason for reason, count in Counter(each.refused).items()
        ]
    return list(found.values())


def _names(bodies: list[Any], by: User) -> dict[str, str]:
    """What the institutions are called that these visits name and the clerk may see."""
    ids = {uuid for body in bodies if isinstance(body, dict) and (uuid := _uuid(body.get("institution")))}
    return {str(each.pk): each.name for each in Institution.objects.visible_to(by).filter(pk__in=ids).only("name")}


def _uuid(given: Any) -> UUID | None:
    try:
        return UUID(given)
    except (AttributeError, TypeError, ValueError):
        return None


def _visit(body: Any, answer: dict[str, Any], names: dict[str, str]) -> HandedIn:
    stated = body if isinstance(body, dict) else {}
    error = answer.get("error", {}).get("message", "")
    found = stated.get("found")
    called = found.get("name", "") if isinstance(found, dict) else ""
    return HandedIn(
        sayable(str(stated.get("id", ""))[:40]),
        names.get(str(_uuid(stated.get("institution"))), sayable(str(called)[:100])),
        _in_words(sayable(str(stated.get("happened_at", ""))[:40])),
        answer["status"],
        answer.get("receipt", {}),
        error,
    )


def _in_words(moment: str) -> str:
    """By the bureau's clock; as it stands in the file where it is no moment."""
    try:
        at = parse_datetime(moment)
    except ValueError:
        at = None
    return moment if at is None or is_naive(at) else f"{localtime(at):%Y-%m-%d %H:%M}"


def _photo(photo: Any, by: User, found: dict[str, HandedIn]) -> None:
    stated = photo if isinstance(photo, dict) else {}
    id = sayable(str(stated.get("visit", ""))[:40])
    of = found.setdefault(id, HandedIn(id, "", "", 200, {}, ""))
    try:
        data = base64.b64decode(stated.get("base64", ""), validate=True)
    except (TypeError, ValueError):
        of.refused.append(_("照片不是 base64。"))
        return
    try:
        receipt = received(by, uuid_of(id), str(stated.get("sha256", "")), data)
    except (
        Exception
    ) as problem:  # a refusal is told beside its visit and costs no other; a fault of ours is raised again
        of.refused.append(_refusal(problem))
    else:
        of.photos += 1
        of.receipt = receipt.as_json()


def _refusal(problem: Exception) -> str:
    refused = api_exception_handler(problem, {})
    if refused is None or refused.status_code >= 500:
        raise problem
    return str(refused.data["message"])
