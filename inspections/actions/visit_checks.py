"""What is wrong with a visit as it was sent: every reason at once, by field. Never the state of a rectification."""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Invalid, Reasons, enumerated
from accounts.id_numbers import reasons_of
from accounts.models import User
from accounts.put_once import put_once
from inspections.actions.evidence import check_outcome
from inspections.actions.notices import usual_due_on
from inspections.actions.rectifications import CLOCK_TOLERANCE, LONGEST_TERM
from inspections.actions.sent_visit import LEDGER, Answer, SentVisit
from inspections.colleagues import Named, named_since
from inspections.errors import IllegalOutcome
from inspections.models import Finding, FindingType, Outcome, QuarantinedVisit, Rectification, Visit
from inspections.models.catalogue import offering
from inspections.photos import SHA256
from institutions.models import LicenceStatus
from institutions.moments import EARLIEST, day_of
from institutions.past import scope_code_on
from institutions.positions import Datum

MOST_PHOTOS = 50
PURPOSES, RESULTS, DATUMS, ANSWERS = Visit.Purpose.values, Visit.Result.values, Datum.values, list(Answer)
FIRST_OF_A_CLOCK, LAST_OF_A_CLOCK = 1970, 2100  # years that the clock of a phone may say


@dataclass(frozen=True)
class Doubt:
    """Why a visit that is in order cannot be counted as it stands: nothing that its sender did."""

    reason: str  # of QuarantinedVisit.Reason
    said: str


@dataclass(frozen=True)
class _Judged:
    """What a visit is judged by: the place where the institution was on the day, and the day; that of its reception
    where the device's clock cannot be right."""

    scope_code: str
    on: date
    clock_is_right: bool


class Looked:
    """What checking asks of the database, remembered for visits that are checked together."""

    def __init__(self) -> None:
        self.named = Named()
        self.items: dict[str, dict[str, FindingType | None]] = {}

    def catalogue(self, scope_code: str, codes: set[str]) -> dict[str, FindingType]:
        """The items of these codes that are offered there."""
        known = self.items.setdefault(scope_code[:6], {})
        if missing := codes - known.keys():
            known |= dict.fromkeys(missing)
            known |= {item.code: item for item in _items(offering(scope_code), tuple(missing))}
        return {code: item for code in codes if (item := known[code]) is not None}


@put_once
def _items(offering: tuple[str, ...], codes: tuple[str, ...]) -> QuerySet[FindingType]:
    return FindingType.objects.filter(division_prefix__in=offering, code__in=codes)


@dataclass(frozen=True)
class CheckedVisit:
    """What checking a visit found in the database."""

    inspectors: list[User]
    findings: dict[str, FindingType]
    submits: Rectification | None
    warnings: list[str]
    aside: list[Doubt] = dataclasses.field(default_factory=list)

    @property
    def meanings(self) -> list[str]:
        """What the findings say of the licence status, in the order of their codes."""
        return [item.meaning for _code, item in sorted(self.findings.items()) if item.meaning]


def check_visit(
    sent: SentVisit, by: User, received_at: datetime, *, forgiving: bool = False, looked: Looked | None = None
) -> CheckedVisit:
    """Every reason at once, or what the visit refers to. `forgiving`: what is not its sender's fault is a doubt, for a
    person to look at, and no reason to refuse it."""
    errors = texts_refused(sent)
    warnings: list[str] = []
    looked = looked or Looked()
    aside: list[Doubt] | None = [] if forgiving else None
    _check_choices(sent, errors)
    judged = _check_time(sent, received_at, errors, aside)
    _check_position(sent, errors)
    inspectors = _check_inspectors(sent, by, judged, looked, errors, warnings, aside)
    catalogue = looked.catalogue(
        judged.scope_code, {*(each.type for each in sent.findings), *(each.type for each in sent.items)}
    )
    findings = _check_findings(sent, catalogue, judged, errors, aside)
    _check_items(sent, catalogue, judged, errors, aside)
    _check_licence_status(sent, findings, errors)
    _check_photos(sent, errors)
    submits = _check_submission(sent, errors)
    _check_put_right(sent, errors)
    _check_found_or_put_right(sent, errors)
    _check_order(sent, errors)
    if sent.result == Visit.Result.NO_ACCESS and (sent.findings or sent.order or sent.submits or sent.put_right):
        errors["result"] = [_("无人在场时不能登记问题、责令整改、提交整改或勾选整改到位。")]
    if errors:
        raise Invalid(errors)
    warnings += late_by_days(sent, day_of(received_at))
    return CheckedVisit(inspectors, findings, submits, warnings, aside or [])


