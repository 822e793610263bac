"""月报: the page and its downloads."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse

from institutions.moments import today
from tests.factories import LIUSHI, institution, round_of, user_with

YEAR_END = {"division": "330382", "as_of": "2018-12-31"}
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
pytestmark = pytest.mark.django_db


def shown(browse, user, **question) -> str:
    return browse(user).get(reverse("reports"), question).content.decode()


def plain(html: str) -> str:
    """What a reader sees, without tags."""
    return re.sub(r"<[^>]+>", "", html)


def test_page_shows_the_narrative_with_linked_numbers(browse, taskforce):
    round_of(institution(status="full"), "2018-05-01", verified_on="2018-06-01")

    html = shown(browse, taskforce, **YEAR_END)

    assert "截至2018年12月31日,全市排摸培训机构总数1所,存在问题的培训机构1所,已整改培训机构1所,完成率100%。" in plain(
        html
    )
    assert '<a href="/institutions/?division=330382&amp;as_of=2018-12-31&amp;figure=rectified">1</a>所,完成率' in html


def test_page_anchors_lead_to_places_on_it(browse, taskforce):
    round_of(institution(), "2018-05-01", verified_on="2018-06-01")

    html = shown(browse, taskforce, **YEAR_END)

    for anchor in set(re.findall(r'href="#([a-z]+)"', html)):
        assert f'id="{anchor}"' in html


def test_page_counts_what_the_user_sees_only(browse, inspector):
    round_of(institution(LIUSHI), "2018-05-01")
    round_of(institution("330382001"), "2018-05-01")

    html = shown(browse, inspector, as_of="2018-12-31")

    assert "全镇排摸培训机构总数1所" in plain(html)
    assert f'<option value="{LIUSHI}" selected>' in html


def test_page_of_no_day_is_that_of_the_last_month_end(browse, taskforce):
    last = today().replace(day=1) - timedelta(days=1)

    assert f'value="{last.isoformat()}" list="month-ends"' in shown(browse, taskforce, division="330382")


def test_page_lists_contradictions_with_their_institutions(browse, taskforce):
    school = institution(name="缺证照的")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="licensed")

    html = shown(browse, taskforce, **YEAR_END)

    assert '以办理证照办结但截至日没有有效证照的机构 <span class="count">1</span>' in html
    assert f'<a href="{school.get_absolute_url()}">缺证照的</a>' in html


def test_page_without_contradictions_says_so(browse, taskforce):
    assert "核对无矛盾" in shown(browse, taskforce, **YEAR_END)


def test_page_lists_the_rebounds_behind_their_number(browse, taskforce):
    school = institution(name="死灰复燃的")
    round_of(school, "2018-05-01", verified_on="2018-06-01")
    round_of(school, "2018-12-03")

    html = shown(browse, taskforce, **YEAR_END)

    assert '<a href="#rebounds">1</a>' in html
    assert "死灰复燃的" in html.split('id="rebounds"')[1].split("</details>")[0]


def test_page_keeps_the_moment_asked_for_in_form_links_and_downloads(browse, taskforce):
    round_of(institution(), "2018-05-01")

    html = shown(browse, taskforce, **YEAR_END, known_at="2019-01-03T17:00")

    assert 'name="known_at" value="2019-01-03T17:00"' in html
    lists = re.findall(r'href="(/institutions/\?[^"]*|/reports/download/[^"]*)"', html)
    assert lists
    assert all("known_at=2019-01-03T17%3A00" in link for link in lists)


@pytest.mark.parametrize(
    ("question", "status"),
    [({"as_of": "2018-13-01"}, 422), ({"as_of": "2999-01-01"}, 422), ({"division": "999999"}, 404)],
)
def test_page_refuses_bad_input(browse, taskforce, question, status):
    assert browse(taskforce).get(reverse("reports"), YEAR_END | question).status_code == status


@pytest.mark.parametrize("name", TYPES)
def test_download_is_the_file_of_its_format(browse, taskforce, name):
    answer = browse(taskforce).get(reverse("report_download"), YEAR_END | {"format": name})

    assert (answer.status_code, answer["Content-Type"]) == (200, TYPES[name])
    assert (
        answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(f'乐清市_截至2018-12-31_草稿.{name}')}"
    )


def test_download_of_an_unknown_format_is_refused(browse, taskforce):
    answer = browse(taskforce).get(reverse("report_download"), YEAR_END | {"format": "odt"})

    assert answer.status_code == 422
    assert "不能下载“odt”，可用：docx、xlsx、pdf。" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"), [("task_force", 200), ("supervisor", 200), ("inspector", 403), ("auditor", 403)]
)
def test_download_is_for_those_who_prepare_or_approve(browse, role, status):
    user = user_with(role, "330382")

    page = browse(user).get(reverse("reports"), YEAR_END)

    assert browse(user).get(reverse("report_download"), YEAR_END).status_code == status
    assert (reverse("report_download") in page.content.decode()) == (status == 200)


def test_page_costs_the_same_queries_for_1_and_60_institutions(browse, taskforce, django_assert_max_num_queries):
    signed_in = browse(taskforce)

    def cost() -> int:
        with django_assert_max_num_queries(36) as asked:  # three of them for the patrol
            signed_in.get(reverse("reports"), YEAR_END)
        return len(asked)

    round_of(institution(), "2018-05-01")
    round_of(institution(), "2018-12-05", verified_on="2018-12-06", outcome="licensed")
    cost()  # the session says when it was last seen
    few = cost()
    for _ in range(60):
        round_of(institution(), "2018-12-05", verified_on="2018-12-06", outcome="licensed")

    assert cost() == few
