"""合并 through its page, the API and the command: both registrations in scope, the old address leads to the new."""

from collections import Counter
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import AuditRow
from institutions.models import Institution, Merge
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    institution,
    licence_of,
    merge_of,
    round_of,
    seconded_from,
    user_with,
    visit_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def stays() -> Institution:
    return institution(name="绘声馆", operating_address="井大路8号", surveyed_on="2018-05-01")


@pytest.fixture
def goes() -> Institution:
    return institution(name="汇声馆", operating_address="井大路8号", surveyed_on=None)


def send(client, one: Institution, other: Institution, into: Institution, **changes):
    sent = {
        "other": str(other.pk),
        "into": str(into.pk),
        "reason": "门头一样",
        "one": one.version,
        "two": other.version,
    }
    return client.post(reverse("institution_merge", args=[one.pk]), sent | changes)


# --- The page


def test_page_offers_what_the_institution_may_be_and_finds_others(browse, taskforce, stays, goes):
    far = institution(NEXT_TO_LIUSHI, name="青竹教育")
    client, path = browse(taskforce), reverse("institution_merge", args=[goes.pk])

    offered, found = client.get(path), client.get(path, {"q": "青竹"})

    assert [(pair.first, pair.second) for pair in offered.context["pairs"]] == [(goes, stays)]
    assert found.context["found"] == [far]
    assert f"?other={far.pk}" in found.content.decode()


def test_search_for_the_other_is_in_the_trail_and_takes_no_id_number(browse, taskforce, goes):
    institution(NEXT_TO_LIUSHI, name="青竹教育")
    client, path = browse(taskforce), reverse("institution_merge", args=[goes.pk])

    refused, found = client.get(path, {"q": "王某110101199001011237"}), client.get(path, {"q": "青竹"})

    assert (refused.status_code, found.status_code) == (422, 200)
    (row,) = AuditRow.objects.filter(action="search")
    assert row.after == {"q": "青竹", "where": "institution_merge", "found": 1}
    assert (row.by, row.scope_code) == (taskforce, "330382000000")


def test_page_proposes_to_keep_the_surveyed_one(browse, taskforce, stays, goes):
    answer = browse(taskforce).get(reverse("institution_merge", args=[goes.pk]), {"other": str(stays.pk)})

    assert answer.context["form"]["into"].value() == str(stays.pk)


def test_page_proposes_to_keep_the_one_with_an_open_round(browse, taskforce, stays, goes):
    round_of(goes, "2018-09-01")

    answer = browse(taskforce).get(reverse("institution_merge", args=[stays.pk]), {"other": str(goes.pk)})

    assert answer.context["form"]["into"].value() == str(goes.pk)


@pytest.mark.parametrize("from_the_one_that_stays", [True, False])
def test_page_merges_whichever_it_was_opened_from(browse, taskforce, stays, goes, from_the_one_that_stays):
    one, other = (stays, goes) if from_the_one_that_stays else (goes, stays)

    answer = send(browse(taskforce), one, other, into=stays)

    assert answer.headers["Location"] == stays.get_absolute_url()
    merge = Merge.objects.get()
    assert (merge.merged, merge.into, merge.recorded_by, merge.reason) == (goes, stays, taskforce, "门头一样")


def test_page_says_why_not(browse, taskforce, stays, goes):
    round_of(goes, "2018-09-01")

    refused = send(browse(taskforce), goes, stays, into=stays)
    unsaid = send(browse(taskforce), goes, stays, into=goes, reason=" ")
    stale = send(browse(taskforce), goes, stays, into=goes, two=7)

    assert [each.status_code for each in (refused, unsaid, stale)] == [409, 422, 412]
    assert "有未销号的整改，请保留这一家" in refused.content.decode()
    assert "已被他人更新" in stale.content.decode()
    assert Merge.objects.count() == 0


def test_other_out_of_scope_is_absent_and_one_that_may_not_be_edited_forbidden(browse, stays):
    other = institution(NEXT_TO_LIUSHI)
    path = reverse("institution_merge", args=[stays.pk])
    of_one = browse(user_with("task_force", LIUSHI))
    hidden = [of_one.get(path, {"other": str(pk)}).status_code for pk in (other.pk, uuid4(), stays.pk, "nonsense")]

    clerk = browse(seconded_from("task_force", LIUSHI, "inspector", NEXT_TO_LIUSHI))

    assert hidden == [404] * 4
    assert clerk.get(path, {"other": str(other.pk)}).status_code == 403
    assert send(clerk, stays, other, into=stays).status_code == 403
    assert Merge.objects.count() == 0


