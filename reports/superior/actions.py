"""What is done with a superior's form: it is received, bound, filled."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

from accounts import audit
from accounts.canonical import canonical, digest_of
from accounts.errors import Invalid, Refusal
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.permissions import has_permission, require
from accounts.roles import Permission
from accounts.watermark import NOW, recorded
from institutions.imports.package import UnreadableFile
from institutions.models import Division, scope_code_of
from reports.bindings import Words
from reports.formats import days_of
from reports.models import FilledForm, SuperiorForm, SuperiorFormFile, SuperiorFormMapping
from reports.printed import Printed
from reports.superior.filling import filled
from reports.superior.mapping import (
    Bound,
    FormChanged,
    asked,
    bound_in,
    content_of,
    differences,
    require_unchanged,
)
from reports.superior.workbook import Form, open_form

MOST_NAME = 100


class StaleMapping(Refusal):
    """Somebody else bound the form since it was looked at."""

    code = "stale_version"
    status = 412


@recorded
def receive_form(
    data: bytes,
    file_name: str,
    *,
    division: Division,
    by: User,
    form: SuperiorForm | None = None,
    at: datetime = NOW,
) -> SuperiorFormFile:
    """Keep a form that a superior sent: the file that is there already, the next file of a form of the division that it
    is by its layout (or of `form`, when somebody says which), else a form of its own.

    Effects: a SuperiorFormFile, a SuperiorForm when it is none of those there, an audit row. Raises PermissionDenied,
    UnreadableFile.
    """
    require(by, Permission.PREPARE_REPORT, scope_code_of(division.code))
    name = PurePath(file_name.replace("\\", "/")).name[-200:]
    check_texts({"file": name})
    opened, sha256 = open_form(data, name), hashlib.sha256(data).hexdigest()
    for sheet in opened.parts:
        opened.xml(sheet)
    # Held until the end, so that of two who send the same file one finds the other's.
    Division.objects.select_for_update().get(pk=division.pk)
    files = SuperiorFormFile.objects.filter(form__division=division, sha256=sha256)
    there = (files.filter(form=form) if form else files).first()
    if there is not None:
        return there
    form = form or _known_by_layout(division, opened)
    if form is None:
        title = PurePath(name).stem[:MOST_NAME] or name[:MOST_NAME]
        form = SuperiorForm.objects.create(division=division, name=title, by=by, made_at=at)
    file = form.files.create(file_name=name, sha256=sha256, content=data, by=by, received_at=at)
    kept = {"file_name": name, "sha256": sha256}
    audit.write("superior_form.received", form, by=by, at=at, after=kept, scope_code=scope_code_of(division.code))
    return file


def _known_by_layout(division: Division, opened: Form) -> SuperiorForm | None:
    """The form of the division that is bound and of which every bound cell is where it was."""
    for form in SuperiorForm.objects.filter(division=division).order_by("-made_at"):
        mapping = form.last_mapping
        if mapping is not None and not differences(bound_of(mapping), opened):
            return form
    return None


@recorded
def bind_form(
    form: SuperiorForm,
    file: SuperiorFormFile,
    given: Any,
    *,
    by: User,
    version: int,
    keys: list[str],
    at: datetime = NOW,
) -> SuperiorFormMapping:
    """Say anew which cells of the form are filled with what; `version` is that of what was looked at, 0 for none.

    Effects: a SuperiorFormMapping, an audit row; nothing when nothing changed. Raises PermissionDenied, StaleMapping
    (412), Invalid (422) with a sentence for each cell that cannot be filled.
    """
    require(by, Permission.PREPARE_REPORT, scope_code_of(form.division_id))
    SuperiorForm.objects.select_for_update().get(pk=form.pk)
    last = form.mappings.last()
    if (last.version if last else 0) != version:
        raise StaleMapping(
            _("这份报表的绑定已被他人更新，请核对最新内容后再保存。"), version=last.version if last else 0
        )
    content = canonical(content_of(asked(given, opened(file), keys)))
    if last is not None and last.content == content:
        return last
    mapping = form.mappings.create(
        file=file, version=version + 1, content=content, digest=digest_of(content), by=by, made_at=at
    )
    kept = {"version": mapping.version, "cells": len(bound_of(mapping)), "sha256": mapping.digest}
    audit.write("superior_form.bound", form, by=by, at=at, after=kept, scope_code=scope_code_of(form.division_id))
    return mapping


@recorded
def fill_form(
    file: SuperiorFormFile,
    mapping: SuperiorFormMapping,
    printed: Printed,
    *,
    by: User,
    words: Words,
    at: datetime = NOW,
) -> FilledForm:
    """The form filled from a report. From a submitted one it is kept; from a draft it is a FilledForm that is in no
    table, marked 草稿 in its name.

    Effects: a FilledForm, an audit row of the export. Raises PermissionDenied, FormChanged (422) with the place,
    Invalid for a report of another division or a text with an ID-card number. Nothing half filled.
    """
    scope_code = scope_code_of(file.form.division_id)
    if not has_permission(by, Permission.APPROVE_REPORT, scope_code):
        require(by, Permission.PREPARE_REPORT, scope_code)
    if printed["division"] != file.form.division_id or mapping.form_id != file.form_id:
        raise Invalid({"report": [_("报告不是这个辖区的，不能填入这份报表。")]})
    content = filled(opened(file), bound_of(mapping), printed, words)
    made = FilledForm(
        file=file,
        mapping=mapping,
        report_sha256=printed.sha256,
        as_of=printed.as_of,
        words=asdict(words) | {"filled_on": words.filled_on.isoformat()},
        file_name=file_name(file.form, printed),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
        filled_at=at,
    )
    if printed.is_submitted:
        made.save(force_insert=True)
    audit.exported(
        by=by,
        what="superior_form" if printed.is_submitted else "superior_form_draft",
        question=f"form={file.form_id}&report={made.report_sha256}&sha256={made.sha256}",
        rows=len(bound_of(mapping)),
        divisions=[file.form.division_id],
    )
    return made


def file_name(form: SuperiorForm, printed: Printed) -> str:
    """市整改进展表_截至2018-12-31_第2版.xlsx; of a draft …_草稿.xlsx. The days are as in the report's own name."""
    state = f"第{printed['version']}版" if printed.is_submitted else "草稿"
    return f"{form.name}_{days_of(printed)}_{state}.xlsx"


def opened(file: SuperiorFormFile) -> Form:
    return open_form(bytes(file.content), file.file_name)


def bound_of(mapping: SuperiorFormMapping) -> list[Bound]:
    return bound_in(json.loads(mapping.content))


def changed_since(file: SuperiorFormFile, mapping: SuperiorFormMapping) -> str:
    """Why the file cannot be filled by this mapping, in a sentence; "" where it can."""
    try:
        require_unchanged(bound_of(mapping), opened(file))
    except (FormChanged, UnreadableFile) as refused:
        return refused.message
    return ""