def _check_order(sent: SentVisit, errors: Reasons) -> None:
    if sent.order is None:
        return
    if not sent.findings:
        errors["order"] = [_("责令整改须至少登记一个问题。")]
    due_on = sent.order.due_on
    if due_on is not None and due_on < sent.on:
        errors["order.due_on"] = [_("整改期限 %(due)s 早于检查日期 %(on)s。") % {"due": due_on, "on": sent.on}]
    if due_on is not None and due_on > sent.on + LONGEST_TERM:
        errors["order.due_on"] = [_("整改期限 %(due)s 离检查日期超过三年。") % {"due": due_on}]


def texts_refused(sent: SentVisit) -> Reasons:
    """What its sender wrote freely and is not kept."""
    texts = {"note": sent.note, "order.measure": sent.order.measure if sent.order else ""} | {
        f"findings.{at}.note": each.note for at, each in enumerate(sent.findings)
    }
    if sent.submits is not None:
        texts["submits.registered_scope"] = sent.submits.registered_scope
    reasons = reasons_of(texts)
    if sent.found is not None:  # kept with the visit, also where the institution is on the register already
        reasons |= reasons_of({"found.name": sent.found.name, "found.address": sent.found.address}, old=False)
    return reasons


def late_by_days(sent: SentVisit, known_on: date) -> list[str]:
    """That a visit is entered long after it happened, which may be a slip of the pen; [] when it is not."""
    days = (known_on - sent.on).days
    if days <= settings.LATE_VISIT_DAYS:
        return []
    return [_("检查日期 %(on)s 在登记之日的 %(days)s 天以前。") % {"on": sent.on, "days": days}]


def overdue_at_birth(due_on: date, known_on: date) -> list[str]:
    """That the deadline of an order has passed on the day on which the order is entered; [] when it has not."""
    if due_on >= known_on:
        return []
    return [_("整改期限 %(due)s 已过，责令一登记即为逾期。") % {"due": due_on}]


def doubts_about(sent: SentVisit, known_on: date) -> list[str]:
    """What a visit that is in order may have wrong all the same, and its receipt would only warn of: to be asked about
    before it is stored."""
    doubts = late_by_days(sent, known_on)
    if sent.order is not None:
        types = list(FindingType.objects.filter(code__in=[finding.type for finding in sent.findings]))
        due_on = sent.order.due_on or (usual_due_on(types, sent.on) if types else None)
        doubts += overdue_at_birth(due_on, known_on) if due_on else []
    return doubts


def _check_choices(sent: SentVisit, errors: Reasons) -> None:
    for name, given, accepted in (
        ("purpose", sent.purpose, PURPOSES),
        ("result", sent.result, RESULTS),
    ):
        if given not in accepted:
            errors[name] = [_("“%(given)s”不可用，可用：%(known)s。") % {"given": given, "known": enumerated(accepted)}]


def _check_licence_status(sent: SentVisit, items: dict[str, FindingType], errors: Reasons) -> None:
    """One of those known, and the one that the findings say."""
    seen = sent.licence_status
    if seen and seen not in LicenceStatus.values:
        accepted = enumerated(LicenceStatus.values)
        errors["licence_status"] = [_("“%(given)s”不可用，可用：%(known)s。") % {"given": seen, "known": accepted}]
    for code, item in sorted(items.items()):
        if seen in LicenceStatus.values and item.meaning not in ("", seen):
            said = {"seen": LicenceStatus(seen).label, "finding": code}
            errors["licence_status"] = [_("证照情况“%(seen)s”与登记的问题 %(finding)s 不符。") % said]


def _check_time(sent: SentVisit, received_at: datetime, errors: Reasons, aside: list[Doubt] | None) -> _Judged:
    """A clock that runs ahead, or began again in 1970, is nobody's fault; a moment that no clock of a phone says is."""
    local = timezone.localtime(sent.happened_at, timezone.get_default_timezone())
    ahead, early = sent.happened_at > received_at + CLOCK_TOLERANCE, sent.on < EARLIEST
    said = ""
    if ahead:
        said = _("检查时间 %(given)s 在收到时间之后，请核对手机时间。") % {"given": f"{local:%Y-%m-%d %H:%M}"}
    elif early:
        said = _("检查时间 %(given)s 过早，最早为 %(first)s。") % {"given": f"{local:%Y-%m-%d}", "first": EARLIEST}
    if said and aside is not None and FIRST_OF_A_CLOCK <= local.year <= LAST_OF_A_CLOCK:
        aside.append(Doubt(QuarantinedVisit.Reason.CLOCK, said))
    elif said:
        errors["happened_at"] = [said]
    on = day_of(received_at) if said else sent.on
    return _Judged(scope_code_on(sent.institution, on), on, not said)


