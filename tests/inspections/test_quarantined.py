"""A visit kept aside for a used id belongs to the institution its sender named: shown, listed and counted there."""

import json
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from accounts import guards
from accounts.models import AuditRow
from inspections.actions import NewFinding, record_visit, settle_quarantined
from inspections.errors import VisitConflict
from inspections.models import QuarantinedVisit, Visit
from institutions.models import Institution
from institutions.moments import today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, sent_visit, user_with

SECRET = "乙家的秘密备注"


@pytest.fixture
def here(db) -> Institution:
    """An institution in the inspector's township."""
    return institution(LIUSHI, name="甲培训")


@pytest.fixture
def there(db) -> Institution:
    """One in the outsider's, next to it."""
    return institution(NEXT_TO_LIUSHI, name="乙培训")


@pytest.fixture
def copy(here, there, inspector, outsider) -> QuarantinedVisit:
    """Recorded at 甲 by the inspector; the outsider sent another visit, at 乙, under the same id."""
    stored = record_visit(sent_visit(here, note="甲家的备注"), by=inspector, received_at=at("2018-10-01", 20))
    with pytest.raises(VisitConflict):
        record_visit(
            sent_visit(there, id=stored.id, note=SECRET, findings=[NewFinding("T01", "乙家的问题")]),
            by=outsider, received_at=at("2018-10-01", 21),
        )  # fmt: skip
    return QuarantinedVisit.objects.get()


def shown(client, path: str) -> str:
    answer = client.get(path)
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_copy_belongs_to_the_institution_it_names(copy, there):
    assert copy.institution == there


def test_text_is_shown_to_those_who_see_its_institution_and_to_nobody_else(
    browse, copy, inspector, outsider, taskforce
):
    visit = copy.visit.get_absolute_url()

    assert SECRET not in shown(browse(inspector), visit)
    assert shown(browse(inspector), copy.get_absolute_url()) == "404"
    assert SECRET in shown(browse(outsider), copy.get_absolute_url())
    assert SECRET in shown(browse(taskforce), visit)


def test_stored_visit_is_not_shown_to_those_who_see_the_copy_only(browse, copy, outsider):
    page = shown(browse(user_with("inspector", NEXT_TO_LIUSHI)), copy.get_absolute_url())

    assert [words for words in ("甲培训", "甲家的备注", str(copy.visit_id)) if words in page] == []
    assert shown(browse(outsider), copy.visit.get_absolute_url()) == "404"


def test_comparison_names_both_institutions_first(browse, copy, taskforce):
    for path in (copy.visit.get_absolute_url(), copy.get_absolute_url()):
        answer = browse(taskforce).get(path)
        comparison = answer.context["comparison"] if "comparison" in answer.context else answer.context["compared"][0]
        first = comparison.rows[0]
        assert (first.label, first.stored, first.received, first.differs) == ("机构", ["甲培训"], ["乙培训"], True)


def test_copy_by_itself_names_its_institution_first(browse, copy, outsider):
    answer = browse(outsider).get(copy.get_absolute_url())

    assert (answer.context["stated"][0].label, answer.context["stated"][0].lines) == ("机构", ["乙培训"])
    assert answer.context["comparison"] is None


def test_copy_is_listed_and_counted_for_those_who_see_its_institution(browse, copy, inspector, outsider, taskforce):
    def listed(user) -> tuple[int, bool]:
        answer = browse(user).get("/")
        return answer.context["quarantined_count"], copy.get_absolute_url() in answer.content.decode()

    assert (listed(inspector), listed(outsider), listed(taskforce)) == ((0, False), (1, True), (1, True))


def test_copy_is_in_the_file_of_its_institution_until_it_is_settled(browse, copy, here, there, taskforce):
    client = browse(taskforce)
    before = [copy.get_absolute_url() in shown(client, each.get_absolute_url()) for each in (here, there)]

    settle_quarantined(copy, by=taskforce)

    assert before == [False, True]
    assert copy.get_absolute_url() not in shown(client, there.get_absolute_url())


def test_copy_is_settled_where_it_belongs(browse, copy):
    of_here = user_with("task_force", LIUSHI)
    of_there = user_with("task_force", NEXT_TO_LIUSHI)

    answers = [browse(user).post(copy.get_absolute_url()).status_code for user in (of_here, of_there)]

    copy.refresh_from_db()
    assert (answers, copy.settled_by) == ([404, 302], of_there)


def test_audit_rows_are_of_the_institution_it_belongs_to(copy, there, taskforce):
    settle_quarantined(copy, by=taskforce)

    rows = AuditRow.objects.filter(action__in=["visit.quarantined", "visit.settled"])
    assert {row.scope_code for row in rows} == {there.scope_code}
    assert rows.count() == 2


def test_sender_is_led_to_the_copy_though_the_stored_visit_is_out_of_sight(browse, here, there, inspector, outsider):
    stored = record_visit(sent_visit(here, id=uuid4()), by=inspector, received_at=at("2018-10-01", 20))
    typed = {
        "id": str(stored.id), "institution": str(there.pk), "purpose": "routine", "result": "inspected",
        "happened_at": f"{today()}T00:00", "inspectors": ["outsider"], "note": SECRET,
    }  # fmt: skip

    answer = browse(outsider).post("/visits/new/", typed, follow=True)

    assert answer.redirect_chain == [(QuarantinedVisit.objects.get().get_absolute_url(), 302)]
    assert SECRET in answer.content.decode()
    assert Visit.objects.count() == 1


def test_copies_of_the_release_before_are_given_the_institution_they_name(copy, there):
    migration = import_module("inspections.migrations.0010_quarantined_visits_belong_to_an_institution")
    guards.drop_all(connection)
    QuarantinedVisit.objects.update(institution=copy.visit.institution)

    migration.fill_copies(apps, None)

    copy.refresh_from_db()
    assert copy.institution == there


def test_copy_of_an_institution_no_longer_on_file_stays_with_the_stored_visit(copy, here):
    migration = import_module("inspections.migrations.0010_quarantined_visits_belong_to_an_institution")
    guards.drop_all(connection)
    content = json.dumps(copy.stated | {"institution": str(uuid4())})
    QuarantinedVisit.objects.update(content=content)

    migration.fill_copies(apps, None)

    copy.refresh_from_db()
    assert copy.institution == here
