"""The statistics page: every number on it opens exactly the institutions behind it."""

import re
from html import unescape

import pytest

from figures.charts import funnel, line
from figures.statistics import DEFINITIONS_VERSION
from institutions.models import Division
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, round_of, seconded_from, user_with, visit_of

AS_OF = "as_of=2018-12-31"
NUMBER = re.compile(r'<a [^>]*href="(/institutions/\?[^"]+)"[^>]*>(?:<b>|<text[^>]*>)?(\d+)<')


@pytest.fixture
def county(db):
    """Four surveyed in two townships and one that lies in the county but in no township."""
    done = institution(LIUSHI, status="none")
    round_of(done, "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    late = institution(LIUSHI, status="registration_only")
    order = round_of(late, "2018-10-01", due_on="2018-11-01")
    visit_of(late, "2018-10-01", findings=("T01",), round_=order)
    institution(LIUSHI, status="full")
    round_of(institution(NEXT_TO_LIUSHI, status="full"), "2018-07-01", verified_on="2018-12-01", outcome="corrected")
    institution("330382", status="permit_only")


def links(answer) -> list[tuple[str, int]]:
    """(address, number) of every number that is a link to a list."""
    return [(unescape(url), int(number)) for url, number in NUMBER.findall(answer.content.decode())]


@pytest.mark.parametrize(
    "address",
    [f"/statistics/?{AS_OF}", f"/statistics/?{AS_OF}&compare=2018-06-30", f"/statistics/trend/?{AS_OF}", "/"],
)
@pytest.mark.parametrize("who", ["inspector", "taskforce", "supervisor"])
def test_every_number_opens_as_many_institutions(county, browse, request, address, who):
    browser = browse(request.getfixturevalue(who))

    page = browser.get(address)
    numbers = links(page)

    assert len(numbers) == page.content.decode().count("figure=") >= 3
    assert [(url, browser.get(url).context["page"].paginator.count) for url, _number in numbers] == numbers


def test_what_lies_in_no_township_has_its_own_row(county, browse, taskforce):
    rows = browse(taskforce).get(f"/statistics/?{AS_OF}").context["found"].divisions

    assert [row.name for row in rows if not row.placed] == [rows[-1].name]
    assert {row.name: row.figures.surveyed for row in rows if row.figures.surveyed} == {
        "柳市镇": 3,
        "北白象镇": 1,
        "乐清市（未分到下级）": 1,
    }


def test_township_without_parts_shows_no_empty_partition(county, browse, inspector):
    page = browse(inspector).get(f"/statistics/?{AS_OF}").content.decode()

    assert ('id="parts"' in page, 'id="done"' in page, "柳市镇以下没有再分的区划" in page) == (False, False, True)


def test_townships_fully_done_are_counted_and_named(county, browse, taskforce):
    page = unescape(browse(taskforce).get(f"/statistics/?{AS_OF}").content.decode())

    # two townships have problems; all are rectified in 北白象镇, not all in 柳市镇
    assert '<a class="figure" href="#done"><b>1/2</b>' in page
    done = page[page.index('id="done"') : page.index('id="parts"')]
    assert "2 个有存在问题机构的乡镇街道中，1 个已全部整改到位（50.00%）" in done
    assert re.findall(r">([^<\s]+镇|[^<\s]+街道)</a>", done) == ["北白象镇"]


def test_townships_are_ranked_and_those_without_problems_are_not(county, browse, taskforce):
    page = browse(taskforce).get(f"/statistics/?{AS_OF}")

    ranked = [(line.rank, line.name) for line in page.context["found"].divisions if line.rank]
    assert ranked == [(1, "北白象镇"), (2, "柳市镇")]
    assert page.context["found"].divisions[2].rank is None
    assert page.content.decode().count('<td class="n rank">—</td>') == 24  # of 25 townships, and what lies in none


def test_trend_ends_at_the_day_that_was_asked(county, browse, taskforce):
    months = browse(taskforce).get("/statistics/trend/?as_of=2018-12-30").context["months"]

    assert [f"{each.moment.on}" for each in months[-2:]] == ["2018-11-30", "2018-12-30"]
    assert (len(months), f"{months[0].moment.on}") == (13, "2017-12-31")


def test_trend_of_the_first_days_begins_with_them(browse, taskforce):
    page = browse(taskforce).get("/statistics/trend/?as_of=2000-01-15")

    assert [f"{each.moment.on}" for each in page.context["months"]] == ["2000-01-15"]


def test_trend_stands_on_the_page_with_its_numbers(county, browse, taskforce):
    page = browse(taskforce).get(f"/statistics/?{AS_OF}")

    shown = [(f"{each.moment.on}", each.total.rectified) for each in page.context["found"].months[-2:]]
    assert shown == [("2018-11-30", 1), ("2018-12-31", 2)]
    assert "<title>2018-12 66.67%</title>" in page.content.decode()


def test_trend_of_the_past_of_a_city_is_a_page_of_its_own(county, browse, supervisor):
    asked = f"/statistics/?{AS_OF}&known_at=2019-01-03T17:00"

    city, county_ = browse(supervisor).get(f"{asked}&division=3303"), browse(supervisor).get(f"{asked}&division=330382")

    assert (city.context["found"].months, len(county_.context["found"].months)) == ([], 13)
    assert "known_at=2019-01-03T17%3A00" in city.content.decode().split('id="trend"')[1].split("</section>")[0]


@pytest.mark.parametrize("path", ["/statistics/", "/statistics/trend/"])
def test_page_has_no_style_and_no_script_of_its_own(county, browse, taskforce, path):
    page = browse(taskforce).get(f"{path}?{AS_OF}&division=330382").content.decode()

    assert ("style=" in page, "<style" in page, re.findall("<script(?! type=.module. src=)", page)) == (
        False,
        False,
        [],
    )


def test_definitions_stand_beside_the_figures_with_their_edition(county, browse, taskforce):
    page = browse(taskforce).get(f"/statistics/?{AS_OF}").content.decode()

    assert f"{DEFINITIONS_VERSION} 版" in page
    assert page.count("其中至少有一轮整改在截至日（含）前责令的机构；作废的不计") == 2  # on the figure, and in the list
    assert "其后的名次跳过" in page


def test_page_says_as_known_when_it_was_asked_so(county, browse, taskforce):
    page = browse(taskforce).get(f"/statistics/?{AS_OF}&known_at=2019-01-03T17:00").content.decode()

    assert "以 2019-01-03T17:00 所知为准" in page


# --- Two days beside each other


def test_two_days_have_both_figures_and_the_change(county, browse, taskforce):
    page = browse(taskforce).get(f"/statistics/?{AS_OF}&compare=2018-06-30")

    found = page.context["found"]
    # at the end of June: one ordered and struck off in 柳市镇. Then two more were ordered and one of them struck off
    both = {each.name: (each.then, each.now, each.change_printed) for each in found.total.numbers}
    assert both["with_problems"] == (1, 3, "+2")
    assert both["rectified"] == (1, 2, "+1")
    assert both["outstanding"] == (0, 1, "+1")
    assert both["licensed"] == (1, 1, "±0")
    assert (found.total.then.completion_percent, found.total.rate_change) == ("100.00%", "−33.33")
    assert (found.done_then, found.done, found.done_change) == ((1, 1), (1, 2), "±0")
    of = {line.name: (line.number("with_problems").then, line.number("with_problems").now) for line in found.divisions}
    assert (of["柳市镇"], of["北白象镇"]) == ((1, 2), (0, 1))
    ranks = {line.name: (line.rank_then, line.rank) for line in found.divisions if line.rank}
    assert ranks == {"北白象镇": (None, 1), "柳市镇": (1, 2)}


def test_change_leads_to_the_difference_statement(county, browse, taskforce):
    page = unescape(browse(taskforce).get(f"/statistics/?{AS_OF}&compare=2018-06-30").content.decode())

    difference = "/statistics/difference/?division={}&as_of=2018-12-31&before=2018-06-30"
    assert f'<a href="{difference.format(330382)}">+2</a>' in page
    assert f'<a href="{difference.format(LIUSHI)}">+1</a>' in page
    assert difference.format("330382000") not in page  # what lies in no township has no statement


def test_level_below_is_compared_too(county, browse, supervisor):
    page = unescape(browse(supervisor).get(f"/statistics/?{AS_OF}&compare=2018-06-30&division=3303").content.decode())

    assert '<a href="/statistics/?division=330382&as_of=2018-12-31&compare=2018-06-30">乐清市</a>' in page


@pytest.mark.parametrize("day", ["2018-12-31", "2019-01-01"])
def test_day_that_is_not_earlier_is_no_comparison(county, browse, taskforce, day):
    answer = browse(taskforce).get(f"/statistics/?{AS_OF}&compare={day}")

    assert answer.status_code == 422
    assert f"对比日期 {day} 应早于截至日期 2018-12-31。" in answer.content.decode()


# --- The way up, and nothing to see


def test_way_up_leads_to_all_divisions_for_who_has_several(browse, db):
    user = seconded_from("inspector", LIUSHI, "inspector", NEXT_TO_LIUSHI)

    below, all_ = (browse(user).get(f"/statistics/?{AS_OF}&division={code}") for code in (LIUSHI, "all"))

    assert f'<a href="?division=all&amp;{AS_OF}">全部辖区</a>' in below.content.decode()
    assert (below.context["above"], all_.context["above"]) == ([("all", "全部辖区")], [])


def test_nothing_surveyed_is_said_with_what_to_do(browse, taskforce):
    page = browse(taskforce).get(f"/statistics/?{AS_OF}").content.decode()

    assert "截至 2018-12-31，乐清市还没有排摸过机构，没有可统计的数字。" in page
    assert ("看已登记的机构" in page, "看今天的统计" in page, 'id="trend"' in page) == (True, True, False)


def test_surveyed_without_problems_has_no_rate_no_rank_and_no_bar(browse, taskforce):
    institution(PANSHI)

    page = browse(taskforce).get(f"/statistics/?{AS_OF}").content.decode()

    assert "截至这一天没有存在问题的机构，所以没有完成率，也不排名。" in page
    assert "各乡镇街道都没有存在问题的机构。" in page
    assert "截至这一天还没有机构整改完成。" in page
    assert "截至这一天还没有登记任何问题。" in page
    assert ("bar-of" in page, "100.00%" in page.split('id="funnel"')[0]) == (False, False)


def test_nothing_is_done_yet_is_said(browse, taskforce):
    round_of(institution(LIUSHI), "2018-05-01")

    page = browse(taskforce).get(f"/statistics/?{AS_OF}").content.decode()

    assert "1 个有存在问题机构的乡镇街道都还没有全部整改到位。" in page


def test_many_problem_types_are_folded_on_a_phone(browse, taskforce):
    visit_of(institution(LIUSHI), "2018-05-01", findings=("T01", "T02", "T03", "S01", "S02", "S03", "M01", "M02"))

    page = browse(taskforce).get(f"/statistics/?{AS_OF}").content.decode()

    assert page.count("其余 2 类") == 1
    assert len(re.findall(r"<summary><span>[A-Z]\d\d ", page)) == 8


def test_line_leaves_out_months_without_a_rate():
    chart = line([("2018-10", None, "—"), ("2018-11", 0.0, "0.00%"), ("2018-12", 1.0, "100.00%")])

    # 480 × 200 with 36 of margin, 52 on the left: x 52, 248, 444; 0% at 164, 100% at 36
    assert chart["points"] == "248.0,164.0 444.0,36.0"


def test_funnel_of_nothing_has_no_length():
    assert [step["length"] for step in funnel([("surveyed", "排摸总数", 0), ("rectified", "已整改", 0)])] == [0, 0]


def test_report_of_the_first_day_links_to_no_day_before_it(county, browse, taskforce):
    page = unescape(browse(taskforce).get("/reports/?as_of=2000-01-01").content.decode())

    assert ("as_of=2000-01-01&figure=rectified" in page, "as_of=1999-12-31" in page) == (True, False)


def test_division_with_one_below_leads_there(browse, db):
    Division.objects.create(code="90", name="甲省", level="province")
    Division.objects.create(code="9001", name="甲市", level="city", parent_id="90")
    Division.objects.create(code="900101", name="甲县", level="county", parent_id="9001")
    institution("900101")

    page = browse(user_with("supervisor", "90")).get(f"/statistics/?{AS_OF}&division=9001").content.decode()

    assert f'<a href="/statistics/?division=900101&amp;{AS_OF}">甲县</a>' in page