def _check_position(sent: SentVisit, errors: Reasons) -> None:
    position = sent.position
    if position is None:
        return
    if not (-180 <= position.longitude <= 180 and -90 <= position.latitude <= 90):
        errors["position"] = [
            _("经度 %(longitude)s、纬度 %(latitude)s 不在地球上；经度 -180 至 180，纬度 -90 至 90。")
            % {"longitude": position.longitude, "latitude": position.latitude}
        ]
    if position.datum not in DATUMS:
        errors["position.datum"] = [
            _("“%(given)s”不可用，可用：%(known)s。") % {"given": position.datum, "known": enumerated(DATUMS)}
        ]


def _check_inspectors(
    sent: SentVisit,
    by: User,
    judged: _Judged,
    looked: Looked,
    errors: Reasons,
    warnings: list[str],
    aside: list[Doubt] | None,
) -> list[User]:
    """Those who might be named there on that day; nobody else's name is confirmed. Who sends it, or might have been
    named there once, is a doubt where it may be."""
    found = looked.named.at(judged.scope_code, judged.on, sent.inspectors)
    unknown = [name for name in sent.inspectors if name not in found]
    if unknown and aside is not None:
        since, once = named_since(judged.scope_code, judged.on, unknown, by)
        found |= {user.username: user for user in [*since, *once]}
        aside += [no_grant(user, judged.on) for user in once if user != by]  # of who sends it that is said elsewhere
        unknown = [name for name in unknown if name not in found]
    if unknown:
        errors["inspectors"] = [_("没有这些检查人员：%(names)s。") % {"names": enumerated(unknown)}]
    elif len(set(sent.inspectors)) < 2 and sent.source != LEDGER:
        warnings.append(_("现场检查一般应有两名检查人员。"))
    return list(found.values())


def no_grant(user: User, on: date) -> Doubt:
    said = {"name": str(user), "on": on}
    return Doubt(QuarantinedVisit.Reason.GRANT, _("%(name)s在检查当日（%(on)s）没有该处的权限。") % said)


def _check_findings(
    sent: SentVisit,
    catalogue: dict[str, FindingType],
    judged: _Judged,
    errors: Reasons,
    aside: list[Doubt] | None,
) -> dict[str, FindingType]:
    codes = [finding.type for finding in sent.findings]
    _check_codes(codes, "findings", catalogue, judged, errors, aside)
    return {code: catalogue[code] for code in codes if code in catalogue}


def _check_items(
    sent: SentVisit,
    catalogue: dict[str, FindingType],
    judged: _Judged,
    errors: Reasons,
    aside: list[Doubt] | None,
) -> None:
    """What was looked at: of the catalogue of that day, each once, and a problem is a finding and nothing else is."""
    _check_codes([item.type for item in sent.items], "items", catalogue, judged, errors, aside)
    found = {finding.type for finding in sent.findings}
    for index, item in enumerate(sent.items):
        if item.answer not in ANSWERS:
            said = {"given": item.answer, "known": enumerated(Answer)}
            errors[f"items.{index}.answer"] = [_("“%(given)s”不可用，可用：%(known)s。") % said]
        elif (item.answer == Answer.PROBLEM) != (item.type in found):
            reason = (
                _("“%(code)s”答为有问题，却没有登记这个问题。")
                if item.answer == Answer.PROBLEM
                else _("“%(code)s”登记为问题，却没有答为有问题。")
            )
            errors[f"items.{index}.answer"] = [reason % {"code": item.type}]