def test_taking_apart_is_asked_with_a_reason_and_says_what_holds_it(browse, taskforce, stays, goes):
    merge = merge_of(goes, stays, "2018-10-01")
    client, path = browse(taskforce), reverse("institution_apart", args=[stays.pk, merge.pk])

    visit = visit_of(stays, "2018-10-05")
    held, refused = client.get(path), client.post(path, {"reason": "两家"})
    type(visit).objects.filter(pk=visit.pk).update(
        withdrawn_at=at("2018-10-06"), withdrawn_by=taskforce, withdraw_reason="记错"
    )
    done = client.post(path, {"reason": "两家"})

    assert "现在不能拆分：合并以后登记过走访" in held.content.decode()
    assert (refused.status_code, done.headers["Location"]) == (409, goes.get_absolute_url())
    assert Institution.objects.get(pk=goes.pk).on_register


def test_merge_of_a_registration_out_of_scope_is_not_taken_apart(browse, stays):
    merge = merge_of(institution(NEXT_TO_LIUSHI), stays)

    answer = browse(user_with("task_force", LIUSHI)).post(
        reverse("institution_apart", args=[stays.pk, merge.pk]), {"reason": "两家"}
    )

    assert answer.status_code == 404


# --- The old address, and the file of the one that stays


def test_old_address_leads_to_the_one_that_stays_and_says_so(browse, inspector, stays, goes):
    merge_of(goes, stays)
    client = browse(inspector)

    answer = client.get(goes.get_absolute_url())

    assert (answer.status_code, answer.headers["Location"]) == (302, stays.get_absolute_url())
    assert "“汇声馆”已并入“绘声馆”" in client.get(stays.get_absolute_url()).content.decode()


def test_file_of_the_one_that_stays_tells_what_happened_at_both(browse, taskforce, stays, goes):
    visit_of(goes, "2018-06-01", findings=("T01",))
    round_of(goes, "2018-06-02", verified_on="2018-07-01")
    licence_of(goes, "permit", number="教民133038200000077号")
    visit_of(stays, "2018-08-01")
    merge_of(goes, stays)

    answer = browse(taskforce).get(stays.get_absolute_url())
    own = browse(taskforce).get(f"{goes.get_absolute_url()}?own=1")

    told = Counter((entry["kind"], entry["of"]) for entry in answer.context["entries"] if entry["kind"] != "audit")
    assert told == {("event", "汇声馆"): 3, ("licence", "汇声馆"): 1, ("visit", None): 1, ("visit", "汇声馆"): 1}
    html = answer.content.decode()
    assert "原登记“汇声馆”" in html and "教民133038200000077号" in html
    assert reverse("institution_apart", args=[stays.pk, Merge.objects.get().pk]) in html
    assert Counter(entry["kind"] for entry in own.context["entries"]) == {"event": 3, "licence": 1, "visit": 1}


def test_what_was_merged_out_of_sight_is_not_told(browse, stays):
    hidden = institution(NEXT_TO_LIUSHI, name="汇声馆")
    visit_of(hidden, "2018-06-01")
    merge_of(hidden, stays)

    answer = browse(user_with("inspector", LIUSHI)).get(stays.get_absolute_url())

    assert (answer.context["entries"], answer.context["merges"]) == ([], [])
    assert "汇声馆" not in answer.content.decode()


def test_what_was_merged_where_one_may_do_other_things_is_told_in_its_own_file(browse, stays):
    """Who is an inspector here and an auditor there reads names there masked: the two are not told together."""
    there = institution(NEXT_TO_LIUSHI, name="汇声馆")
    visit_of(there, "2018-06-01", note="王某某 13800001111")
    merge_of(there, stays)
    reader = seconded_from("inspector", LIUSHI, "auditor", NEXT_TO_LIUSHI)

    answer = browse(reader).get(stays.get_absolute_url())

    assert answer.context["entries"] == []
    assert [each.merged for each in answer.context["merges"]] == [there]


# --- The API


