"""What the sender of a visit stated, in words: beside what is stored, and copies kept aside beside that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.errors import enumerated
from accounts.held import prefixes_on
from accounts.models import User
from accounts.roles import Permission
from inspections.actions import LEDGER, Answer
from inspections.colleagues import may_be_named
from inspections.models import Finding, FindingType, Outcome, QuarantinedVisit, Rectification, Visit
from institutions.models import Category, Division, Institution, LicenceStatus
from institutions.moments import EARLIEST, day_of
from institutions.positions import Datum

# What the page of a visit says elsewhere, from its rows.
ON_THE_PAGE = {"institution", "purpose", "result", "happened_at", "inspectors", "findings", "photos", "note"}
HASH_SHOWN = 12  # hexadecimal digits of a photo's name: enough to tell two apart


@dataclass(frozen=True)
class Stated:
    """One thing that was stated: what it is called and its lines, none when it was not stated."""

    name: str
    label: str
    lines: list[str]


@dataclass(frozen=True)
class Compared:
    """One thing in what is stored and in what was received."""

    label: str
    stored: list[str]
    received: list[str]

    @property
    def differs(self) -> bool:
        return self.stored != self.received


@dataclass(frozen=True)
class Comparison:
    copy: QuarantinedVisit
    rows: list[Compared]


class Words:
    """Names for what contents refer to: of `institutions`, which whoever reads them may see, and `people`.

    Of the people only those of a stored visit get their names: who sends a user name learns nothing.
    """

    def __init__(
        self, contents: Sequence[dict[str, Any]], institutions: Sequence[Institution], people: Iterable[User] = ()
    ):
        codes = {each["type"] for content in contents for each in [*content["findings"], *content.get("items", [])]}
        ids = {each for content in contents for each in _put_right(content)}
        rounds = {content["submits"]["rectification"] for content in contents if content["submits"]}
        self.types = {item.code: str(item) for item in FindingType.objects.filter(code__in=codes)}
        self.institutions = {str(each.pk): each.name for each in institutions}
        self.people = {user.username: str(user) for user in people}
        found = Finding.objects.filter(visit__institution__in=institutions, pk__in=ids).select_related("type")
        self.findings = {each.pk: str(each.type) for each in found}
        listed = Rectification.objects.filter(institution__in=institutions, pk__in=rounds)
        self.rounds = {str(pk): number for pk, number in listed.values_list("pk", "number")}

    def of(self, content: dict[str, Any], sent_at: datetime | None) -> list[Stated]:
        """A content as SentVisit writes it, with when the device says that it sent it."""
        return [
            Stated("institution", _("机构"), [self.institutions.get(content["institution"], content["institution"])]),
            Stated("purpose", _("检查类型"), [_label(Visit.Purpose, content["purpose"])]),
            Stated("result", _("现场情况"), [_label(Visit.Result, content["result"])]),
            Stated("happened_at", _("检查时间"), [_moment(content["happened_at"])]),
            Stated(
                "inspectors", _("检查人员"), [enumerated(self.people.get(name, name) for name in content["inspectors"])]
            ),
            Stated("position", _("位置"), _position(content["position"])),
            Stated("findings", _("发现的问题"), [self._finding(each) for each in content["findings"]]),
            Stated("items", _("逐项检查"), self._items(content.get("items", []))),
            Stated("found", _("现场发现的机构"), _found(content.get("found"))),
            Stated("order", _("责令限期整改"), _order(content["order"])),
            Stated("submits", _("提交整改"), self._submission(content["submits"])),
            Stated("put_right", _("已整改到位（未提交）"), self._named(content.get("put_right", []))),
            Stated("photos", _("照片"), [_photo(each) for each in content["photos"]]),
            Stated("licence_status", _("填写的证照情况"), _lines(_label(LicenceStatus, content["licence_status"]))),
            Stated("note", _("备注"), content["note"].splitlines()),
            Stated("source", _("来源"), [_("整改台账")] if content.get("source") == LEDGER else []),
            Stated("device_sent_at", _("设备发送时间"), _lines(_local(sent_at, "%Y-%m-%d %H:%M:%S"))),
        ]

    def _finding(self, found: dict[str, Any]) -> str:
        return "：".join(filter(None, [self.types.get(found["type"], found["type"]), found["note"]]))

    def _items(self, items: list[dict[str, Any]]) -> list[str]:
        """What was looked at, by answer; problems are findings, and said there."""
        lines = []
        for answer, label in ((Answer.OK, _("已看无问题")), (Answer.NOT_APPLICABLE, _("不适用"))):
            named = [self.types.get(each["type"], each["type"]) for each in items if each["answer"] == answer]
            lines += (
                [_("%(answer)s（%(count)s 项）：") % {"answer": label, "count": len(named)}, *named] if named else []
            )
        return lines

    def _named(self, ids: list[int]) -> list[str]:
        return [self.findings.get(each, str(each)) for each in ids]

    def _submission(self, submits: dict[str, Any] | None) -> list[str]:
        if submits is None:
            return []
        number = self.rounds.get(submits["rectification"], submits["rectification"])
        lines = [
            _("%(number)s，拟以“%(outcome)s”办结") % {"number": number, "outcome": _label(Outcome, submits["outcome"])}
        ]
        if submits["put_right"]:
            lines.append(_("已整改到位：%(findings)s") % {"findings": enumerated(self._named(submits["put_right"]))})
        if submits["registered_scope"]:
            lines.append(_("登记范围：%(scope)s") % {"scope": submits["registered_scope"]})
        return lines


def stated(copy: QuarantinedVisit) -> list[Stated]:
    """A copy kept aside by itself."""
    content = copy.stated
    return Words([content], [copy.institution], _people(copy)).of(content, copy.device_sent_at)


def _people(of: Visit | QuarantinedVisit) -> Iterable[User]:
    if isinstance(of, Visit):
        return of.inspectors.all()
    return may_be_named(of.institution.scope_code, EARLIEST).filter(username__in=of.stated["inspectors"])


def unsaid(visit: Visit) -> list[Stated]:
    """What was stated and is not said by the visit's rows."""
    said = Words([visit.stated], [visit.institution], visit.inspectors.all()).of(visit.stated, visit.device_sent_at)
    return [each for each in said if each.lines and each.name not in ON_THE_PAGE]


