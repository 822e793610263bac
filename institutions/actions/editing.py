from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.actions.moving import take_place_and_name
from institutions.actions.registering import check_code, check_columns, set_columns
from institutions.actions.versions import locked
from institutions.models import Institution


@recorded
def edit_institution(
    institution: Institution,
    *,
    by: User | None,
    version: int,
    columns: dict[str, Any],
    from_on: date | None = None,
    campus: bool = False,
    at: datetime = NOW,
) -> Institution:
    """Change columns of an institution. Name, township and address hold from `from_on` on, without it from today (see
    move_institution, rename_institution); with it, those that are on file already from an earlier day than so far.

    Effects: the columns, its version, an audit row with before and after; Place and Name rows. Raises StaleInstitution
    (412) when somebody else changed it since `version`, OffRegister (409) when it is merged or withdrawn, Invalid (422)
    for a change of its survey, what the rules do not take of what is changed (institutions/rules.py), a day in the
    future or before one from which something else is on file; AlreadyRegistered (409) for the credit code of another,
    unless `campus` says that this is another campus of its operator.
    """
    current = locked(institution, version)
    before = audit.snapshot(current)
    _check_survey_stands(current, columns)
    _check_news(current, columns, by, at, campus=campus)
    set_columns(current, take_place_and_name(current, columns, from_on=from_on, by=by, at=at))
    current.version += 1
    current.save()
    after = audit.snapshot(current)
    audit.write("institution.edited", current, by=by, at=at, before=before, after=after, scope_code=current.scope_code)
    return current


def _check_news(current: Institution, columns: dict[str, Any], by: User | None, at: datetime, *, campus: bool) -> None:
    """What is changed is as it would have to be in a new one; that a township is in force goes by the day from which it
    holds (see moving.py). Address and position
    that stay are asked about when the township is another."""
    division = columns.get("division", current.division)
    news = {name: value for name, value in columns.items() if getattr(current, name) != value and name != "division"}
    place = {"longitude", "latitude", "operating_address"} if division != current.division else set()
    place |= {"longitude", "latitude"} if news.keys() & {"longitude", "latitude"} else set()
    news |= {name: columns.get(name, getattr(current, name)) for name in place}
    check_columns(news, division, at)
    if "credit_code" in news:
        name, address = (columns.get(each, getattr(current, each)) for each in ("name", "operating_address"))
        check_code(news["credit_code"], name, address, division, by, campus=campus, instead_of=current)


def _check_survey_stands(institution: Institution, columns: dict[str, Any]) -> None:
    """Corrections add rows, they do not rewrite: figures as known at a moment stay what they were."""
    if institution.surveyed_on is None:
        return
    kept = {
        "surveyed_on": (institution.surveyed_on, _("排摸日期已入统计，不能改写。")),
        "licence_status_at_survey": (institution.licence_status_at_survey, _("排摸时证照情况已入统计，不能改写。")),
    }
    errors = {
        name: [reason] for name, (on_file, reason) in kept.items() if name in columns and columns[name] != on_file
    }
    if errors:
        raise Invalid(errors)


@recorded
def withdraw_institution(
    institution: Institution, *, by: User, version: int, reason: str, at: datetime = NOW
) -> Institution:
    """撤销登记: what was registered in error leaves the register; figures known before stay what they were.

    Effects: the moment of withdrawal, its version, an audit row with the reason. Raises StaleInstitution (412),
    OffRegister (409) when it is withdrawn already, Invalid (422) without a reason.
    """
    current = locked(institution, version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明撤销登记的原因。")]})
    check_texts({"reason": reason})
    if current.rectifications.open().exists():
        raise Invalid({"reason": [_("这家机构还有未销号的整改，请先销号，开错的请先作废。")]})
    if current.merges_here.standing().exists():
        raise Invalid({"reason": [_("有其他登记并入了这家机构，请先拆分。")]})
    before = audit.snapshot(current)
    current.withdrawn_at = at
    current.version += 1
    current.save(update_fields=["withdrawn_at", "version"])
    after = audit.snapshot(current) | {"reason": reason.strip()}
    audit.write(
        "institution.withdrawn", current, by=by, at=at, before=before, after=after, scope_code=current.scope_code
    )
    return current
