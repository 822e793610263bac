"""Chinese text on screens has Chinese punctuation: headings, labels that are read out, forms of the administration."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from inspections.actions import NewFinding
from institutions.moments import today
from tests.factories import LIUSHI, at, institution, round_of, sent_visit, user_with
from tests.worlds import full_file

ASCII = re.compile(r"[\u4e00-\u9fff”][,:;!?()]|[,:;!?()][\u4e00-\u9fff“]|\d,[\u4e00-\u9fff]")


def said(page) -> list[str]:
    """Texts and labels of a page."""
    plain = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", page.content.decode())
    labels = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', plain)
    return [html.unescape(each).strip() for each in [*re.split(r"<[^>]+>", plain), *labels]]


def wrong(page) -> list[str]:
    return [each for each in said(page) if ASCII.search(each)]


@pytest.mark.parametrize("path", ["/", "/institutions/", "/institutions/?q=甲&figure=surveyed"])
def test_pages_of_lists(browse, taskforce, path):
    round_of(institution(name="甲"), today(), due_on=today() + timedelta(1))

    assert wrong(browse(taskforce).get(path)) == []


def test_finding_with_a_note_of_a_copy_kept_aside(browse, taskforce):
    file = full_file(LIUSHI, "甲方", "13800001111", "red")
    school = file.school
    content = sent_visit(school, findings=[NewFinding("T01", "楼道堆物")]).content()
    copy = file.visit.quarantined.create(
        institution=school, digest="1" * 64, content=content, received_at=at("2018-10-02"), by=taskforce
    )
    texts = said(browse(taskforce).get(reverse("quarantined", args=[school.pk, copy.pk])))

    assert [each for each in texts if ":楼道堆物" in each] == []


def test_note_that_is_too_long(browse, taskforce):
    school = institution()
    answer = browse(taskforce).post(
        "/visits/new/", {"institution": school.pk, "findings": ["T01"], "note_T01": "长" * 301}
    )

    assert [each for _field, each in answer.context["errors"] if "T01:" in each] == []


@pytest.mark.parametrize("model", ["accounts_user", "institutions_division", "inspections_findingtype"])
def test_labels_of_the_administration(browse, db, model):
    page = browse(user_with("admin", "", "boss")).get(reverse(f"admin:{model}_add")).content.decode()

    labels = re.findall(r"<label[^>]*>([^<]+)</label>", page)
    assert labels != []
    assert [each for each in labels if each.endswith(":")] == []


def test_grants_of_an_account(browse, db):
    person = user_with("inspector", LIUSHI, "person")

    page = browse(user_with("admin", "", "boss")).get(reverse("admin:accounts_user_change", args=[person.pk]))

    headings = re.findall(r"<h3><b>([^<]*)</b>", page.content.decode())
    assert headings == ["授权："] * 2  # the one there is, and what another begins as
    assert [each for each in said(page) if each.endswith(":")] == []


def test_titles_of_the_administration_where_a_form_has_errors(browse, db):
    boss, person = user_with("admin", "", "boss"), user_with("inspector", LIUSHI, "person")
    browses = browse(boss)
    new, changed = reverse("admin:accounts_user_add"), reverse("admin:auth_user_password_change", args=[person.pk])

    pages = [browses.post(new, {}), browses.get(changed), browses.post(changed, {})]

    titles = [re.search("<title>(.*?)</title>", page.content.decode(), re.S)[1].strip() for page in pages]
    assert [page.status_code for page in pages] == [200] * 3
    assert [each for each in titles if "Error" in each or ASCII.search(each)] == []
