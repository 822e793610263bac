from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, Reasons
from accounts.models import User
from accounts.recording import NOW, recorded
from institutions.models import Institution, Licence


@recorded
def add_licence(institution: Institution, *, by: User | None, columns: dict[str, Any], at: datetime = NOW) -> Licence:
    """Enter a licence of an institution. Effects: the row, an audit row.

    Raises Invalid (422) when it ends before it begins or is on file already.
    """
    _check_licence(institution, columns)
    licence = Licence.objects.create(institution=institution, recorded_at=at, recorded_by=by, **columns)
    after = audit.snapshot(licence)
    audit.write("licence.added", licence, by=by, at=at, after=after, scope_code=institution.scope_code)
    return licence


def _check_licence(institution: Institution, columns: dict[str, Any]) -> None:
    """Every reason at once. The institution stays locked, so that of two equal licences the second one is refused."""
    errors: Reasons = {}
    start, end = columns["valid_from"], columns.get("valid_to")
    if end is not None and end < start:
        errors["valid_to"] = [_("有效期至 %(end)s 早于有效期自 %(start)s。") % {"end": end, "start": start}]
    on_file = Institution.objects.select_for_update().get(pk=institution.pk).licences
    if on_file.filter(kind=columns["kind"], number=columns["number"], valid_from=start).exists():
        same = {"number": columns["number"], "start": start}
        errors["number"] = [_("证号“%(number)s”、自 %(start)s 起有效的证照已登记过。") % same]
    if errors:
        raise Invalid(errors)
