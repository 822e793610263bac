"""The doors through which a bureau's templates and settings come in. Rows are added; the newest counts."""

import hashlib
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.permissions import require
from accounts.roles import Permission
from accounts.watermark import NOW, recorded
from institutions.models import Division
from reports.models import ReportSetting, ReportTemplate, TemplateUse
from reports.template_check import check_template


@recorded
def change_setting(*, division: Division, by: User, at: datetime = NOW, **values: Any) -> ReportSetting:
    """Say what stands above and below the text of a division's reports from now on.

    Effects: a ReportSetting, an audit row. Raises PermissionDenied (403), Invalid (422) by field.
    """
    require(by, Permission.PREPARE_REPORT, division.scope_code)
    check_texts({name: value for name, value in values.items() if isinstance(value, str)})
    setting = ReportSetting(division=division, by=by, set_at=at, **values)
    try:
        setting.full_clean()
    except ValidationError as refusal:
        raise Invalid(refusal.message_dict) from refusal
    setting.save(force_insert=True)
    audit.write(
        "report_setting.changed", setting, by=by, at=at, after=values, scope_code=division.scope_code, first=True
    )
    return setting


def receive_template(data: bytes, *, file_name: str, division: Division, by: User) -> ReportTemplate:
    """Keep a Word file as it was handed in, with what is wrong with it. It is put to use by `use_template`.

    Effects: a ReportTemplate, an audit row. Raises PermissionDenied (403), Invalid (422) for a file that is no
    template at all: nothing of it is kept.
    """
    require(by, Permission.PREPARE_REPORT, division.scope_code)
    name = PurePath(file_name.replace("\\", "/")).name[:200] or "template.docx"
    check_texts({"file": name})
    problems = [str(problem) for problem in check_template(data, name, division.code)]
    return _keep(data, name=name, problems=problems, division=division, by=by)


@recorded
def _keep(
    data: bytes, *, name: str, problems: list[str], division: Division, by: User, at: datetime = NOW
) -> ReportTemplate:
    sha256 = hashlib.sha256(data).hexdigest()
    template = ReportTemplate.objects.create(
        division=division, file_name=name, sha256=sha256, content=data, problems=problems, by=by, received_at=at
    )
    told = {"file_name": name, "file_sha256": sha256, "problems": len(problems)}
    audit.write(
        "report_template.received", template, by=by, at=at, after=told, scope_code=division.scope_code, first=True
    )
    return template


@recorded
def use_template(*, template: ReportTemplate | None, division: Division, by: User, at: datetime = NOW) -> TemplateUse:
    """Make the division's reports from this template from now on; with None from the shipped one again.

    Effects: a TemplateUse, an audit row. Raises PermissionDenied (403), Invalid (422) for one with problems.
    """
    require(by, Permission.PREPARE_REPORT, division.scope_code)
    if template is not None and template.problems:
        said = {"name": template.file_name, "count": len(template.problems)}
        raise Invalid({"template": [_("模板“%(name)s”还有 %(count)s 处问题，不能启用。") % said]})
    use = TemplateUse.objects.create(division=division, template=template, by=by, used_from=at)
    told = {"file_name": template.file_name if template else "", "file_sha256": template.sha256 if template else ""}
    audit.write("report_template.used", use, by=by, at=at, after=told, scope_code=division.scope_code, first=True)
    return use
