"""The sheet of a notice: everything that is printed, put together once, when it is served, and kept by value.

Page, print and API are made from what is kept. Nothing of it is read again: not the institution, not the catalogue, not
the settings.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings

from accounts.canonical import canonical, digest_of
from accounts.models import User
from inspections.models import Finding, Notice, NoticeCounter, Rectification, Visit, notice_number
from institutions.models import Demonstration, Institution

FORM = 1  # of the printed sheet: other standing words or another layout are another form, and the old one stays


TITLES = {
    Notice.Kind.ORDER: "责令限期整改通知书",
    Notice.Kind.SUPPLEMENT: "责令限期整改补充通知书",
    Notice.Kind.REPLACEMENT: "责令限期整改更正通知书",
    Notice.Kind.WITHDRAWAL: "撤回通知书",
}


def sheet_of(
    kind: str,
    number: str,
    institution: Institution,
    *,
    order: str,
    served_on: date,
    served_by: Iterable[User],
    synthetic: bool,
    findings: Sequence[Finding] = (),
    visited_on: date | None = None,
    due_on: date | None = None,
    measure: str = "",
    reason: str = "",
    replaces: Sequence[Notice] = (),
) -> dict[str, Any]:
    """A sheet as plain values. `order` is the number of the round's order; `findings` have their type and visit;
    `replaces` are the notices it takes the place of, or takes back; `synthetic` is whether the data is made up."""
    return {
        "form": FORM,
        "kind": kind,
        "title": TITLES[Notice.Kind(kind)],
        "number": number,
        "order": order,
        "bureau": settings.BUREAU_NAME,
        "addressee": addressee_of(institution),
        "visited_on": visited_on,
        "findings": [_worded(finding) for finding in findings],
        "due_on": due_on,
        "measure": measure,
        "reason": reason,
        "replaces": [
            {"number": each.number, "title": TITLES[Notice.Kind(each.kind)], "served_on": each.served_on}
            for each in replaces
        ],
        "served_on": served_on,
        "served_by": [str(user) for user in served_by],
        "synthetic": synthetic,
        "reconstructed": False,
    }


def addressee_of(institution: Institution) -> dict[str, str]:
    """To whom it is served, as the register has it that moment."""
    return {
        "name": institution.name,
        "signboard_name": institution.signboard_name,
        "credit_code": institution.credit_code,
        "operating_address": institution.operating_address,
    }


def _worded(finding: Finding) -> dict[str, Any]:
    """A finding in the wording and with the legal basis of that day."""
    item = finding.type
    return {
        "id": finding.pk,
        "code": item.code,
        "name": item.name_zh,
        "severity": item.severity,
        "legal_basis": item.legal_basis,
        "note": finding.note,
        "found_on": finding.visit.happened_on,
    }


def is_synthetic() -> bool:
    return Demonstration.objects.exists()


def next_number(institution: Institution, year: int) -> str:
    """A number of the county's series of the year. Inside a transaction: a notice that fails takes none."""
    county = institution.scope_code[:6]
    return notice_number(county, year, NoticeCounter.next_number(county, year))


def notice_of(
    sheet: dict[str, Any],
    rectification: Rectification,
    *,
    by: User,
    at: datetime,
    visit: Visit | None = None,
    replaces: Notice | None = None,
) -> Notice:
    """The notice of a sheet, not yet written: what is searched and counted of it in columns, and its digest."""
    content = canonical(sheet)
    return Notice(
        number=sheet["number"],
        kind=sheet["kind"],
        rectification=rectification,
        visit=visit,
        replaces=replaces,
        due_on=sheet["due_on"],
        served_on=sheet["served_on"],
        recorded_at=at,
        recorded_by=by,
        content=content,
        digest=digest_of(content),
    )


def serve(
    sheet: dict[str, Any],
    rectification: Rectification,
    *,
    by: User,
    at: datetime,
    visit: Visit | None = None,
    replaces: Notice | None = None,
) -> Notice:
    """Keep a sheet for good."""
    notice = notice_of(sheet, rectification, by=by, at=at, visit=visit, replaces=replaces)
    notice.save(force_insert=True)
    return notice
