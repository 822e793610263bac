"""Registers as they were handed in: kept whole, their questions answered, looked at, imported."""

import functools
import hashlib
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone, translation

from accounts import audit, holding
from accounts.errors import Refusal
from accounts.models import User
from accounts.scope import within_prefixes
from accounts.watermark import NOW, recorded
from institutions.imports import fixes, progress, refusals
from institutions.imports.columns import Remark
from institutions.imports.commit import check_name, commit_plan
from institutions.imports.plan import Plan, make_plan
from institutions.imports.questions import OF_A_COUNTY, keys_of_a_layout
from institutions.imports.rollback import take_back_unfinished
from institutions.imports.stamp import stamp_of
from institutions.imports.stored import Text, as_text
from institutions.imports.workbook import Workbook, read_workbook
from institutions.models import (
    CellFix,
    Division,
    DuplicateDecision,
    ImportAnswer,
    ImportBatch,
    RegisterFile,
    StoredPlan,
)


class PlanMovedOn(Refusal):
    """The register was changed since the plan was looked at: what would be done now is another thing, and is kept as
    the plan to look at."""

    code = "plan_moved_on"
    status = 409


class NotReady(Refusal):
    """A plan that is not to be carried out: with errors, without the last answers, or carried out already."""

    code = "not_ready"
    status = 409


@dataclass(frozen=True)
class TakenIn:
    """The last answer, correction and decision that a plan goes by, by their keys; 0 for none."""

    answer: int
    fix: int
    decision: int


@dataclass(frozen=True)
class Made:
    """A plan just made of a file, in the language of whoever asks, with what it was made of."""

    plan: Plan
    workbook: Workbook
    fixed: Mapping[str, CellFix]
    taken_in: TakenIn

    @cached_property
    def text(self) -> Text:
        return as_text(self.plan, self.workbook, self.fixed)


# --- Handing in


def unsaved_file(data: bytes, *, file_name: str, division: Division, datum: str, by: User) -> RegisterFile:
    """A register as it was handed in, before it is kept. Raises Refusal (422) for a name with an ID-card number."""
    check_name(file_name)
    return RegisterFile(
        division=division,
        file_name=file_name[-200:],
        sha256=hashlib.sha256(data).hexdigest(),
        content=data,
        datum=datum,
        by=by,
        received_at=timezone.now(),
    )


def receive_file(data: bytes, *, file_name: str, division: Division, datum: str, by: User) -> RegisterFile:
    """Keep a register that was handed in, and the plan of it, once it can be read. Raises UnreadableFile (422) when it
    cannot be: then nothing is kept; so, too, under a name with an ID-card number in it."""
    file = unsaved_file(data, file_name=file_name, division=division, datum=datum, by=by)
    made = _made_of(file, read_workbook(data, file_name), {}, {}, TakenIn(0, 0, _last_decision(division)))
    with transaction.atomic():
        keep_file(file)
        keep_plan(file, made, by=by)
    return file


def keep_file(file: RegisterFile) -> None:
    """Effects: the row, an audit row."""
    with transaction.atomic():
        file.save(force_insert=True)
        what = {"file_name": file.file_name, "sha256": file.sha256}
        audit.write("import.received", file, by=file.by, after=what, scope_code=file.division.scope_code, first=True)


# --- Planning


def make(file: RegisterFile) -> Made:
    """What each row of a file that was handed in would do now. Raises UnreadableFile (422)."""
    taken_in = taken_in_now(file)
    workbook = read_workbook(bytes(file.content), file.file_name)
    return _made_of(file, workbook, fixes.standing(file), answers_to(file), taken_in)


def _made_of(
    file: RegisterFile,
    workbook: Workbook,
    fixed: Mapping[str, CellFix],
    answers: Mapping[str, str],
    taken_in: TakenIn,
) -> Made:
    workbook = fixes.with_fixes(workbook, fixed.values()) if fixed else workbook
    plan = plan_as_remembered(workbook, file.division, file.datum, answers, by_somebody=True)
    return Made(plan, workbook, fixed, taken_in)


def plan_as_remembered(
    workbook: Workbook, division: Division, datum: str, answers: Mapping[str, str], *, by_somebody: bool
) -> Plan:
    """The plan of a workbook with what was answered, and with what was answered about the headings of the county's
    files before it and about wordings: behind the page and the command."""
    plan = make_plan(workbook, division, datum, answers, by_somebody=by_somebody)
    remembered = remembered_answers(division, plan.layout)
    if remembered.keys() <= answers.keys():
        return plan
    del plan
    return make_plan(workbook, division, datum, remembered | dict(answers), by_somebody=by_somebody)


def plan_file(file: RegisterFile, *, by: User | None) -> StoredPlan:
    """Make the plan of a file anew, and keep it. Raises UnreadableFile (422)."""
    return keep_plan(file, make(file), by=by)


def keep_plan(file: RegisterFile, made: Made, *, by: User | None, instead_of: StoredPlan | None = None) -> StoredPlan:
    """Keep a plan by value, in the language it was made in."""
    content, parts = made.text.packed()
    return StoredPlan.objects.create(
        file=file,
        digest=made.text.digest,
        language=translation.get_language(),
        content=content,
        parts=parts,
        errors=len(made.plan.errors),
        last_answer=made.taken_in.answer,
        last_fix=made.taken_in.fix,
        last_decision=made.taken_in.decision,
        instead_of=instead_of,
        by=by,
        made_at=timezone.now(),
    )


