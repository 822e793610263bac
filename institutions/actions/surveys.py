from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.actions.editing import Edited, write_columns
from institutions.models import Institution, WithdrawnSurvey


@recorded
def withdraw_survey(
    institution: Institution, *, by: User | None, instead: tuple[date, str] | None = None, at: datetime = NOW
) -> Institution:
    """撤回排摸: the survey on file counts no longer, or another one counts from `at` on: `instead` is its day and the
    licence status then; without it that of what was merged into it. What was known of the first before stays known as
    of then. What took the survey over when this was merged into it loses it, too.

    Effects: a WithdrawnSurvey, the survey columns, an audit row. Raises Invalid (422) when there is no survey. The
    institution as it is now is given back.
    """
    current = Institution.objects.select_for_update().get(pk=institution.pk)
    if current.surveyed_on is None or current.surveyed_recorded_at is None:
        raise Invalid({"surveyed_on": [_("这家机构没有排摸可以撤回。")]})
    before = audit.snapshot(current)
    _withdrawn(current, instead or survey_of_merged(current), at).save(force_insert=True)
    columns = ["surveyed_on", "licence_status_at_survey", "surveyed_recorded_at", "survey_withdrawn"]
    current.save(update_fields=columns)
    after = audit.snapshot(current)
    audit.write(
        "institution.survey_withdrawn",
        current,
        by=by,
        at=at,
        before=before,
        after=after,
        scope_code=current.scope_code,
    )
    merge = current.merges.standing().select_related("into").first()
    if merge is not None and merge.into.surveyed_recorded_at == merge.recorded_at:
        withdraw_survey(merge.into, by=by, at=at)
    return current


def withdraw_surveys(institutions: Sequence[Institution], *, by: User | None, at: datetime) -> None:
    """`withdraw_survey` of many that have a survey and into which nothing was merged, as they were read.

    Effects: those of withdraw_survey, in the caller's transaction; the instances are changed. Raises StaleInstitution
    (412) when somebody else changed one since it was read.
    """
    if not institutions:
        return
    names = ("surveyed_on", "licence_status_at_survey", "surveyed_recorded_at", "survey_withdrawn")
    edited, rows = [], []
    for each in institutions:
        before = audit.plain({name: getattr(each, name) for name in names})
        rows.append(_withdrawn(each, None, at))
        after = audit.plain({name: getattr(each, name) for name in names})
        changed = [name for name in names if after[name] != before[name]]
        old, new = {name: before[name] for name in changed}, {name: after[name] for name in changed}
        edited.append(Edited(each, each.version, old, new))
    write_columns("institution.survey_withdrawn", edited, by=by, at=at)
    WithdrawnSurvey.objects.bulk_create(rows)


def _withdrawn(current: Institution, instead: tuple[date, str] | None, at: datetime) -> WithdrawnSurvey:
    """The survey that counts no longer, unsaved; on the instance, unsaved, what counts instead."""
    row = WithdrawnSurvey(
        institution=current,
        surveyed_on=current.surveyed_on,
        surveyed_recorded_at=current.surveyed_recorded_at,
        licence_status_at_survey=current.licence_status_at_survey,
        withdrawn_at=at,
    )
    current.surveyed_on, current.licence_status_at_survey = instead or (None, "")
    current.surveyed_recorded_at = at if instead else None
    current.survey_withdrawn = True
    return row


def survey_of_merged(institution: Institution) -> tuple[date, str] | None:
    """Day and licence status of the last survey of what is merged into it; None without one."""
    if not institution.has_merges:
        return None
    merged = Institution.objects.filter(merged_into=institution, surveyed_on__isnull=False)
    last_first = merged.order_by("-surveyed_on", "pk").values_list("surveyed_on", "licence_status_at_survey")
    found = last_first.first()
    return (found[0], found[1]) if found is not None and found[0] is not None else None