def compared(first: Visit | QuarantinedVisit, copies: Sequence[QuarantinedVisit]) -> list[Comparison]:
    """Copies kept aside, each compared with what came first under its id. Whoever reads it may see the institutions of
    all."""
    if not copies:
        return []
    stored, received = first.stated, [copy.stated for copy in copies]
    institutions = [first.institution, *(copy.institution for copy in copies)]
    words = Words([stored, *received], institutions, _people(first))
    said = words.of(stored, first.device_sent_at)
    return [
        Comparison(
            copy,
            [
                Compared(ours.label, ours.lines, theirs.lines)
                for ours, theirs in zip(said, words.of(content, copy.device_sent_at), strict=True)
            ],
        )
        for copy, content in zip(copies, received, strict=True)
    ]


def beside(copy: QuarantinedVisit) -> list[Compared]:
    """A visit kept aside as it was on the spot (`received`), beside what the server has of each thing (`stored`): most
    of it none."""
    here = _on_the_server(copy)
    rows = [Compared(each.label, here.pop(each.name, []), each.lines) for each in stated(copy)]
    return [row for row in rows if row.stored or row.received]


def _on_the_server(copy: QuarantinedVisit) -> dict[str, list[str]]:
    institution, content = copy.institution, copy.stated
    found = FindingType.objects.filter(
        code__in=[each["type"] for each in [*content["findings"], *content.get("items", [])]]
    )
    meant, happened_at = copy.happened_at_by_our_clock, parse_datetime(content["happened_at"])
    clock = [_("收到时间 %(at)s") % {"at": _local(copy.received_at, "%Y-%m-%d %H:%M")}]
    if meant is not None and copy.reason == QuarantinedVisit.Reason.CLOCK:
        clock.append(_("按服务器时钟推算 %(at)s") % {"at": _local(meant, "%Y-%m-%d %H:%M")})
    on = day_of(happened_at) if happened_at else day_of(copy.received_at)
    held = prefixes_on(copy.by, Permission.RECORD_VISIT, on)
    names = dict(Division.objects.filter(pk__in=held).values_list("pk", "name"))
    granted = enumerated(names.get(code, code) for code in held) or _("无")
    return {
        "institution": [
            enumerated([institution.name, institution.division.name, institution.operating_address or "—"]),
            _standing(institution),
        ],
        "happened_at": clock,
        "inspectors": [_("发送人 %(by)s，检查当日的辖区：%(where)s") % {"by": str(copy.by), "where": granted}],
        "findings": [_in_force(each) for each in found if each.in_force_to is not None],
        "photos": [
            _("已收到 %(here)s 张，共 %(all)s 张")
            % {"here": copy.photos_here.count(), "all": len({each["sha256"] for each in content["photos"]})}
        ]
        if content["photos"]
        else [],
    }


def _standing(institution: Institution) -> str:
    if institution.withdrawn_at is not None:
        return _("登记已于 %(on)s 撤销") % {"on": day_of(institution.withdrawn_at)}
    if institution.merged_into is not None:
        return _("已并入“%(into)s”") % {"into": institution.merged_into.name}
    return _("在册")


def _in_force(item: FindingType) -> str:
    return _("%(item)s：施行至 %(last)s") % {"item": item, "last": item.in_force_to}


def _found(found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return []
    where = [] if found["longitude"] is None else [f"{found['longitude']}, {found['latitude']}"]
    return [found["name"], found["address"], found["division"], _label(Category, found["category"]), *where]


def _put_right(content: dict[str, Any]) -> list[int]:
    return [*content.get("put_right", []), *((content["submits"] or {}).get("put_right", []))]


def _position(position: dict[str, Any] | None) -> list[str]:
    if position is None:
        return []
    where = f"{position['longitude']}, {position['latitude']} · {_label(Datum, position['datum'])}"
    return [where + _accuracy(position["accuracy_m"])]


def _accuracy(metres: float | None) -> str:
    return "" if metres is None else f" ±{metres:g} m"


def _order(order: dict[str, Any] | None) -> list[str]:
    if order is None:
        return []
    due = _("期限 %(due)s") % {"due": order["due_on"]} if order["due_on"] else _("按常用期限")
    return [due, *_lines(order.get("measure", ""))]


def _photo(photo: dict[str, Any]) -> str:
    where = ""
    if photo["longitude"] is not None and photo["latitude"] is not None:
        where = f"{photo['longitude']}, {photo['latitude']}" + _accuracy(photo["accuracy_m"])
    said = [str(photo["slot"]), photo["sha256"][:HASH_SHOWN] + "…", _moment(photo["taken_at"]), photo["finding"], where]
    return " · ".join(filter(None, said))


def _moment(text: str | None) -> str:
    return _local(parse_datetime(text) if text else None, "%Y-%m-%d %H:%M")


def _local(moment: datetime | None, form: str) -> str:
    return timezone.localtime(moment).strftime(form) if moment else ""


def _lines(text: str) -> list[str]:
    return [text] if text else []


def _label(choices: type[models.TextChoices], value: str) -> str:
    """In words; what is none of the choices as it came: kept content was not checked."""
    return str(dict(choices.choices).get(value, value))
