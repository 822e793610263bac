"""Telephone numbers in notes and reasons are masked for who may not see personal data, on every page and door."""

import pytest

from tests.factories import institution, round_of, visit_of

PHONE, MASKED = "13800001111", "138****1111"


@pytest.fixture
def paths(db):
    school = institution()
    visit = visit_of(school, findings=[("L01", f"店主{PHONE}")], note=f"致电 {PHONE}")
    round_ = round_of(school, "2018-05-02", visit=visit)
    return [f"/visits/{visit.pk}/", f"/rectifications/{round_.pk}/"]


@pytest.mark.parametrize("role", ["auditor", "taskforce"])
def test_pages_show_telephones_in_notes_to_those_who_may_see_them(browse, request, paths, role):
    client = browse(request.getfixturevalue(role))

    for path in paths:
        shown = client.get(path).content.decode()
        assert (PHONE in shown, MASKED in shown) == ((False, True) if role == "auditor" else (True, False)), path


@pytest.mark.parametrize("role", ["auditor", "taskforce"])
def test_api_shows_telephones_in_notes_to_those_who_may_see_them(api, request, paths, role):
    client = api(request.getfixturevalue(role))

    for path in (*paths, "/rectifications/"):
        shown = client.get(f"/api/v1{path}").content.decode()
        assert (PHONE in shown, MASKED in shown) == ((False, True) if role == "auditor" else (True, False)), path


@pytest.mark.parametrize("written", ["62551111", "电话62551111", "138–1111–2222", "138·1111·2222"])
def test_telephone_is_masked_as_people_write_it(browse, auditor, written):
    visit = visit_of(institution(), note=f"已联系：{written}")

    assert written not in browse(auditor).get(f"/visits/{visit.pk}/").content.decode()