def test_api_merges_and_takes_apart(api, taskforce, stays, goes):
    round_of(goes, "2018-06-02", verified_on="2018-07-01")
    client = api(taskforce)

    merged = client.post(
        f"/api/v1/institutions/{goes.pk}/merge/", {"into": str(stays.pk), "reason": "一家"}, format="json"
    )
    file, old = (client.get(f"/api/v1/institutions/{each.pk}/").json() for each in (stays, goes))
    apart = client.post(f"/api/v1/institutions/{goes.pk}/take-apart/", {"reason": "两家"}, format="json")

    assert (merged.status_code, merged.json()["merged_into"]) == (200, str(stays.pk))
    assert (old["merged_into"], file["merged_into"], file["merged_from"]) == (str(stays.pk), None, [str(goes.pk)])
    assert [each["institution"] for each in file["rectifications"]] == [str(goes.pk)]
    assert (apart.status_code, apart.json()["merged_into"], apart.json()["version"]) == (200, None, 3)
    assert [row.action for row in AuditRow.objects.filter(object_id=str(goes.pk)).order_by("pk")][-2:] == [
        "institution.merged", "institution.taken_apart",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"reason": "一家"}, 422), ({"into": "nonsense", "reason": "一家"}, 422), ({"into": str(uuid4()), "reason": "一"}, 422),
     ({"into": "it"}, 422), ({"into": "itself", "reason": "一家"}, 422)],
)  # fmt: skip
def test_api_says_what_is_missing(api, taskforce, stays, goes, sent, status):
    ids = {"it": str(stays.pk), "itself": str(goes.pk)}
    sent = {name: ids.get(value, value) for name, value in sent.items()}

    answer = api(taskforce).post(f"/api/v1/institutions/{goes.pk}/merge/", sent, format="json")

    assert answer.status_code == status
    assert answer.json()["errors"]


def test_api_asks_for_both_in_scope(api, stays):
    other = institution(NEXT_TO_LIUSHI)
    path = f"/api/v1/institutions/{stays.pk}/merge/"
    body = {"into": str(other.pk), "reason": "一家"}

    hidden = api(user_with("task_force", LIUSHI)).post(path, body, format="json")
    seen = api(seconded_from("task_force", LIUSHI, "inspector", NEXT_TO_LIUSHI)).post(path, body, format="json")
    not_mine = api(user_with("task_force", NEXT_TO_LIUSHI)).post(path, body, format="json")

    assert [each.status_code for each in (hidden, seen, not_mine)] == [422, 403, 404]
    assert Merge.objects.count() == 0


def test_api_takes_apart_only_what_is_merged_into_what_one_edits(api, taskforce, stays, goes):
    path = f"/api/v1/institutions/{goes.pk}/take-apart/"
    nothing = api(taskforce).post(path, {"reason": "两家"}, format="json")
    merge_of(goes, institution(NEXT_TO_LIUSHI))

    hidden = api(user_with("task_force", LIUSHI)).post(path, {"reason": "两家"}, format="json")
    seen = api(seconded_from("task_force", LIUSHI, "inspector", NEXT_TO_LIUSHI)).post(
        path, {"reason": "两家"}, format="json"
    )

    assert [each.status_code for each in (nothing, hidden, seen)] == [409, 409, 403]


# --- The command


def command(*words: str) -> str:
    out = StringIO()
    call_command("merge_institutions", *words, stdout=out)
    return out.getvalue()


def test_command_merges_and_takes_apart(stays, goes):
    assert "merged into" in command(str(goes.pk), str(stays.pk), "--reason", "一家")
    assert Institution.objects.get(pk=goes.pk).merged_into == stays

    assert "on the register again" in command(str(goes.pk), "--apart", "--reason", "两家")
    assert Institution.objects.get(pk=goes.pk).merged_into is None


@pytest.mark.parametrize(
    "words", [["one"], ["one", "two", "--apart"], ["one", "--apart"], ["one", "absent"], ["one", "one"]]
)
def test_command_says_what_it_cannot_do(stays, goes, words):
    ids = {"one": str(goes.pk), "two": str(stays.pk), "absent": str(uuid4())}

    with pytest.raises(CommandError):
        command(*[ids.get(word, word) for word in words], "--reason", "一家")
    assert Merge.objects.count() == 0
