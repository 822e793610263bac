"""排摸: the licence status with which a first survey counts, and what is to be said where a stated one does not."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from institutions.actions.judging import judged_before
from institutions.models import Institution, LicenceStatus


def status_at_survey(institution: Institution, on: date, stated: str, found: Sequence[str]) -> tuple[str, list[str]]:
    """The licence status with which an institution not yet surveyed enters the figures, and what is to be said of it:
    that by which a round before was judged, else what was `stated`, else what was `found` (see FindingType.meaning),
    else what the licences on file say."""
    judged = judged_before(institution)
    if judged is not None:
        if stated in ("", judged.status):
            return judged.status, []
        said = {"number": judged.number, "counts": judged.words, "stated": _named(stated)}
        return judged.status, [
            _("排摸以前已有整改 %(number)s，按责令当日记为“%(counts)s”；填写的证照情况“%(stated)s”只作记录。") % said
        ]
    if stated or found:
        return stated or found[0], []
    on_file = institution.licence_status_on(on)
    if on_file != LicenceStatus.NONE:
        return on_file, []
    return on_file, [_("没有填写证照情况，也没有在册证照和证照问题，排摸时证照情况记为“无证无照”。")]


def status_not_used(institution: Institution, stated: str) -> list[str]:
    """That a licence status stated at a visit that is no first survey is not used, and what counts instead."""
    if not stated:
        return []
    said: dict[str, object] = {"stated": _named(stated)}
    if institution.surveyed_on is None:
        return [_("首次排摸看到机构时才采用证照情况，填写的“%(stated)s”只作记录。") % said]
    said |= {"on": institution.surveyed_on, "counts": _named(institution.licence_status_at_survey)}
    return [
        _("该机构已于 %(on)s 排摸，排摸时证照情况为“%(counts)s”，不再改写；本次填写的“%(stated)s”只作记录。") % said
    ]


def _named(status: str) -> str:
    return str(LicenceStatus(status).label)