def _check_codes(
    codes: list[str],
    name: str,
    known: dict[str, FindingType],
    judged: _Judged,
    errors: Reasons,
    aside: list[Doubt] | None,
) -> None:
    """Offered there, in force and named once; an item that was ended before the day is a doubt where it may be."""
    for index, code in enumerate(codes):
        item = known.get(code)
        if item is None:
            errors[f"{name}.{index}.type"] = [_("问题目录中没有“%(code)s”。") % {"code": code}]
        elif codes.index(code) != index:
            errors[f"{name}.{index}.type"] = [_("问题“%(code)s”重复登记。") % {"code": code}]
        elif not item.in_force_on(judged.on):
            reason = _("问题“%(item)s”在检查当日（%(on)s）不在施行期内（%(first)s 起%(last)s）。") % {
                "item": item,
                "on": judged.on,
                "first": item.in_force_from,
                "last": _("，至 %(last)s") % {"last": item.in_force_to} if item.in_force_to else "",
            }
            if aside is not None and item.in_force_from <= judged.on:
                aside.append(Doubt(QuarantinedVisit.Reason.CATALOGUE, reason))
            else:
                errors[f"{name}.{index}.type"] = [reason]


def _check_photos(sent: SentVisit, errors: Reasons) -> None:
    if len(sent.photos) > MOST_PHOTOS:
        errors["photos"] = [_("一次走访至多 %(most)s 张照片。") % {"most": MOST_PHOTOS}]
    codes = {finding.type for finding in sent.findings}
    if earlier := sent.photographed_before:
        on_file = Finding.objects.filter(visit__institution=sent.institution, type__in=earlier)
        codes |= set(on_file.values_list("type", flat=True))
    slots = [photo.slot for photo in sent.photos]
    for index, photo in enumerate(sent.photos):
        if not SHA256.match(photo.sha256):
            errors[f"photos.{index}.sha256"] = [
                _("“%(given)s”不是 64 位小写十六进制的 SHA-256。") % {"given": photo.sha256}
            ]
        if slots.index(photo.slot) != index:
            errors[f"photos.{index}.slot"] = [_("照片序号 %(slot)s 重复。") % {"slot": photo.slot}]
        if photo.finding and photo.finding not in codes:
            errors[f"photos.{index}.finding"] = [_("照片所指的问题“%(code)s”没有登记。") % {"code": photo.finding}]


def _check_put_right(sent: SentVisit, errors: Reasons) -> None:
    """Findings of this institution; in which round they are is looked at when the visit is stored."""
    if not sent.put_right:
        return
    known = Finding.objects.filter(visit__institution=sent.institution, pk__in=sent.put_right)
    strangers = set(sent.put_right) - set(known.values_list("pk", flat=True))
    if strangers:
        errors["put_right"] = [_("该机构没有登记过这些问题：%(ids)s。") % {"ids": enumerated(sorted(strangers))}]


def _check_found_or_put_right(sent: SentVisit, errors: Reasons) -> None:
    """One visit cannot have seen the same problem both there and put right.

    It contradicts itself, whatever the round is in: so it is refused, the form and a phone alike. Which problem a
    finding is of never changes, so that the same content has the same answer whenever it is sent.
    """
    codes = [finding.type for finding in sent.findings]
    for field, marked in (
        ("put_right", sent.put_right),
        ("submits.put_right", sent.submits.put_right if sent.submits else ()),
    ):
        again = Finding.objects.filter(pk__in=marked, visit__institution=sent.institution, type__in=codes)
        for code in sorted(set(again.values_list("type", flat=True))):
            reason = _("%(code)s 既勾了“发现的问题”又勾了“已整改到位”，请只留一处。") % {"code": code}
            for path in (f"findings.{codes.index(code)}.type", field):
                errors[path] = [*(each for each in errors.get(path, []) if each != reason), reason]


def _check_submission(sent: SentVisit, errors: Reasons) -> Rectification | None:
    """The round that is handed in; its content is checked, its state is not."""
    submits = sent.submits
    if submits is None:
        return None
    rounds = Rectification.objects.select_related("institution").filter(institution=sent.institution)
    rectification = rounds.filter(pk=submits.rectification).first()
    if rectification is None:
        errors["submits.rectification"] = [_("该机构没有编号为 %(given)s 的整改。") % {"given": submits.rectification}]
        return None
    if submits.outcome not in Outcome.values:
        errors["submits.outcome"] = [
            _("“%(given)s”不可用，可用：%(known)s。") % {"given": submits.outcome, "known": enumerated(Outcome.values)}
        ]
    else:
        try:
            check_outcome(rectification, submits.outcome, submits.registered_scope)
        except IllegalOutcome as refusal:
            errors |= {f"submits.{name}": reasons for name, reasons in refusal.errors.items()}
    strangers = set(submits.put_right) - set(rectification.findings.values_list("pk", flat=True))
    if strangers:
        errors["submits.put_right"] = [_("这些问题不属于本轮整改：%(ids)s。") % {"ids": enumerated(sorted(strangers))}]
    return rectification
