"""Who was shown personal data, and who took a table away, is in the audit trail; other pages write nothing."""

import pytest
from django.urls import reverse

from accounts.models import AuditRow, User
from institutions.models import Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, round_of, seconded_from
from tests.urls import body


@pytest.fixture
def school(db) -> Institution:
    return institution(name="甲培训", principal="王某某", phone="13800001111、0577-62550000")


def noted(action: str) -> list[tuple[User | None, str, dict]]:
    rows = AuditRow.objects.filter(action=action).order_by("pk")
    return [(row.by, row.scope_code, row.after) for row in rows]


# --- The telephone of a file


def phone(browser, school: Institution, **headers):
    return browser.post(reverse("institution_phone", args=[school.pk]), headers=headers)


@pytest.mark.parametrize("who", ["inspector", "taskforce", "supervisor", "auditor"])
def test_file_masks_the_phone_for_everybody_and_notes_who_read_the_principal(browse, request, school, who):
    user, may = request.getfixturevalue(who), who != "auditor"
    told = {"where": "institution", "fields": ["principal"], "institution": str(school.pk)}

    page = browse(user).get(school.get_absolute_url()).content.decode()

    assert ("13800001111" in page, "138****1111" in page) == (False, True)
    assert (reverse("institution_phone", args=[school.pk]) in page) is may
    assert ("王某某" in page, noted("personal_data.read")) == (may, [(user, school.scope_code, told)] if may else [])


@pytest.mark.parametrize("columns", ["name,principal,phone", ""])
def test_lists_mask_people_for_everybody_and_write_nothing(browse, taskforce, school, columns):
    round_of(school, "2018-05-01")

    pages = [browse(taskforce).get(url, {"columns": columns}) for url in ("/institutions/", "/rectifications/")]

    assert ["王某某" in page.content.decode() for page in pages] == [False, False]
    assert not AuditRow.objects.exists()


@pytest.mark.parametrize(
    ("words", "shown"),
    [("甲培训", "王**"), ("王", "王**"), ("13800001111", "王**"), ("王某某", "王某某"), ("甲培训 王某某", "王某某")],
)
def test_search_shows_a_principal_only_to_who_typed_the_whole_name(browse, taskforce, school, words, shown):
    page = browse(taskforce).get("/search/", {"q": words}).content.decode().split("<main")[1]

    found = page[page.index("worklist found") :]
    assert ("王某某" in found, "王**" in found) == (shown == "王某某", shown == "王**")
    assert [after["q"] for _by, _scope, after in noted("search")] == [words]


def test_search_shows_the_name_typed_to_nobody_who_may_not_see_it(browse, auditor, school):
    page = browse(auditor).get("/search/", {"q": f"甲培训 {school.principal}"}).content.decode()

    assert "worklist found" not in page


def test_phone_is_revealed_as_links_that_dial_and_noted(browse, inspector, school):
    answer = phone(browse(inspector), school, accept="application/json")

    assert answer.json() == {
        "numbers": [{"text": "13800001111", "tel": "13800001111"}, {"text": "0577-62550000", "tel": "057762550000"}]
    }
    told = {"where": "institution", "fields": ["phone"], "institution": str(school.pk)}
    assert noted("personal_data.read") == [(inspector, school.scope_code, told)]


def test_phone_is_revealed_without_scripts_as_a_page(browse, inspector, school):
    page = phone(browse(inspector), school).content.decode()

    assert '<a href="tel:13800001111">13800001111</a>' in page
    assert '<a href="tel:057762550000">0577-62550000</a>' in page
    assert len(noted("personal_data.read")) == 1


def test_phone_is_refused_to_who_may_not_see_it_and_nothing_is_noted(browse, auditor, outsider, school):
    assert phone(browse(auditor), school).status_code == 403
    assert phone(browse(outsider), school).status_code == 404
    assert not AuditRow.objects.exists()


def test_phone_is_not_revealed_by_looking(browse, inspector, school):
    answer = browse(inspector).get(reverse("institution_phone", args=[school.pk]))

    assert (answer.status_code, AuditRow.objects.exists()) == (405, False)


def test_institution_without_a_phone_offers_none_and_notes_none(browse, inspector):
    school = institution(principal="", phone="")

    assert (
        reverse("institution_phone", args=[school.pk])
        not in browse(inspector).get(school.get_absolute_url()).content.decode()
    )
    assert "没有登记联系电话。" in phone(browse(inspector), school).content.decode()
    assert not AuditRow.objects.exists()


