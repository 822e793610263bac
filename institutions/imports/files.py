"""Registers as they were handed in: kept whole, their questions answered, looked at, imported."""

import functools
import hashlib
import operator
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.canonical import canonical, digest_of
from accounts.errors import Refusal
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.imports import refusals
from institutions.imports.commit import check_name, commit_plan
from institutions.imports.plan import Plan, make_plan
from institutions.imports.questions import OF_A_COUNTY, keys_of_a_layout
from institutions.imports.workbook import Workbook, read_workbook
from institutions.models import Division, ImportAnswer, ImportBatch, RegisterFile


class PlanMovedOn(Refusal):
    """The register was changed since the plan was looked at: what would be done now is another thing."""

    code = "plan_moved_on"
    status = 409


def receive_file(
    data: bytes, *, file_name: str, division: Division, datum: str, by: User, at: datetime | None = None
) -> RegisterFile:
    """Keep a register that was handed in, once it can be read. Raises UnreadableFile (422) when it cannot be: then
    nothing is kept; so, too, under a name with an ID-card number in it."""
    check_name(file_name)
    make_plan(read_workbook(data, file_name), division, datum, by_somebody=True)
    with transaction.atomic():
        file = RegisterFile.objects.create(
            division=division,
            file_name=file_name[-200:],
            sha256=hashlib.sha256(data).hexdigest(),
            content=data,
            datum=datum,
            by=by,
            received_at=at or timezone.now(),
        )
        what = {"file_name": file.file_name, "sha256": file.sha256}
        audit.write("import.received", file, by=by, after=what, scope_code=division.scope_code, first=True)
    return file


def plan_of(file: RegisterFile) -> Plan:
    """What each row of a file that was handed in would do now."""
    workbook = read_workbook(bytes(file.content), file.file_name)
    return plan_as_remembered(workbook, file.division, file.datum, answers_to(file), by_somebody=True)


def plan_as_remembered(
    workbook: Workbook, division: Division, datum: str, answers: Mapping[str, str], *, by_somebody: bool
) -> Plan:
    """The plan of a workbook with what was answered, and with what was answered about the headings of the county's
    files before it and about wordings: behind the page and the command."""
    plan = make_plan(workbook, division, datum, answers, by_somebody=by_somebody)
    remembered = remembered_answers(division, plan.layout)
    if remembered.keys() <= answers.keys():
        return plan
    return make_plan(workbook, division, datum, remembered | dict(answers), by_somebody=by_somebody)


def answers_to(file: RegisterFile) -> dict[str, str]:
    """What was answered to the questions of a file, the last to each."""
    return dict(file.answers.order_by("pk").values_list("key", "value"))


def remembered_answers(division: Division, layout: str) -> dict[str, str]:
    """What was answered about the headings of the county's files of this layout, and about the wordings of any, the
    last to each: on the page, and to the command for what it imported."""
    answers = ImportAnswer.objects.filter(file__division=division)
    wordings = functools.reduce(operator.or_, (Q(key__startswith=start) for start in OF_A_COUNTY))
    of_county = dict(answers.filter(wordings).order_by("pk").values_list("key", "value"))
    answers = answers.filter(layout=layout)
    told = [(at, key, value) for at, key, value in answers.values_list("answered_at", "key", "value").order_by("pk")]
    imported = ImportBatch.objects.filter(division=division, file=None, summary__layout=layout)
    for at, summary in imported.order_by("recorded_at").values_list("recorded_at", "summary"):
        told += [(at, each["key"], each["answer"]) for each in summary["questions"] if each["answer"] is not None]
    said = {key: value for _at, key, value in sorted(told, key=lambda each: each[0])}
    return {key: said[key] for key in keys_of_a_layout(said)} | of_county


@recorded
def answer_questions(file: RegisterFile, answers: dict[str, str], *, by: User, at: datetime = NOW) -> None:
    """Keep answers to the questions of a file. Effects: a row for each, an audit row; no answer is rewritten."""
    layout = plan_of(file).layout
    ImportAnswer.objects.bulk_create(
        ImportAnswer(file=file, key=key[:200], value=value[:200], layout=layout, by=by, answered_at=at)
        for key, value in answers.items()
    )
    said = "；".join(f"{key}={value}" for key, value in answers.items())
    audit.write("import.answered", file, by=by, at=at, after={"answers": said}, scope_code=file.division.scope_code)


def plan_digest(plan: Plan) -> str:
    """SHA-256 over everything a plan says: two plans of one digest do the same."""
    return digest_of(canonical(plan.as_json(None)))


@recorded
def commit_file(file: RegisterFile, *, looked_at: str, by: User, at: datetime = NOW) -> ImportBatch:
    """Do what the plan said that was looked at (`looked_at` is its digest): it is made again, and nobody else imports
    into the county meanwhile.

    Raises PlanMovedOn (409) when it now says something else, NotCommitted (409) as `commit_plan`.
    """
    Division.objects.select_for_update().get(pk=file.division_id)
    plan = plan_of(file)
    if plan_digest(plan) != looked_at:
        raise PlanMovedOn(str(refusals.PLAN_MOVED_ON))
    return commit_plan(plan, file_name=file.file_name, sha256=file.sha256, by=by, file=file, at=at)
