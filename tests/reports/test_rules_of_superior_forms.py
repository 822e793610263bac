"""A superior's form is received, bound and filled where one prepares or approves reports, not wherever one sees it."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.errors import Invalid
from accounts.models import User
from institutions.imports.package import UnreadableFile
from institutions.models import Division
from reports.bindings import Words
from reports.models import SuperiorForm, SuperiorFormFile, SuperiorFormMapping
from reports.sample import sample
from reports.superior.actions import StaleMapping, bind_form, fill_form, receive_form
from reports.superior.pages import FormFile
from tests.factories import at, hand
from tests.reports.reporting import DECEMBER, HERE, THERE, lent
from tests.reports.superior.forms import city_form

pytestmark = pytest.mark.django_db
EITHER = pytest.mark.parametrize("role", ["task_force", "supervisor"])


def form_of(division: str, data: bytes = b"") -> SuperiorFormFile:
    known = {"by": hand("clerk"), "made_at": at("2018-12-01")}
    form = SuperiorForm.objects.create(division_id=division, name="市表", **known)
    kept = {"content": data, "sha256": "0" * 64, "by": form.by, "received_at": form.made_at}
    return form.files.create(file_name="市表.xlsx", **kept)


@pytest.mark.parametrize(("division", "refused"), [(HERE, UnreadableFile), (THERE, PermissionDenied)])
def test_form_is_received_where_reports_are_prepared(division, refused):
    with pytest.raises(refused):
        receive_form(b"", "市表.xlsx", division=Division.objects.get(pk=division), by=lent("task_force"))


@pytest.mark.parametrize(("division", "refused"), [(HERE, StaleMapping), (THERE, PermissionDenied)])
def test_form_is_bound_where_reports_are_prepared(division, refused):
    file = form_of(division)

    with pytest.raises(refused):
        bind_form(file.form, file, [], by=lent("task_force"), version=9, keys=[])


@EITHER
@pytest.mark.parametrize(("division", "refused"), [(HERE, Invalid), (THERE, PermissionDenied)])
def test_form_is_filled_where_reports_are_prepared_or_approved(role, division, refused):
    of_another_division = sample([], division="330324")

    with pytest.raises(refused):
        fill_form(
            form_of(division),
            SuperiorFormMapping(),
            of_another_division,
            by=lent(role),
            words=Words(DECEMBER, ""),
        )


def test_form_is_handed_in_for_a_division_in_which_one_prepares_reports():
    offered = FormFile(user=lent("task_force")).fields["division"].queryset

    assert [each.pk for each in offered] == [HERE]


@pytest.mark.parametrize(("role", "prepares"), [("task_force", True), ("supervisor", False)])
def test_page_of_forms_takes_one_from_who_prepares_reports(browse, role, prepares):
    client, path = browse(lent(role)), reverse("superior_forms")

    assert (client.get(path).context["form"] is not None) is prepares
    assert client.post(path, {"division": HERE}).status_code == (422 if prepares else 403)


def test_binding_is_offered_where_reports_are_prepared(browse):
    client = browse(lent("task_force", "supervisor"))

    def offered(division: str) -> bool:
        return client.get(form_of(division).form.get_absolute_url()).context["may_bind"]

    assert (offered(HERE), offered(THERE)) == (True, False)


def test_cells_are_shown_for_binding_where_reports_are_prepared(browse):
    client = browse(lent("task_force", "supervisor"))

    def status(division: str) -> int:
        return client.get(reverse("superior_form_bind", args=[form_of(division, city_form()).form_id])).status_code

    assert (status(HERE), status(THERE)) == (200, 403)


@EITHER
def test_form_opens_where_reports_are_prepared_or_approved(browse, role):
    user = lent(role)

    assert _statuses(browse, user, HERE) == [200, 422, 404]
    assert _statuses(browse, user, THERE) == [403, 403, 403]


def _statuses(browse, user: User, division: str) -> list[int]:
    """Of one form: its page, its filling without a binding, a filled one that there is none of."""
    form = form_of(division).form_id
    return [
        browse(user).get(reverse("superior_form", args=[form])).status_code,
        browse(user).post(reverse("superior_form_fill", args=[form])).status_code,
        browse(user).get(reverse("superior_form_filled", args=[form, uuid4()])).status_code,
    ]