def test_extension_is_dialled_after_a_pause(browse, inspector):
    school = institution(phone="0577-62550000转803")

    assert phone(browse(inspector), school, accept="application/json").json()["numbers"][0]["tel"] == "057762550000,803"


def test_phone_is_revealed_where_the_grant_is_that_may_see_it(browse, db):
    user = seconded_from("inspector", NEXT_TO_LIUSHI, "auditor", PANSHI)
    here, there = (institution(place, phone="13800001111") for place in (NEXT_TO_LIUSHI, PANSHI))

    assert [phone(browse(user), each).status_code for each in (here, there)] == [200, 403]


# --- Other doors that show it


def test_edit_form_is_noted_each_time_it_is_opened(browse, taskforce, school):
    path = reverse("institution_edit", args=[school.pk])

    browse(taskforce).get(path)
    browse(taskforce).post(path, {"name": ""})

    told = {"where": "institution_edit", "fields": ["principal", "phone"], "institution": str(school.pk)}
    assert noted("personal_data.read") == [(taskforce, school.scope_code, told)]


def test_api_list_notes_a_page_once_with_what_was_asked(api, taskforce, school):
    institution(name="乙培训", principal="", phone="13900002222")

    api(taskforce).get(reverse("api-institutions"), {"q": "培训"})

    told = {"where": "api-institutions", "fields": ["principal", "phone"], "rows": 2}
    assert noted("personal_data.read") == [
        (taskforce, "330382000000", told | {"question": "division=330382&q=%E5%9F%B9%E8%AE%AD"})
    ]


def test_api_file_is_noted(api, taskforce, school):
    api(taskforce).get(reverse("api-institution", args=[school.pk]))

    told = {"where": "api-institution", "fields": ["principal", "phone"], "institution": str(school.pk)}
    assert noted("personal_data.read") == [(taskforce, school.scope_code, told)]


def test_api_notes_nothing_where_everything_is_masked_or_empty(api, auditor, taskforce, school):
    api(auditor).get(reverse("api-institutions"))
    api(auditor).get(reverse("api-institution", args=[school.pk]))
    Institution.objects.update(principal="", phone="")
    api(taskforce).get(reverse("api-institutions"))

    assert not AuditRow.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["/", "/institutions/", "/institutions/?q=培训", "/rectifications/", "/visits/new/", "/map/", "/statistics/", "/reports/",
     "/api/v1/map/?zoom=18", "/api/v1/rectifications/"],
)  # fmt: skip
def test_page_that_shows_no_phone_writes_nothing(browse, taskforce, school, path):
    answer = browse(taskforce).get(path)

    assert (answer.status_code, b"13800001111" in body(answer)) == (200, False)
    # a search is noted by its own door
    assert not AuditRow.objects.exclude(action="search").exists()


# --- Exports


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/institutions/?format=csv&figure=surveyed", {"what": "institutions", "question": "division={}&figure=surveyed", "rows": 1}),
        ("/statistics/?format=csv&as_of=2018-12-31", {"what": "statistics", "question": "division={}&as_of=2018-12-31", "rows": 1}),
        ("/statistics/?format=xlsx&as_of=2018-12-31", {"what": "statistics", "question": "division={}&as_of=2018-12-31", "rows": 1}),
        (
            "/reports/download/?format=xlsx&as_of=2018-12-31",
            {"what": "monthly_report", "question": "division={}&as_of=2018-12-31&format=xlsx", "rows": 1},
        ),
    ],
)  # fmt: skip
def test_export_is_noted_with_what_was_asked_and_how_much(browse, taskforce, school, path, told):
    answer = browse(taskforce).get(path)
    body(answer)

    [(by, scope_code, after)] = noted("export")
    expected = told | {"question": told["question"].format("330382")}
    rows = after.pop("rows"), expected.pop("rows")
    assert (answer.status_code, by, scope_code) == (200, taskforce, "330382000000")
    assert {name: value for name, value in after.items() if name != "personal"} == expected
    assert rows[0] >= rows[1]


def test_export_of_a_list_says_how_many_institutions(browse, taskforce, school):
    for _number in range(3):
        institution(LIUSHI)

    body(browse(taskforce).get("/institutions/?format=csv"))

    assert [after["rows"] for _by, _scope, after in noted("export")] == [4]
