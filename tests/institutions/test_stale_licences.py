"""Two clerks and one licence: what one has just recorded of it is shown to the other, whose page was open, and kept."""

import re

import pytest

from accounts.models import AuditRow
from institutions.actions import correct_licence, revoke_licence, withdraw_licence
from institutions.changes import licence_changes_since
from institutions.models import Institution, Licence
from tests.factories import at, day, institution, licence_of, user_with

NUMBER = "教民133038200000009"
TYPED = {
    "correct": {"kind": "permit", "number": "教民133038200000001", "valid_from": "2018-01-01", "reason": "抄错末位"},
    "end": {"on": "2018-06-30", "reason": "举办者变更"},
    "revoke": {"on": "2018-05-10"},
    "withdraw": {"reason": "登记错了机构"},
}


@pytest.fixture
def licence(db) -> Licence:
    return licence_of(institution(), "permit", number=NUMBER, recorded_at=at("2018-05-01"))


@pytest.fixture
def other(db):
    return user_with("task_force", "330382", "王同事")


@pytest.fixture
def clerk(browse, taskforce):
    return browse(taskforce)


def at_(licence: Licence, act: str) -> str:
    return f"/institutions/{licence.institution_id}/licences/{licence.pk}/{act}/"


def version_on(page) -> str:
    return re.search(r'name="version" value="(\d+)"', page.content.decode())[1]


def told(answer) -> list[tuple]:
    return [(each.field, each.before, each.after, each.mine, str(each.by)) for each in answer.context["meanwhile"]]


@pytest.mark.parametrize("act", TYPED)
def test_page_opened_before_the_revocation_is_shown_it_and_writes_nothing(clerk, other, licence, act):
    opened = version_on(clerk.get(at_(licence, act)))
    revoke_licence(licence, by=other, version=1, on=day("2018-06-01"))
    rows = AuditRow.objects.count()

    answer = clerk.post(at_(licence, act), TYPED[act] | {"version": opened})

    assert (answer.status_code, told(answer)) == (412, [("revoked_on", "—", "2018-06-01", None, "王同事")])
    standing = Licence.objects.standing().get()
    assert (standing.number, standing.revoked_on, AuditRow.objects.count()) == (NUMBER, day("2018-06-01"), rows)


@pytest.mark.parametrize(("seen", "told_now"), [(1, ["revoked_on"]), (2, [])])
def test_revocation_is_told_to_those_who_have_not_seen_it(other, licence, seen, told_now):
    revoke_licence(licence, by=other, version=1, on=day("2018-06-01"))
    licence.refresh_from_db()

    assert [each.field for each in licence_changes_since(licence, seen)] == told_now


def test_saved_again_after_seeing_the_revocation_it_goes_with_the_correction(clerk, other, licence):
    revoke_licence(licence, by=other, version=1, on=day("2018-06-01"))
    refused = clerk.post(at_(licence, "correct"), TYPED["correct"] | {"version": "1"})
    form = refused.context["form"]
    again = {name: form[name].value() or "" for name in form.fields} | {"version": version_on(refused)}

    answer = clerk.post(refused.context["action"], again)

    standing = Licence.objects.standing().get()
    assert (answer.status_code, standing.number) == (302, TYPED["correct"]["number"])
    assert standing.revoked_on == day("2018-06-01")


@pytest.mark.parametrize("act", TYPED)
def test_licence_corrected_meanwhile_is_shown_as_it_stands_now_and_the_page_leads_to_it(clerk, other, licence, act):
    new = correct_licence(
        licence, by=other, version=1, columns={"number": "教民133038200000005", "issued_by": "教育局"}, reason="抄错"
    )

    answer = clerk.post(at_(licence, act), TYPED[act] | {"version": "1"})

    mine = {"correct": TYPED["correct"]["number"]}.get(act)
    assert (answer.status_code, told(answer)) == (
        412,
        [("number", NUMBER, "教民133038200000005", mine, "王同事"), ("issued_by", "—", "教育局", None, "王同事")],
    )
    assert f'action="{at_(new, act)}"' in answer.content.decode()
    assert list(Licence.objects.standing()) == [new]


def test_what_was_typed_is_kept_and_what_was_not_touched_is_the_other_s(clerk, other, licence):
    columns = {"number": "教民133038200000005", "valid_to": day("2020-12-31")}
    correct_licence(licence, by=other, version=1, columns=columns, reason="抄错")

    form = clerk.post(at_(licence, "correct"), TYPED["correct"] | {"version": "1"}).context["form"]

    assert [str(form[name].value()) for name in ("number", "valid_to", "reason")] == [
        TYPED["correct"]["number"], "2020-12-31", "抄错末位",
    ]  # fmt: skip


@pytest.mark.parametrize("act", TYPED)
def test_licence_withdrawn_meanwhile_tells_why_and_stays_withdrawn(clerk, other, licence, act):
    withdraw_licence(licence, by=other, version=1, reason="另一家的")

    answer = clerk.post(at_(licence, act), TYPED[act] | {"version": "1"})
    again = clerk.post(at_(licence, act), TYPED[act] | {"version": version_on(answer)})

    assert (answer.status_code, told(answer)) == (412, [("withdraw_reason", "—", "另一家的", None, "王同事")])
    assert (again.status_code, "已经撤回" in again.content.decode()) == (422, True)
    assert Licence.objects.get().withdraw_reason == "另一家的"


def test_corrections_one_after_another_are_one_change_from_what_was_opened(clerk, other, taskforce, licence):
    second = correct_licence(licence, by=taskforce, version=1, columns={"number": "教民2"}, reason="抄错")
    revoke_licence(second, by=taskforce, version=1, on=day("2018-06-01"))
    correct_licence(second, by=other, version=2, columns={"number": "教民3", "revoked_on": None}, reason="又抄错")

    answer = clerk.post(at_(licence, "withdraw"), TYPED["withdraw"] | {"version": "1"})

    assert told(answer) == [("number", NUMBER, "教民3", None, "王同事")]


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 40])
def test_page_that_does_not_say_what_was_seen_is_stale(clerk, licence, version):
    answer = clerk.post(at_(licence, "withdraw"), TYPED["withdraw"] | {"version": version})

    assert answer.status_code == 412
    assert Licence.objects.standing().count() == 1


def test_what_is_wrong_with_the_typed_is_said_first_and_the_page_stays_as_old_as_it_was(clerk, other, licence):
    revoke_licence(licence, by=other, version=1, on=day("2018-06-01"))

    answer = clerk.post(at_(licence, "correct"), TYPED["correct"] | {"reason": "", "version": "1"})

    assert (answer.status_code, version_on(answer)) == (422, "1")
    assert Institution.objects.get().licences.count() == 1
