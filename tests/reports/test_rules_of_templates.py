"""A bureau's settings and templates are seen where one prepares or approves reports, and put to use where one prepares
them."""

from urllib.parse import unquote

import pytest
from django.urls import reverse

from reports.as_docx import TEMPLATE
from reports.document_forms import divisions_of
from reports.models import ReportTemplate, TemplateUse
from tests.factories import at, hand
from tests.reports.reporting import HERE, THERE, lent

pytestmark = pytest.mark.django_db


def template_of(division: str, data: bytes = b"") -> ReportTemplate:
    kept = {"content": data, "sha256": "0" * 64, "by": hand("clerk"), "received_at": at("2018-12-01")}
    return ReportTemplate.objects.create(division_id=division, file_name="模板.docx", **kept)


def test_documents_are_set_for_divisions_in_which_one_prepares_reports():
    assert [each.pk for each in divisions_of(lent("task_force"))] == [HERE]


@pytest.mark.parametrize("role", ["task_force", "supervisor"])
def test_templates_are_seen_where_reports_are_prepared_or_approved(role):
    here, _there = template_of(HERE), template_of(THERE)

    assert list(ReportTemplate.objects.visible_to(lent(role))) == [here]


def test_template_is_put_to_use_where_reports_are_prepared(browse):
    client = browse(lent("task_force", "supervisor"))

    statuses = [
        client.post(reverse("report_template", args=[template_of(code).pk])).status_code for code in (HERE, THERE)
    ]

    assert statuses == [302, 403]
    assert [each.division_id for each in TemplateUse.objects.all()] == [HERE]


def test_template_of_a_city_is_tried_with_the_division_in_which_one_prepares_reports(browse):
    """The other of the two divisions comes first by its code."""
    path = reverse("report_template_filled", args=[template_of("3303", TEMPLATE.read_bytes()).pk])

    answer = browse(lent("task_force")).get(path)

    assert "试填_乐清市_" in unquote(answer["Content-Disposition"])
