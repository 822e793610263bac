"""A city adds up what its counties sent, and names who is missing and whose figures contradict."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import AuditRow
from institutions.models import Division
from reports.collecting.actions import NotOurs, collect
from reports.collecting.rolling import RollUp, rolled_up
from reports.models import Collected
from tests.factories import LIUSHI, institution, round_of, user_with
from tests.reports.collecting.sent import DECEMBER, NOVEMBER, content, figures, kept, received

pytestmark = pytest.mark.django_db


def city() -> Division:
    return Division.objects.get(pk="3303")


def states(found: RollUp) -> dict[str, str]:
    return {row.name: row.state.label for row in found.rows if row.code in ("330302", "330303", "330324", "330382")}


def test_sums_are_of_those_received_and_the_others_are_named():
    kept(content("330302", figures(10, 8, 4, 2)))
    kept(content("330303", figures(20, 10, 10)))
    wrong = content("330324")
    wrong["total"]["surveyed"] = 1
    kept(wrong)

    found = rolled_up(city(), DECEMBER)

    assert states(found) == {"鹿城区": "已收", "龙湾区": "已收", "永嘉县": "矛盾", "乐清市": "缺报"}
    assert [row.name for row in found.contradicting] == ["永嘉县"]
    assert "乐清市" in [row.name for row in found.missing]
    # 10+20 surveyed, 8+10 with problems, 6+10 rectified: 16 ÷ 18 = 88.89%
    assert (found.total.surveyed, found.total.with_problems, found.total.rectified) == (30, 18, 16)
    assert found.total.completion_percent == "88.89%"
    assert not found.complete


def test_equal_rates_share_a_rank_and_the_next_is_skipped():
    for code, total in (("330302", figures(9, 8, 8)), ("330303", figures(5, 4, 4)), ("330324", figures(5, 4, 2))):
        kept(content(code, total))

    ranks = {row.name: row.rank for row in rolled_up(city(), DECEMBER).rows if row.kept}

    assert ranks == {"鹿城区": 1, "龙湾区": 1, "永嘉县": 3}


def test_last_version_of_a_county_counts_and_the_first_stays():
    first = kept(content("330302", figures(10, 8, 4)))
    second = kept(content("330302", figures(10, 8, 5), version=2))

    found = rolled_up(city(), DECEMBER)

    assert next(row for row in found.rows if row.code == "330302").kept == second
    assert Collected.objects.get(pk=first.pk).content == first.content


def test_what_knows_most_counts_whatever_came_in_last():
    """A first version that arrives late, and a half-month report of the same day; of the day before as well."""
    third, fifth, tenth = (f"2019-01-{day}T01:00:00+00:00" for day in ("03", "05", "10"))
    second = kept(content("330302", figures(10, 8, 5), version=2, known_at=fifth))
    kept(content("330302", figures(10, 8, 4), known_at=third))
    month = kept(content("330303", figures(10, 8, 5), known_at=fifth))
    kept(content("330303", figures(10, 8, 4), before="2018-12-15", known_at=third, version=3))
    kept(content("330324", figures(9, 8, 4), as_of=NOVEMBER, version=2, known_at=fifth))
    kept(content("330324", figures(12, 8, 4), as_of=NOVEMBER, known_at=third))
    kept(content("330324", figures(10, 8, 4), known_at=tenth))

    rows = {row.code: row for row in rolled_up(city(), DECEMBER).rows}

    assert (rows["330302"].kept, rows["330303"].kept) == (second, month)
    assert rows["330324"].doubts == []
    assert kept(content("330302", figures(10, 8, 5), version=2, known_at=fifth)) == second


def test_report_that_says_to_know_of_days_to_come_does_not_count_for_ever():
    kept(content("330302", figures(10, 8, 4), known_at="2999-01-03T01:00:00+00:00"))
    second = kept(content("330302", figures(10, 8, 5), version=2, known_at="2999-01-02T01:00:00+00:00"))

    assert next(row for row in rolled_up(city(), DECEMBER).rows if row.code == "330302").kept == second


def test_division_that_was_gone_on_the_day_is_named_and_not_added():
    """Its institutions are in the report of the one that took it in."""
    kept(content("330302", figures(30, 8, 4, 2)))
    kept(content("330303", figures(20, 8, 4, 2)))
    kept(content("330399", figures(1, 1, 1)))
    Division.objects.filter(pk="330303").update(in_force_to="2018-12-30")

    found = rolled_up(city(), DECEMBER)

    says = {row.code: [(doubt.says, doubt.blocks) for doubt in row.doubts] for row in found.rows if row.kept}
    assert says == {
        "330302": [],
        "330303": [("截至2018-12-31 尚未设立或已撤销", True)],
        "330399": [("本系统没有这个下级辖区", False)],
    }
    assert [row.code for row in found.contradicting] == ["330303"]
    assert found.total.surveyed == 31


def test_report_of_the_last_day_of_a_division_is_added():
    kept(content("330303", figures(20, 8, 4, 2)))
    Division.objects.filter(pk="330303").update(in_force_to=DECEMBER)

    assert [row.code for row in rolled_up(city(), DECEMBER).received] == ["330303"]


def test_same_report_again_is_kept_once():
    first, again = kept(content()), kept(content())

    assert first == again
    assert Collected.objects.count() == 1
    assert AuditRow.objects.get(action="report.collected").after["below"] == "330302"


def test_figures_are_checked_against_the_last_report_whatever_came_first():
    kept(content("330302", figures(10, 8, 4)))
    kept(content("330302", figures(12, 8, 4), as_of=NOVEMBER))

    row = next(row for row in rolled_up(city(), DECEMBER).rows if row.code == "330302")

    assert [doubt.says for doubt in row.doubts] == ["排摸总数从上次（截至2018-11-30）的 12 减为 10"]
    assert row.state.label == "矛盾"


def test_report_is_compared_with_what_is_counted_here_at_its_own_k():
    """One institution counted here; one that became known after the report's K is not."""
    round_of(institution(LIUSHI), "2018-05-01", verified_on="2018-06-01")
    institution(LIUSHI, surveyed_on="2018-12-01", surveyed_recorded="2019-02-01")

    made = kept(content("330382", figures(2, 1, 1), known_at="2019-01-03T01:00:00+00:00"))
    row = next(row for row in rolled_up(city(), DECEMBER).rows if row.code == "330382")

    assert made.ours["surveyed"] == 1
    assert [(doubt.says, doubt.blocks) for doubt in row.doubts] == [("排摸总数上报 2，本系统为 1", False)]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (content("330382001"), "不是温州市的下一级"),
        (content("3303"), "不是温州市的下一级"),
        (content("330102"), "不是温州市的下一级"),
        (content("330302", as_of=NOVEMBER), "截至 2018-11-30，这次汇总截至 2018-12-31"),
    ],
)
def test_report_of_elsewhere_or_another_day_is_refused(given, says):
    with pytest.raises(NotOurs, match=says):
        collect(received(given), division=city(), as_of=DECEMBER, by=None, source="a")

    assert not Collected.objects.exists()


@pytest.mark.parametrize(("role", "prefix", "may"), [("task_force", "3303", True), ("supervisor", "33", True), ("task_force", "330302", False), ("auditor", "3303", False), ("inspector", "3303", False)])  # fmt: skip
def test_collecting_is_for_those_who_prepare_or_approve_the_city_s_reports(role, prefix, may):
    if may:
        kept(content(), by=user_with(role, prefix))
    else:
        with pytest.raises(PermissionDenied):
            kept(content(), by=user_with(role, prefix))

    assert Collected.objects.exists() is may
