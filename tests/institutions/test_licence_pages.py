"""The licences of an institution on its own page: corrected, ended, revoked, withdrawn, with the history of each."""

import pytest

from institutions.models import Institution, Licence
from tests.factories import NEXT_TO_LIUSHI, at, institution, licence_of, user_with

PERMIT = {"kind": "permit", "number": "教民133038200000001", "valid_from": "2018-01-01", "version": "1"}


@pytest.fixture
def school(db) -> Institution:
    return institution(name="甲培训")


@pytest.fixture
def licence(school) -> Licence:
    return licence_of(school, "permit", number="教民133038200000009", recorded_at=at("2018-05-01"))


@pytest.fixture
def clerk(browse, taskforce):
    return browse(taskforce)


def at_(licence: Licence, act: str = "") -> str:
    path = f"/institutions/{licence.institution_id}/licences/"
    return f"{path}{licence.pk}/{act}/" if act else path


def said(answer) -> str:
    return answer.content.decode()


def test_page_of_licences_leads_to_everything_that_may_be_done(clerk, licence):
    page = said(clerk.get(at_(licence)))

    assert [act for act in ("correct", "end", "revoke", "withdraw") if f'href="{at_(licence, act)}"' in page] == [
        "correct", "end", "revoke", "withdraw",
    ]  # fmt: skip
    assert f'href="{at_(licence)}"' in said(clerk.get(licence.institution.get_absolute_url()))


@pytest.mark.parametrize("role", ["inspector", "supervisor", "auditor"])
def test_who_may_not_edit_sees_the_history_and_no_door(browse, licence, role):
    page = said(browse(user_with(role, "330382")).get(at_(licence)))

    assert licence.number in page
    assert at_(licence, "correct") not in page


def test_licence_is_corrected_on_the_page_and_its_history_is_told(clerk, licence, taskforce):
    form = said(clerk.get(at_(licence, "correct")))
    typed = PERMIT | {"issued_by": "乐清市教育局", "valid_to": "2020-12-31", "reason": "抄错末位"}

    answer = clerk.post(at_(licence, "correct"), typed, follow=True)

    page = said(clerk.get(at_(licence)))
    assert f'value="{licence.number}"' in form  # what is on file is filled in
    assert answer.redirect_chain == [(licence.institution.get_absolute_url(), 302)]
    assert Licence.objects.standing().get().number == "教民133038200000001"
    assert "教民133038200000009 → 教民133038200000001" in page
    assert "抄错末位" in page and str(taskforce) in page
    assert "已更正" in said(answer)


def test_licence_is_ended_early_on_the_page(clerk, licence):
    clerk.post(at_(licence, "end"), {"on": "2018-06-30", "reason": "举办者变更", "version": "1"})

    assert str(Licence.objects.standing().get().valid_to) == "2018-06-30"
    assert "长期 → 2018-06-30" in said(clerk.get(at_(licence)))


@pytest.mark.parametrize(
    ("act", "typed", "field"),
    [
        ("correct", PERMIT | {"reason": ""}, "reason"),
        ("correct", PERMIT | {"reason": "身份证 330382197001011234"}, "reason"),
        ("correct", PERMIT | {"reason": "错", "number": "330382197001011234"}, "number"),
        ("correct", PERMIT | {"reason": "错", "issued_by": "330382197001011234"}, "issued_by"),
        ("correct", PERMIT | {"reason": "错", "valid_to": "2017-01-01"}, "valid_to"),
        ("correct", PERMIT | {"reason": "错", "valid_from": "0018-01-01"}, "valid_from"),
        ("end", {"on": "2017-12-31", "reason": "错", "version": "1"}, "on"),
        ("end", {"on": "2018-12-31", "reason": ""}, "reason"),
        ("end", {"on": "", "reason": "错"}, "on"),
        ("withdraw", {"reason": "身份证 330382197001011234"}, "reason"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(clerk, licence, act, typed, field):
    answer = clerk.post(at_(licence, act), typed)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Licence.objects.get().withdrawn_at is None
    if act == "correct" and field != "number":
        assert 'value="教民133038200000001"' in said(answer)


def test_revoked_day_is_corrected_on_the_page_or_taken_away(clerk, licence):
    clerk.post(at_(licence, "revoke"), {"on": "2018-05-01", "version": "1"})

    clerk.post(at_(licence, "correct"), PERMIT | {"revoked_on": "", "reason": "吊销的是另一家", "version": "2"})

    assert Licence.objects.standing().get().revoked_on is None


def test_licence_is_not_entered_for_an_institution_that_was_withdrawn(clerk, licence, school):
    Institution.objects.filter(pk=school.pk).update(withdrawn_at=at("2018-06-01"))

    shown, sent = clerk.get(f"{at_(licence)}new/"), clerk.post(f"{at_(licence)}new/", PERMIT)

    assert (shown.status_code, sent.status_code) == (409, 409)
    assert "登记已经撤销" in said(sent)
    assert Licence.objects.count() == 1
    assert at_(licence, "correct") not in said(clerk.get(at_(licence)))


def test_permit_of_another_institution_asks_before_it_is_shared(clerk, licence):
    other = institution(NEXT_TO_LIUSHI, name="乙培训")
    typed = PERMIT | {"number": licence.number}
    path = f"/institutions/{other.pk}/licences/new/"

    refused, taken = clerk.post(path, typed), clerk.post(path, typed | {"shared": "on"})

    assert (refused.status_code, taken.status_code) == (409, 302)
    assert 'name="shared"' in said(refused) and "甲培训" in said(refused)


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "warned"),
    [
        ("permit", "教民 １３３０３８２００００００７７ 号", "教民133038200000077号", False),
        ("permit", "浙教123", "浙教123", True),
        ("registration", "91350100m0001tgqxm", "91350100M0001TGQXM", True),  # a real code that fails its checksum
        ("registration", "91350200MA2YJ1XR9G", "91350200MA2YJ1XR9G", False),
        ("registration", "民办非企第 0123 号", "民办非企第0123号", False),
    ],
)
def test_number_is_read_as_the_import_reads_it(clerk, school, kind, typed, kept, warned):
    answer = clerk.post(
        f"/institutions/{school.pk}/licences/new/", PERMIT | {"kind": kind, "number": typed}, follow=True
    )

    assert Licence.objects.get().number == kept
    assert any(kept in str(message) for message in answer.context["messages"]) is warned
