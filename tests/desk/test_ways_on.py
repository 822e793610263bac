"""A page on which nothing can be done leads on to one where something can."""

from uuid import uuid4

from tests.factories import user_with


def test_absent_page_leads_to_the_lists_that_its_sentence_speaks_of(browse, taskforce):
    page = browse(taskforce).get(f"/institutions/{uuid4()}/").content.decode()

    assert [f'href="{path}"' in page for path in ("/institutions/", "/rectifications/", "/search/", "/")] == [True] * 4


def test_first_page_of_the_administration_has_no_list_that_stays_empty(browse, db):
    page = browse(user_with("admin", "")).get("/admin/").content.decode()

    assert "账号、辖区与目录" in page
    assert "最近动作" not in page