def plan_of(file: RegisterFile) -> StoredPlan | None:
    """The plan that is to be looked at, in the language of whoever asks; None when there is none yet."""
    return file.plans.filter(language=translation.get_language()).order_by("-pk").first()


def taken_in_now(file: RegisterFile) -> TakenIn:
    answer = file.answers.aggregate(last=Max("pk"))["last"]
    fix = file.fixes.aggregate(last=Max("pk"))["last"]
    return TakenIn(answer or 0, fix or 0, _last_decision(file.division))


def _last_decision(division: Division) -> int:
    """Of those about rows of registers of the county."""
    of_rows = _decisions(division).aggregate(last=Max("pk"))
    return of_rows["last"] or 0


def _decisions(division: Division) -> QuerySet[DuplicateDecision]:
    of_county = within_prefixes("first__scope_code", [division.pk[:6]])
    return DuplicateDecision.objects.filter(of_county, second__isnull=True).order_by()


def left_to_take_in(file: RegisterFile, plan: StoredPlan) -> int:
    """How many answers, corrections and decisions came after a plan was made."""
    return (
        file.answers.filter(pk__gt=plan.last_answer).count()
        + file.fixes.filter(pk__gt=plan.last_fix).count()
        + _decisions(file.division).filter(pk__gt=plan.last_decision).count()
    )


# --- Answers


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
def answer_questions(file: RegisterFile, answers: dict[str, str], *, layout: str, by: User, at: datetime = NOW) -> None:
    """Keep answers to the questions of a file. Effects: a row for each, an audit row; no answer is rewritten.

    `layout` is that of its plan.
    """
    ImportAnswer.objects.bulk_create(
        ImportAnswer(file=file, key=key[:200], value=value[:200], layout=layout, by=by, answered_at=at)
        for key, value in answers.items()
    )
    said = "；".join(f"{key}={value}" for key, value in answers.items())
    audit.write("import.answered", file, by=by, at=at, after={"answers": said}, scope_code=file.division.scope_code)


# --- Importing


def commit_file(file: RegisterFile, *, looked_at: str, by: User, at: datetime = NOW) -> ImportBatch:
    """Do what the plan said that was looked at (`looked_at` is its digest): while nobody else enters institutions into
    the county it is made again, unless nothing was written there meanwhile, and has to say the same. What an import
    that was interrupted has left is taken back before.

    Raises PlanMovedOn (409) when it now says something else: the new plan is kept, beside the one looked at. NotReady
    (409) for one with errors, without the last answers, or of a file that is imported; NotCommitted (409) and Busy
    (503) as `commit_plan`.
    """
    seen = file.plans.filter(digest=looked_at).order_by("-pk").first()
    check_ready(file, seen)
    assert seen is not None
    with translation.override(seen.language):
        stamp, ahead = stamp_of(file.division), make(file)
        progress.at("writing", 0, len(ahead.plan.rows))
        with holding.alone(file.division_id):
            take_back_unfinished(file.division, by=by)
            check_ready(file, seen)
            made = ahead if stamp_of(file.division) == stamp and not ahead.plan.parts.plans else make(file)
            if made.text.digest != seen.digest:
                keep_plan(file, made, by=by, instead_of=seen)
                raise PlanMovedOn(str(refusals.PLAN_MOVED_ON))
            return commit_plan(made.plan, file_name=file.file_name, sha256=file.sha256, by=by, file=file, at=at)


def check_ready(file: RegisterFile, seen: StoredPlan | None) -> None:
    """Raise NotReady (409) unless the plan may be carried out, as far as the register is as it was."""
    if imported := file.batches.imported().first():
        day = f"{timezone.localtime(imported.recorded_at):%Y-%m-%d %H:%M}"
        raise NotReady(refusals.IMPORTED_ALREADY.format(at=day))
    if seen is None:
        raise NotReady(str(refusals.PLAN_NOT_SHOWN))
    if left := left_to_take_in(file, seen):
        raise NotReady(refusals.PLAN_IS_OLD.format(count=left))
    if seen.errors:
        raise NotReady(str(refusals.PLAN_HAS_ERRORS))


def import_workbook(
    workbook: Workbook,
    division: Division,
    datum: str,
    answers: Mapping[str, str],
    *,
    file_name: str,
    sha256: str,
    by: User | None = None,
    dry_run: bool = False,
) -> tuple[Plan, ImportBatch | None]:
    """What the command does: plan, and without errors write, while nobody else enters institutions into the county;
    planned again then only when something was written meanwhile, or rounds and visits come with it. What an import that
    was interrupted has left is taken back before, which a warning says. Raises as `commit_plan`."""
    by_somebody = by is not None
    left = [] if dry_run else take_back_unfinished(division, by=by)
    stamp = stamp_of(division)
    plan = plan_as_remembered(workbook, division, datum, answers, by_somebody=by_somebody)
    if plan.errors or dry_run:
        return _with_said(plan, left), None
    with holding.alone(division.pk):
        if stamp_of(division) != stamp or plan.parts.plans:
            plan = plan_as_remembered(workbook, division, datum, answers, by_somebody=by_somebody)
        plan = _with_said(plan, left)
        if plan.errors:
            return plan, None
        return plan, commit_plan(plan, file_name=file_name, sha256=sha256, by=by)


def _with_said(plan: Plan, left: list[ImportBatch]) -> Plan:
    """The plan, with a warning of what an interrupted import had left."""
    for batch in left:
        said = refusals.UNFINISHED_TAKEN_BACK.format(batch=batch.pk, file=batch.file_name)
        plan.warnings.append(Remark(0, "", said))
    return plan
