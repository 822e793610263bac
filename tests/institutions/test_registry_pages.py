"""Registry pages: what a clerk types is taken or refused in words, kept, and never overwrites somebody else's."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import AuditRow
from institutions.actions import edit_institution, rename_institution
from institutions.forms import InstitutionForm
from institutions.models import Division, Institution, Licence
from institutions.moments import today
from institutions.positions import distance_m
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, licence_of, round_of, user_with

TYPED = {"name": "甲培训", "division": LIUSHI, "category": "subject", "datum": "wgs84"}
LICENCE = {"kind": "permit", "number": "教民1", "valid_from": "2018-01-01"}


@pytest.fixture
def school(db) -> Institution:
    return institution(name="甲培训", phone="13800000001", position=(120.95, 28.1))


@pytest.fixture
def clerk(browse, taskforce):
    return browse(taskforce)


def edited(school: Institution, **typed) -> dict:
    """What the edit page would post, with changes."""
    position = {"longitude": str(school.longitude), "latitude": str(school.latitude)}
    return TYPED | {"name": school.name, "phone": school.phone, "version": str(school.version)} | position | typed


def said(answer) -> str:
    return answer.content.decode()


def test_new_institution_is_registered_by_whoever_typed_it(clerk, taskforce):
    answer = clerk.post("/institutions/new/", TYPED | {"principal": "王某", "learners": "40"}, follow=True)

    school = Institution.objects.get()
    assert answer.redirect_chain == [(school.get_absolute_url(), 302)]
    assert (school.principal, school.learners, school.scope_code) == ("王某", 40, f"{LIUSHI}000")
    assert AuditRow.objects.get(action="institution.registered").by == taskforce


def test_position_typed_in_gcj02_is_stored_as_wgs84(clerk):
    clerk.post("/institutions/new/", TYPED | {"longitude": "120.95", "latitude": "28.1", "datum": "gcj02"})

    school = Institution.objects.get()
    assert (school.datum, school.location_source) == ("gcj02", "map_pin")
    assert 480 < distance_m(school.position, (120.95, 28.1)) < 600  # about 540 m at Yueqing


def test_position_is_not_moved_by_saving_it_again(clerk, school):
    Institution.objects.filter(pk=school.pk).update(datum="gcj02", location_source="phone", location_accuracy_m=8)

    clerk.post(f"/institutions/{school.pk}/edit/", edited(school, phone="13800000002"))

    school.refresh_from_db()
    assert (school.position, school.datum, school.location_accuracy_m) == ((120.95, 28.1), "gcj02", 8)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"),
        ({"division": "330381001"}, "division"),  # of another county
        ({"longitude": "120.95"}, "latitude"),
        ({"longitude": "220", "latitude": "28"}, "longitude"),
        ({"learners": "-1"}, "learners"),
        ({"learners": "999999999999"}, "learners"),
        ({"teachers": "2147483648"}, "teachers"),
        ({"area_m2": "-5"}, "area_m2"),
        ({"area_m2": "99999999"}, "area_m2"),
        ({"name": "\u200b"}, "name"),  # nothing is left of it
        ({"name": "\ufdfa" * 100}, "name"),  # 18 characters each once they are written out
        ({"principal": "\ufdfa" * 40}, "principal"),
        ({"credit_code": "123"}, "credit_code"),
        ({"phone": "330382197001011234"}, "phone"),  # an ID-card number is not stored
        ({"principal": "王某 330382197001011234"}, "principal"),
        ({"operating_address": "柏树路 9 号 330382197001011234"}, "operating_address"),
        ({"signboard_name": "330382197001011234"}, "signboard_name"),
    ],
)
def test_wrong_field_is_refused_by_its_name_and_the_rest_is_kept(clerk, typed, field):
    answer = clerk.post("/institutions/new/", TYPED | {"registered_address": "柏树路 9 号"} | typed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'href="#id_{field}"' in said(answer)
    assert 'value="柏树路 9 号"' in said(answer)
    assert not Institution.objects.exists()


# --- Moves and renames


def test_edit_page_asks_from_which_day_and_offers_today(clerk, school):
    page = said(clerk.get(f"/institutions/{school.pk}/edit/"))

    assert f'name="from_on" value="{today()}"' in page
    assert 'name="from_on"' not in said(clerk.get("/institutions/new/"))


def test_institution_moved_and_renamed_on_the_page_keeps_what_was_before(clerk, school):
    typed = {"name": "乙培训", "division": NEXT_TO_LIUSHI, "operating_address": "新路1号", "from_on": "2018-05-01"}

    answer = clerk.post(f"/institutions/{school.pk}/edit/", edited(school, **typed), follow=True)

    assert [(each.name, str(each.from_on)) for each in school.names.all()] == [
        ("甲培训", "2000-01-01"),
        ("乙培训", "2018-05-01"),
    ]
    assert [(each.division_id, str(each.from_on)) for each in school.places.all()] == [
        (LIUSHI, "2000-01-01"),
        (NEXT_TO_LIUSHI, "2018-05-01"),
    ]
    assert "请核对地图上的位置" in said(answer)  # the position is still that of before


def test_former_names_and_places_are_told_on_the_file_and_on_the_form(clerk, school):
    typed = {"name": "乙培训", "division": NEXT_TO_LIUSHI, "operating_address": "新路1号", "from_on": "2018-05-01"}
    clerk.post(f"/institutions/{school.pk}/edit/", edited(school, **typed))

    file, form = said(clerk.get(school.get_absolute_url())), said(clerk.get(f"/institutions/{school.pk}/edit/"))

    assert "曾用名" in file and "原址" in file and "更名为" in file and "办学地点变更为" in file
    assert "曾用名：甲培训（至 2018-04-30）" in form
    assert "原址：柳市镇（至 2018-04-30）" in form


def test_move_from_a_day_in_the_future_is_refused_beside_the_day(clerk, school):
    tomorrow = today() + timedelta(days=1)

    answer = clerk.post(f"/institutions/{school.pk}/edit/", edited(school, name="乙培训", from_on=str(tomorrow)))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["from_on"]
    assert Institution.objects.get().name == "甲培训"


def test_township_that_is_no_more_is_not_offered_unless_it_is_the_institution_s(clerk, school):
    Division.objects.filter(pk__in=[LIUSHI, NEXT_TO_LIUSHI]).update(in_force_to="2018-01-01")

    page = said(clerk.get(f"/institutions/{school.pk}/edit/"))

    assert (f'value="{LIUSHI}" selected' in page, f'value="{NEXT_TO_LIUSHI}"' in page) == (True, False)


# --- Licences


def test_licence_is_revoked_from_a_day_on(clerk, school):
    licence = licence_of(school, "permit", "2018-01-01")

    clerk.post(f"/institutions/{school.pk}/licences/{licence.pk}/revoke/", {"on": "2018-05-01", "version": "1"})

    licence.refresh_from_db()
    assert str(licence.revoked_on) == "2018-05-01"
    assert "吊销或注销" in said(clerk.get(school.get_absolute_url()))


def test_withdrawn_licence_leaves_the_table_and_stays_in_the_course_of_things(clerk, school, api, taskforce):
    licence = licence_of(school, "permit", "2018-01-01", number="教民1")

    clerk.post(f"/institutions/{school.pk}/licences/{licence.pk}/withdraw/", {"reason": "登记错了机构", "version": "1"})

    page = said(clerk.get(school.get_absolute_url()))
    assert "没有登记证照。" in page
    assert (page.count("教民1"), "已撤回" in page) == (1, True)
    assert api(taskforce).get(f"/api/v1/institutions/{school.pk}/").json()["licences"] == []


@pytest.mark.parametrize(("act", "typed"), [("revoke", {"on": "2017-01-01"}), ("withdraw", {"reason": " "})])
def test_licence_page_says_why_it_refuses(clerk, school, act, typed):
    licence = licence_of(school, "permit", "2018-01-01")

    answer = clerk.post(f"/institutions/{school.pk}/licences/{licence.pk}/{act}/", typed | {"version": "1"})

    assert answer.status_code == 422
    assert len(answer.context["form"].errors) == 1


def test_credit_code_with_a_wrong_check_digit_is_taken_with_a_warning(clerk):
    # 91350100M0001TGQXM is a real code that fails its checksum.
    answer = clerk.post("/institutions/new/", TYPED | {"credit_code": "91350100m0001tgqxm"}, follow=True)

    assert Institution.objects.get().credit_code == "91350100M0001TGQXM"
    assert "91350100M0001TGQXM" in " ".join(str(message) for message in answer.context["messages"])


def test_stale_edit_shows_what_is_on_file_and_keeps_what_was_typed(clerk, school, taskforce):
    edit_institution(school, by=taskforce, version=1, columns={"phone": "13900000009"})

    answer = clerk.post(f"/institutions/{school.pk}/edit/", edited(school, phone="13800000002"))

    assert answer.status_code == 412
    assert [(each.label, each.before, each.after, each.mine) for each in answer.context["meanwhile"]] == [
        ("联系电话", "13800000001", "13900000009", "13800000002")
    ]
    assert 'value="13800000002"' in said(answer)
    assert Institution.objects.get().phone == "13900000009"


def test_stale_edit_saved_again_after_seeing_both_is_taken(clerk, school, taskforce):
    edit_institution(school, by=taskforce, version=1, columns={"phone": "13900000009"})
    first = clerk.post(f"/institutions/{school.pk}/edit/", edited(school, phone="13800000002"))

    clerk.post(
        f"/institutions/{school.pk}/edit/", edited(school, phone="13800000002", version=first.context["version"])
    )

    assert Institution.objects.get().phone == "13800000002"


def test_mistake_while_somebody_else_saved_does_not_hide_that_they_did(clerk, school, taskforce):
    edit_institution(school, by=taskforce, version=1, columns={"phone": "13900000009"})

    answer = clerk.post(f"/institutions/{school.pk}/edit/", edited(school, name=""))

    assert answer.status_code == 422
    assert answer.context["version"] == 1  # what was read, so that the next attempt is refused as stale


@pytest.mark.parametrize("version", ["", "x", "²", "-1", "9" * 5000])
def test_version_that_is_no_number_is_stale(clerk, school, version):
    assert clerk.post(f"/institutions/{school.pk}/edit/", edited(school, version=version)).status_code == 412


def test_licence_is_added_and_shown_on_the_file(clerk, school):
    answer = clerk.post(f"/institutions/{school.pk}/licences/new/", LICENCE | {"valid_to": "2018-12-31"}, follow=True)

    assert answer.redirect_chain == [(school.get_absolute_url(), 302)]
    assert "教民1" in said(answer)
    assert "已过期" in said(answer)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"valid_to": "2017-12-31"}, "valid_to"),
        ({"valid_from": (today() + timedelta(days=2)).isoformat()}, "valid_from"),
        ({"valid_from": "2018-13-01"}, "valid_from"),
        ({"number": ""}, "number"),
        ({"number": "教民0"}, "number"),  # on file already
    ],
)
def test_wrong_licence_is_refused_by_its_field(clerk, school, typed, field):
    licence_of(school, "permit", "2018-01-01", number="教民0")

    answer = clerk.post(f"/institutions/{school.pk}/licences/new/", LICENCE | typed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Licence.objects.count() == 1


@pytest.mark.parametrize("role", ["inspector", "supervisor", "auditor"])
@pytest.mark.parametrize("page", ["edit/", "licences/new/"])
def test_who_may_not_edit_the_registry_is_told_so(browse, school, role, page):
    client = browse(user_with(role, "330382"))

    assert client.get(f"/institutions/{school.pk}/{page}").status_code == 403
    assert client.post(f"/institutions/{school.pk}/{page}", edited(school) | LICENCE).status_code == 403
    assert client.get("/institutions/new/").status_code == 403
    assert (Licence.objects.count(), AuditRow.objects.count()) == (0, 0)


@pytest.mark.parametrize("page", ["edit/", "licences/new/"])
def test_institution_of_another_county_is_absent(browse, school, page):
    client = browse(user_with("task_force", "330381"))

    assert client.get(f"/institutions/{school.pk}/{page}").status_code == 404
    assert client.get(f"/institutions/{uuid4()}/{page}").status_code == 404


def test_institution_cannot_be_moved_out_of_what_one_edits(browse, school):
    client = browse(user_with("task_force", LIUSHI))

    new = institution(surveyed_on=None, position=(120.95, 28.1))

    answer = client.post(f"/institutions/{new.pk}/edit/", edited(new, division=NEXT_TO_LIUSHI))

    assert answer.status_code == 422
    new.refresh_from_db()
    assert new.division_id == LIUSHI


def test_withdrawal_says_what_it_does_and_needs_a_reason(clerk, school):
    page = said(clerk.get(f"/institutions/{school.pk}/withdraw/"))
    refused = clerk.post(f"/institutions/{school.pk}/withdraw/", {"version": "1", "reason": " "})

    assert "撤销以前的统计不变" in page
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["reason"]
    assert Institution.objects.get().withdrawn_at is None


def test_withdrawn_institution_leaves_the_list_and_says_so_in_its_file(clerk, school):
    clerk.post(f"/institutions/{school.pk}/withdraw/", {"version": "1", "reason": "重复登记"})

    assert list(clerk.get("/institutions/").context["page"]) == []
    file = said(clerk.get(f"/institutions/{school.pk}/"))
    assert "撤销，不再计入统计。" in file
    assert "重复登记" in file
    assert "/withdraw/" not in file


def test_stale_withdrawal_is_refused(clerk, school):
    answer = clerk.post(f"/institutions/{school.pk}/withdraw/", {"version": "7", "reason": "重复登记"})

    assert answer.status_code == 412
    assert Institution.objects.get().withdrawn_at is None


@pytest.mark.parametrize("page", ["edit/", "licences/new/", "withdraw/"])
def test_inspector_may_not_change_the_register(browse, inspector, school, page):
    assert browse(inspector).get(f"/institutions/{school.pk}/{page}").status_code == 403


def test_withdrawal_waits_for_the_open_round(clerk, school):
    round_of(school, "2018-05-01")

    answer = clerk.post(f"/institutions/{school.pk}/withdraw/", {"version": "1", "reason": "重复登记"})

    assert answer.status_code == 422
    assert Institution.objects.get().withdrawn_at is None


# --- Registered already


def test_form_sent_twice_is_one_institution(clerk):
    typed = TYPED | {"id": str(uuid4())}

    first, second = (clerk.post("/institutions/new/", typed) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url == Institution.objects.get().get_absolute_url()


def test_next_institution_typed_over_the_last_is_another(clerk):
    typed = TYPED | {"id": str(uuid4())}

    for name in ("甲培训", "乙培训"):
        clerk.post("/institutions/new/", typed | {"name": name})

    assert {school.name for school in Institution.objects.all()} == {"甲培训", "乙培训"}


def test_id_that_is_out_of_sight_is_not_used(clerk):
    theirs = institution("330381", name="甲培训")

    answer = clerk.post("/institutions/new/", TYPED | {"id": str(theirs.pk)})

    assert answer.status_code == 302
    assert Institution.objects.exclude(pk=theirs.pk).get().name == "甲培训"


@pytest.mark.parametrize("typed", [{}, {"apart": "on"}])
def test_one_credit_code_is_one_institution(clerk, typed):
    known = institution(NEXT_TO_LIUSHI, name="乙培训", credit_code="52330382MJ1234567N")

    answer = clerk.post("/institutions/new/", TYPED | {"credit_code": "52330382MJ1234567N"} | typed)

    assert answer.status_code == 409
    assert "已登记为“乙培训”" in said(answer)
    assert f'<a href="{known.get_absolute_url()}">乙培训</a>' in said(answer)
    assert Institution.objects.count() == 1


def test_same_name_in_a_township_is_looked_at_before_it_is_another(clerk):
    institution(name="甲培训有限公司")

    refused = clerk.post("/institutions/new/", TYPED)
    taken = clerk.post("/institutions/new/", TYPED | {"apart": "on"})

    assert (refused.status_code, taken.status_code) == (409, 302)
    assert 'name="apart"' in said(refused)
    assert Institution.objects.count() == 2


def test_former_name_in_a_township_is_looked_at_before_it_is_another(clerk, school, taskforce):
    rename_institution(school, by=taskforce, version=1, name="新名培训", from_on=today())

    answer = clerk.post("/institutions/new/", TYPED)

    assert (answer.status_code, Institution.objects.count()) == (409, 1)


@pytest.mark.parametrize(
    "known", [{"township": NEXT_TO_LIUSHI}, {"withdrawn_at": at("2018-05-01")}, {"township": "330381"}]
)
def test_same_name_elsewhere_or_off_the_register_is_no_obstacle(clerk, known):
    institution(known.pop("township", LIUSHI), name="甲培训", credit_code="52330382MJ1234567N", **known)

    assert clerk.post("/institutions/new/", TYPED).status_code == 302


# --- Changed by somebody else meanwhile


def opened(school: Institution) -> dict:
    """The page as it was opened: every field and what it was opened with."""
    typed = edited(school)
    return typed | {f"initial-{name}": typed.get(name, "") for name in InstitutionForm.Meta.fields}


def test_stale_edit_takes_over_what_was_not_touched(clerk, school, taskforce):
    page = opened(school) | {"signboard_name": "新招牌"}
    edit_institution(school, by=taskforce, version=1, columns={"teachers": 5, "phone": "13800000009"})

    refused = clerk.post(f"/institutions/{school.pk}/edit/", page)
    form = refused.context["form"]
    again = {name: form[name].value() or "" for name in form.fields} | {"version": refused.context["version"]}
    clerk.post(f"/institutions/{school.pk}/edit/", again)

    school.refresh_from_db()
    assert (refused.status_code, {each.mine for each in refused.context["meanwhile"]}) == (412, {None})
    assert (school.signboard_name, school.teachers, school.phone) == ("新招牌", 5, "13800000009")


def test_stale_edit_names_what_both_changed(clerk, school, taskforce):
    page = opened(school) | {"phone": "13800000002"}
    edit_institution(school, by=taskforce, version=1, columns={"phone": "13800000009"})

    refused = clerk.post(f"/institutions/{school.pk}/edit/", page)

    assert [(each.after, each.mine) for each in refused.context["meanwhile"]] == [("13800000009", "13800000002")]
    assert refused.context["form"]["phone"].value() == "13800000002"


def test_position_said_to_be_in_another_datum_is_moved(clerk, school):
    clerk.post(f"/institutions/{school.pk}/edit/", edited(school, datum="gcj02"))

    school.refresh_from_db()
    assert school.datum == "gcj02"
    assert 480 < distance_m(school.position, (120.95, 28.1)) < 600
