"""排摸: what is entered as the survey of an institution, and taken back again.

Whatever is merged into another one, that has a survey as soon as one of them has: its own, or one taken over.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.models import User
from accounts.watermark import NOW, recorded, recording
from institutions.actions.editing import Edited, write_columns
from institutions.actions.judging import judged_before
from institutions.models import Institution, WithdrawnSurvey

COLUMNS = (
    "surveyed_on", "licence_status_at_survey", "surveyed_recorded_at", "survey_visit", "survey_of_id",
    "survey_withdrawn",
)  # fmt: skip


class Survey(NamedTuple):
    """Its day and the licence status then; the visit it rests on, or the institution from which it is taken over."""

    on: date
    status: str
    visit: UUID | None = None
    of: UUID | None = None


def enter_survey(institution: Institution, survey: Survey, *, by: User | None, at: datetime) -> None:
    """Enter the first survey of an institution that is locked. What that is merged into has it, too, where it has none:
    from then on, for a phone may send the survey after the merge, but not from before the merge, where `at` is the
    moment of an import that others came between.

    Effects: the survey columns, an audit row for each.
    """
    before = audit.snapshot(institution)
    put_survey(institution, survey, at)
    institution.save(update_fields=COLUMNS)
    after = audit.snapshot(institution)
    audit.write(
        "institution.surveyed", institution, by=by, at=at, before=before, after=after, scope_code=institution.scope_code
    )
    if institution.merged_into_id is not None:
        stays = Institution.objects.select_for_update().get(pk=institution.merged_into_id)
        if stays.surveyed_on is None:
            with recording(max(at, institution.merges.standing().get().recorded_at)) as since:
                enter_survey(stays, taken_over(stays, institution), by=by, at=since)


def put_survey(institution: Institution, survey: Survey | None, at: datetime) -> None:
    """The survey on the instance, or none, unsaved."""
    institution.surveyed_on, institution.surveyed_recorded_at = (survey.on, at) if survey else (None, None)
    institution.licence_status_at_survey = survey.status if survey else ""
    institution.survey_visit, institution.survey_of_id = (survey.visit, survey.of) if survey else (None, None)


def taken_over(institution: Institution, merged: Institution) -> Survey:
    """The survey of what is merged into an institution as that has it, in whoever's place; with the licence status by
    which a round of the institution was judged before, if there is one."""
    assert merged.surveyed_on is not None
    judged = judged_before(institution)
    status = judged.status if judged else merged.licence_status_at_survey
    return Survey(merged.surveyed_on, status, of=merged.survey_of_id or merged.pk)


def survey_of_merged(institution: Institution) -> Survey | None:
    """The last survey of what is merged into it, to be taken over; None without one."""
    if not institution.has_merges:
        return None
    own = Institution.objects.filter(merged_into=institution, surveyed_on__isnull=False, survey_of=None)
    last = own.order_by("-surveyed_on", "pk").first()
    return None if last is None else taken_over(institution, last)


@recorded
def withdraw_survey(
    institution: Institution, *, by: User | None, instead: Survey | None = None, at: datetime = NOW
) -> Institution:
    """撤回排摸: the survey on file counts no longer, or another one counts from `at` on: `instead`, without it that of
    what was merged into it. What was known of the first before stays known as of then. Whatever took the survey over,
    when it was merged into that or with that into another, loses it, too.

    Effects: a WithdrawnSurvey, the survey columns, an audit row, for each. Raises Invalid (422) without a survey. The
    institution as it is now is given back.
    """
    current = Institution.objects.select_for_update().get(pk=institution.pk)
    if current.surveyed_on is None or current.surveyed_recorded_at is None:
        raise Invalid({"surveyed_on": [_("这家机构没有排摸可以撤回。")]})
    _withdraw(current, instead or survey_of_merged(current), by, at)
    took_over = Institution.objects.select_for_update().filter(survey_of=current, pk__in=current.merges.values("into"))
    for each in took_over.order_by("pk"):
        _withdraw(each, survey_of_merged(each), by, at)
    return current


def _withdraw(current: Institution, instead: Survey | None, by: User | None, at: datetime) -> None:
    """At the moment of an import it may have been taken over since: then it counted at no moment."""
    assert current.surveyed_recorded_at is not None
    before = audit.snapshot(current)
    with recording(max(at, current.surveyed_recorded_at)) as until:
        _withdrawn(current, instead, until).save(force_insert=True)
        current.save(update_fields=COLUMNS)
        audit.write(
            "institution.survey_withdrawn",
            current,
            by=by,
            at=until,
            before=before,
            after=audit.snapshot(current),
            scope_code=current.scope_code,
        )


def withdraw_surveys(institutions: Sequence[Institution], *, by: User | None, at: datetime) -> None:
    """`withdraw_survey` of many that have a survey and into which nothing was merged, as they were read.

    Effects: those of withdraw_survey, in the caller's transaction; the instances are changed. Raises StaleInstitution
    (412) when somebody else changed one since it was read.
    """
    if not institutions:
        return
    edited, rows = [], []
    for each in institutions:
        before = audit.plain({name: getattr(each, name) for name in COLUMNS})
        rows.append(_withdrawn(each, None, at))
        after = audit.plain({name: getattr(each, name) for name in COLUMNS})
        changed = [name for name in COLUMNS if after[name] != before[name]]
        old, new = {name: before[name] for name in changed}, {name: after[name] for name in changed}
        edited.append(Edited(each, each.version, old, new))
    write_columns("institution.survey_withdrawn", edited, by=by, at=at)
    WithdrawnSurvey.objects.bulk_create(rows)


def _withdrawn(current: Institution, instead: Survey | None, at: datetime) -> WithdrawnSurvey:
    """The survey that counts no longer, unsaved; on the instance, unsaved, what counts instead."""
    row = WithdrawnSurvey(
        institution=current,
        surveyed_on=current.surveyed_on,
        surveyed_recorded_at=current.surveyed_recorded_at,
        licence_status_at_survey=current.licence_status_at_survey,
        withdrawn_at=at,
    )
    put_survey(current, instead, at)
    current.survey_withdrawn = True
    return row
