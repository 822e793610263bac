"""Who was there: colleagues are searched for, not cut, and form, search and action have one rule for who may be named."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.errors import Invalid
from accounts.models import Grant, User
from inspections.actions import record_visit
from inspections.colleagues import MOST_FOUND, MOST_SUGGESTED, may_be_named
from inspections.models import Visit
from institutions.models import Institution
from institutions.moments import today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, sent_visit, user_with

DAY = today()


@pytest.fixture
def school(db) -> Institution:
    return institution(LIUSHI, status="full")


@pytest.fixture
def crowd(db) -> list[User]:
    """A hundred inspectors of the county, whose user names come before everybody else's."""
    users = User.objects.bulk_create(User(username=f"a{at:03}", name=f"同事{at}", password="!") for at in range(100))
    Grant.objects.bulk_create(
        Grant(user=user, role="inspector", division_prefix="330382", valid_from="2018-01-01") for user in users
    )
    return users


@pytest.fixture
def send(browse, inspector, school):
    def posted(**typed):
        plain = {
            "id": str(uuid4()), "institution": str(school.pk), "purpose": "routine", "result": "inspected",
            "happened_at": f"{DAY}T00:00",
        }  # fmt: skip
        return browse(inspector).post("/visits/new/", plain | typed)

    return posted


def boxes(answer) -> dict[str, bool]:
    """The user names offered, with whether they are ticked."""
    return {username: chosen for username, _name, chosen, _costs in answer.context["inspectors"]}


def search(client, school, words: str) -> list[str]:
    answer = client.get(reverse("colleagues", args=[school.pk]), {"q": words})
    return [each["username"] for each in answer.json()["found"]]


# --- The form


def test_who_signed_in_is_offered_and_ticked_among_a_hundred_colleagues(browse, inspector, school, crowd):
    answer = browse(inspector).get(f"/visits/new/?institution={school.pk}")

    assert boxes(answer)["inspector"] is True
    assert len(boxes(answer)) == MOST_SUGGESTED + 1
    assert "还有其他同事未列出" in answer.content.decode()


def test_who_signed_in_records_a_visit_among_a_hundred_colleagues(send, inspector, crowd):
    answer = send(inspectors=["inspector", "a099"])

    assert answer.status_code == 302
    assert sorted(each.username for each in Visit.objects.get().inspectors.all()) == ["a099", "inspector"]


def test_nearest_are_offered_first(browse, inspector, school, crowd):
    user_with("inspector", LIUSHI, "zz")  # of the township, last by name

    answer = browse(inspector).get(f"/visits/new/?institution={school.pk}")

    assert list(boxes(answer))[:2] == ["inspector", "zz"]


def test_few_colleagues_are_all_offered_and_nobody_is_said_to_be_left_out(browse, inspector, taskforce, school):
    answer = browse(inspector).get(f"/visits/new/?institution={school.pk}")

    assert list(boxes(answer)) == ["inspector", "taskforce"]
    assert "未列出" not in answer.content.decode()


@pytest.mark.parametrize("typed", ["a077", "同事77", "a077、a078", "a077 a078", "a077，同事78"])
def test_colleague_is_named_by_typing_without_a_script(send, crowd, typed):
    answer = send(inspectors=["inspector"], more_inspectors=typed)

    named = sorted(each.username for each in Visit.objects.get().inspectors.all())
    assert answer.status_code == 302
    assert named in (["a077", "inspector"], ["a077", "a078", "inspector"])


def test_name_that_two_have_is_asked_about(send, inspector):
    for username in ("wang1", "wang2"):
        User.objects.filter(pk=user_with("inspector", LIUSHI, username).pk).update(name="王某")

    answer = send(inspectors=["inspector"], more_inspectors="王某")

    assert answer.status_code == 422
    assert [field for field, _reason in answer.context["errors"]] == ["inspectors"]
    assert 'value="王某"' in answer.content.decode()


def test_search_without_a_script_offers_who_was_found_and_keeps_the_form(send, crowd):
    answer = send(inspectors=["inspector"], more_inspectors="同事77", find="1", note="楼道堆放杂物")

    assert answer.status_code == 200
    assert (boxes(answer)["a077"], boxes(answer)["inspector"]) == (False, True)
    assert "楼道堆放杂物" in answer.content.decode()
    assert not Visit.objects.exists()


def test_who_was_ticked_stays_when_the_form_comes_back(send, crowd):
    answer = send(inspectors=["inspector", "a099"], result="nonsense")

    assert answer.status_code == 422
    assert boxes(answer)["a099"] is True


def test_nobody_named_is_refused(send):
    answer = send(inspectors=[], more_inspectors=" ")

    assert [field for field, _reason in answer.context["errors"]] == ["inspectors"]


# --- The search


def test_search_finds_by_user_name_and_by_name(browse, inspector, school, crowd):
    client = browse(inspector)

    assert search(client, school, "a077") == search(client, school, "同事77") == ["a077"]
    assert search(client, school, "a077 A078") == ["a077", "a078"]
    assert len(search(client, school, "同事")) == MOST_FOUND
    assert search(client, school, " ") == search(client, school, "没有这个人") == []


def test_search_is_for_those_who_record_visits_there(browse, inspector, auditor, outsider, school):
    path = reverse("colleagues", args=[school.pk])

    answers = [browse(user).get(path, {"q": "in"}).status_code for user in (inspector, auditor, outsider)]

    assert answers == [200, 403, 404]


# --- One rule


def test_form_search_and_action_name_the_same_people(browse, inspector, outsider, supervisor, taskforce, school):
    """Of the township, of the one next to it, of the county and the province; not a leader, one of another county, one
    whose grant has ended, or one who is disabled."""
    user_with("task_force", "33", "province")
    user_with("inspector", "330381", "neighbour")
    user_with("inspector", LIUSHI, "gone", valid_to=str(DAY - timedelta(days=1)))
    disabled = user_with("inspector", LIUSHI, "disabled")
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    everybody = set(User.objects.values_list("username", flat=True))

    named = set(may_be_named(school.scope_code, DAY).values_list("username", flat=True))
    offered = set(boxes(browse(inspector).get(f"/visits/new/?institution={school.pk}")))
    searched = {name for name in everybody if name in search(browse(inspector), school, name)}
    taken = {name for name in everybody if _is_taken(school, inspector, name)}

    assert named == {"inspector", "outsider", "taskforce", "province"}
    assert offered == searched == taken == named


def _is_taken(school, by, name: str) -> bool:
    try:
        record_visit(sent_visit(school, happened_at=at(DAY, 0), inspectors=[name]), by=by)
    except Invalid as refusal:
        assert list(refusal.errors) == ["inspectors"]
        return False
    return True


def test_somebody_with_two_grants_in_the_county_is_offered_once(browse, inspector, school):
    inspector.grants.create(role="task_force", division_prefix=NEXT_TO_LIUSHI, valid_from="2018-01-01")

    answer = browse(inspector).get(f"/visits/new/?institution={school.pk}")

    assert [username for username, _name, _chosen, _costs in answer.context["inspectors"]] == ["inspector"]
