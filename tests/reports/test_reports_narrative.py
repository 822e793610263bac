"""The sentences of the monthly report, each from hand-worked figures."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone, translation

from figures.statistics import Figures, Row
from institutions.models import Institution
from institutions.moments import Moment
from reports.monthly import MonthlyReport, Number, chinese_day, monthly_report, rebounds, signed, text_of, whole_of
from tests.factories import at, day, institution, round_of, visit_of

TOWNSHIPS = [f"33038200{serial}" for serial in range(1, 9)]
pytestmark = pytest.mark.django_db


def report(as_of: str = "2018-12-31", division: str = "330382", known: str | None = None) -> MonthlyReport:
    moment = Moment(day(as_of), at(known) if known else timezone.now())
    return monthly_report(division, moment, known_at=at(known).isoformat() if known else "")


def schools(township: str, *, done: int = 0, left: int = 0, **columns) -> None:
    """Institutions of a township with one round each, ordered in May 2018: struck off in June, or still open."""
    for number in range(done + left):
        verified = {"verified_on": "2018-06-01"} if number < done else {}
        round_of(institution(township, **columns), "2018-05-01", **verified)


# --- The headline


def test_headline_has_the_form_of_the_reference_sentence():
    # 1 of status full without problems; none: 1 closed, 1 licensed, 1 open -> 2 of 3 rectified = 66.67% -> 67%
    institution(status="full")
    round_of(institution(status="none"), "2018-05-01", verified_on="2018-06-01", outcome="closed")
    round_of(institution(status="none"), "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    round_of(institution(status="none"), "2018-05-01")

    assert text_of(report().headline) == (
        "全市排摸培训机构总数4所,存在问题的培训机构3所,已整改培训机构2所,完成率67%,"
        "其中排摸“无证无照”培训机构3所,已整改2所(取缔1所、整改办理证照1所)。"
    )


def test_headline_counts_unlicensed_that_were_found_whether_or_not_ordered():
    institution(status="none")

    assert "其中排摸“无证无照”培训机构1所,已整改0所" in text_of(report().headline)


def test_headline_without_problems_prints_a_dash_and_no_clause():
    institution(status="full")

    assert text_of(report().headline) == "全市排摸培训机构总数1所,存在问题的培训机构0所,已整改培训机构0所,完成率—。"


def test_headline_of_nearly_all_rectified_is_not_100_percent():
    nearly = Figures(surveyed=300, with_problems=300, rectified=299, outstanding=1)  # 99.67% would round to 100%

    assert text_of(replace(report(), total=nearly).headline).endswith("完成率99%。")


def test_report_of_an_empty_register_reads_well():
    assert report().narrative == (
        "全市排摸培训机构总数0所,存在问题的培训机构0所,已整改培训机构0所,完成率—。\n"
        "各乡镇（街道）均尚无责令整改的培训机构。\n"
        "上期（截至2018年11月30日）存在问题的培训机构0所、已整改0所、完成率—；"
        "本期排摸总数持平，存在问题的培训机构持平，已整改持平，完成率—。\n"
        "尚未完成整改的培训机构0所，其中逾期0所。本期销号后再次发现问题（反弹）的培训机构0所。\n"
        "尚无责令整改的问题。"
    )


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("乐清市", "全市"), ("永嘉县", "全县"), ("鹿城区", "全区"), ("柳市镇", "全镇"), ("岭底乡", "全乡"),
        ("乐成街道", "全街道"), ("浙江省", "全省"), ("某地", "全域"),
    ],
)  # fmt: skip
def test_whole_of_a_division(name, whole):
    assert whole_of(name) == whole


@pytest.mark.parametrize(("change", "words"), [(3, "增加3所"), (-2, "减少2所"), (0, "持平")])
def test_signed_change(change, words):
    assert signed(change) == words


def test_chinese_day_has_no_leading_zeros():
    assert chinese_day(date(2018, 3, 5)) == "2018年3月5日"


# --- Townships


def test_ranking_shares_a_rank_on_equal_rates_and_skips_the_next():
    # 1/1, 2/2 -> rank 1 twice; 1/2, 2/4 -> rank 3 twice; 1/3 -> rank 5; no problems -> no rank
    for township, (done, left) in zip(TOWNSHIPS, [(1, 0), (2, 0), (1, 1), (2, 2), (1, 2)], strict=False):
        schools(township, done=done, left=left)
    institution(TOWNSHIPS[5])

    assert [(each.row.key, each.rank) for each in report().ranking] == [
        (TOWNSHIPS[0], 1), (TOWNSHIPS[1], 1), (TOWNSHIPS[2], 3), (TOWNSHIPS[3], 3), (TOWNSHIPS[4], 5),
        (TOWNSHIPS[5], None),
    ]  # fmt: skip


def test_ranking_compares_exact_rates_not_printed_ones():
    # 66.660% and 66.664% both print 66.66%
    rows = [
        Row("330382001", "甲镇", Figures(with_problems=10_000, rectified=6_666, outstanding=3_334)),
        Row("330382002", "乙镇", Figures(with_problems=100_000, rectified=66_664, outstanding=33_336)),
    ]

    told = replace(report(), townships=rows)

    assert [(each.row.name, each.rank, each.row.figures.completion_percent) for each in told.ranking] == [
        ("乙镇", 1, "66.66%"), ("甲镇", 2, "66.66%")
    ]  # fmt: skip


def test_townships_tell_the_done_the_best_and_the_last_five():
    rates = [(2, 0), (9, 1), (8, 2), (7, 3), (6, 4), (5, 5), (4, 6)]
    for township, (done, left) in zip(TOWNSHIPS, rates, strict=False):
        schools(township, done=done, left=left)
    names = [each.row.name for each in report().ranking]

    assert list(map(text_of, report().by_township)) == [
        f"7个存在问题机构的乡镇（街道）中，1个已全部整改到位：{names[0]}2所。",
        f"其余乡镇（街道）中，完成率最高的是{names[1]}（90.00%，第2位）；完成率靠后的5个乡镇（街道）依次为"
        f"{names[2]}（80.00%，第3位）、{names[3]}（70.00%，第4位）、{names[4]}（60.00%，第5位）、"
        f"{names[5]}（50.00%，第6位）、{names[6]}（40.00%，第7位）。",
    ]


def test_last_five_include_whoever_shares_the_rank_of_the_fifth_from_the_end():
    # Ranks 1, 2, 3, 3, 5, 6, 7, 8: the fifth from the end is one of the two that share rank 3, and both are told.
    rates = [(9, 1), (8, 2), (7, 3), (7, 3), (6, 4), (5, 5), (4, 6), (3, 7)]
    for township, (done, left) in zip(TOWNSHIPS, rates, strict=False):
        schools(township, done=done, left=left)

    last = text_of(report().by_township[1]).split("依次为")

    assert last[0].endswith("完成率靠后的6个乡镇（街道）")
    assert last[1].count("并列第3位") == 2
    assert "第2位" not in last[1]


def test_township_that_alone_has_problems_is_named_once():
    schools(TOWNSHIPS[0], done=1, left=1)
    name = report().ranking[0].row.name

    assert list(map(text_of, report().by_township)) == [
        f"存在问题机构的乡镇（街道）只有1个：{name}，尚未全部整改到位，完成率50.00%。"
    ]


def test_township_that_alone_has_problems_and_is_done_is_named_once():
    schools(TOWNSHIPS[0], done=2)
    name = report().ranking[0].row.name

    assert list(map(text_of, report().by_township)) == [
        f"存在问题机构的乡镇（街道）只有1个：{name}，已全部整改到位（2所）。"
    ]


def test_townships_when_none_is_done():
    schools(TOWNSHIPS[0], done=2, left=1)
    schools(TOWNSHIPS[1], done=1, left=1)
    best, last = (each.row.name for each in report().ranking)

    assert list(map(text_of, report().by_township)) == [
        "2个存在问题机构的乡镇（街道）均尚未全部整改到位。",
        f"完成率最高的是{best}（66.67%，第1位）；完成率靠后的乡镇（街道）为{last}（50.00%，第2位）。",
    ]


def test_townships_when_all_are_done():
    schools(TOWNSHIPS[0], done=1)
    schools(TOWNSHIPS[1], done=2)
    names = [each.row.name for each in report().ranking]

    assert list(map(text_of, report().by_township)) == [
        f"2个存在问题机构的乡镇（街道）均已全部整改到位：{names[0]}1所、{names[1]}2所。"
    ]


def test_one_township_that_is_left_is_not_called_the_best_of_the_rest():
    schools(TOWNSHIPS[0], done=1)
    schools(TOWNSHIPS[1], done=1, left=1)
    names = [each.row.name for each in report().ranking]

    assert list(map(text_of, report().by_township)) == [
        f"2个存在问题机构的乡镇（街道）中，1个已全部整改到位：{names[0]}1所。",
        f"其余1个乡镇（街道）尚未全部整改到位：{names[1]}（50.00%，第2位）。",
    ]


def test_townships_that_are_left_and_alike_are_told_without_a_best():
    schools(TOWNSHIPS[0], done=1)
    for township in TOWNSHIPS[1:3]:
        schools(township, left=1)
    names = [each.row.name for each in report().ranking]

    assert text_of(report().by_township[1]) == (
        f"其余2个乡镇（街道）尚未全部整改到位，完成率相同："
        f"{names[1]}（0.00%，并列第2位）、{names[2]}（0.00%，并列第2位）。"
    )


def test_townships_that_share_one_rate_are_told_without_a_best():
    schools(TOWNSHIPS[0], done=1, left=1)
    schools(TOWNSHIPS[1], done=2, left=2)
    names = [each.row.name for each in report().ranking]

    assert text_of(report().by_township[1]) == (
        f"完成率相同：{names[0]}（50.00%，并列第1位）、{names[1]}（50.00%，并列第1位）。"
    )


def test_townships_best_that_share_a_rank_are_all_told():
    for township in TOWNSHIPS[:2]:
        schools(township, done=1, left=1)
    schools(TOWNSHIPS[2], left=1)

    assert text_of(report().by_township[1]).count("50.00%，并列第1位") == 2


def test_report_of_a_division_without_children_has_no_sentences_about_them():
    schools("330382114", done=1, left=1)

    told = report(division="330382114")

    assert told.by_township == []
    assert told.narrative.startswith("全镇排摸培训机构总数2所")


def test_institution_in_no_township_is_counted_but_not_ranked():
    schools("330382", left=1)
    schools(TOWNSHIPS[0], done=1)

    told = report()

    assert [(each.rank, each.placed) for each in told.ranking] == [(1, True), (None, False)]
    assert told.total.with_problems == sum(each.row.figures.with_problems for each in told.ranking) == 2


# --- Since the report before, overdue, rebound, types


def test_change_compares_with_the_end_of_the_month_before():
    # 30 November: A, B ordered, A struck off -> 1 of 2. December: C surveyed and ordered, B struck off -> 2 of 3.
    first, second = institution(status="full"), institution(status="full")
    round_of(first, "2018-05-01", verified_on="2018-11-30")
    round_of(second, "2018-05-01", verified_on="2018-12-01")
    round_of(institution(status="full", surveyed_on="2018-12-02"), "2018-12-03")

    assert text_of(report().change) == (
        "上期（截至2018年11月30日）存在问题的培训机构2所、已整改1所、完成率50.00%；"
        "本期排摸总数增加1所，存在问题的培训机构增加1所，已整改增加1所，完成率66.67%。"
    )


def test_change_of_a_cut_off_inside_a_month_compares_with_the_month_end_before():
    assert "截至2018年11月30日" in text_of(report("2018-12-15").change)


def test_overdue_of_the_outstanding():
    round_of(institution(), "2018-12-01", due_on="2018-12-30")
    round_of(institution(), "2018-12-01", due_on="2018-12-31")  # due on the cut-off day: not overdue

    assert text_of(report().overdue).startswith("尚未完成整改的培训机构2所，其中逾期1所。")


def rebounding(again_on: str, verified_on: str = "2018-06-01", **again) -> Institution:
    school = institution()
    round_of(school, "2018-05-01", verified_on=verified_on)
    round_of(school, again_on, **again)
    return school


@pytest.mark.parametrize(("again_on", "expected"), [("2018-11-30", 0), ("2018-12-01", 1), ("2018-12-31", 1)])
def test_rebound_is_a_round_ordered_in_the_period_after_one_was_verified(again_on, expected):
    rebounding(again_on)

    assert len(report().rebounds) == expected


def test_rebound_already_put_right_again_is_still_a_rebound_of_the_period():
    school = rebounding("2018-12-03", verified_on="2018-06-01")

    assert [each.institution for each in report().rebounds] == [school]
    assert "（反弹）的培训机构1所。" in text_of(report().overdue)


def test_rebound_voided_or_not_yet_known_is_none():
    rebounding("2018-12-03", voided="2018-12-05")
    rebounding("2018-12-03", ordered_recorded="2019-01-08")

    assert report(known="2019-01-03").rebounds == []


def test_first_round_is_no_rebound():
    round_of(institution(), "2018-12-03")

    assert not rebounds(
        Institution.objects.all(), Moment(day("2018-12-31"), timezone.now()), day("2018-11-30"), "330382"
    )


def test_problem_types_are_listed_by_the_number_of_institutions():
    for codes in (("L01", "T01"), ("T01",), ("T01", "S01")):
        school = institution()
        visit_of(school, "2018-05-01", findings=codes)
        round_of(school, "2018-05-02")
    visit_of(institution(), "2018-05-01", findings=("S01",))  # found, never ordered: no problem in the figures

    assert [(row.key, row.figures.with_problems) for row in report().types] == [("T01", 3), ("L01", 1), ("S01", 1)]


# --- Both clocks, languages and links


def test_report_as_known_then_does_not_know_a_late_record():
    round_of(institution(status="full"), "2018-11-26", verified_on="2018-12-30", verified_recorded="2019-01-08")

    assert report(known="2019-01-03").total.rectified == 0
    assert report(known="2019-01-08").total.rectified == 1


def test_report_is_chinese_on_an_english_page():
    school = institution()
    visit_of(school, "2018-05-01", findings=("T01",))
    round_of(school, "2018-05-02")
    chinese = report().narrative

    with translation.override("en"):
        assert report().narrative == chinese


def test_numbers_repeat_the_moment_that_was_asked_for():
    schools("330382114", left=1)

    asked = {number.query for sentence in report(known="2019-01-03").sentences for number in numbers(sentence)}

    assert all("known_at=2019-01-03T12%3A00%3A00%2B08%3A00" in query for query in asked if query)
    assert not any("known_at" in number.query for sentence in report().sentences for number in numbers(sentence))


def numbers(sentence) -> list[Number]:
    return [part for part in sentence if isinstance(part, Number)]


def test_every_count_in_the_narrative_is_a_number_with_a_list():
    """Digits in plain text are days, months and ranks only. A rate of nothing has no list."""
    schools(TOWNSHIPS[0], done=1)
    schools(TOWNSHIPS[1], done=1, left=1)

    for sentence in report().sentences:
        counts = [part for part in numbers(sentence) if part.value != "—"]
        assert all(part.query or part.anchor for part in counts)
    plain = "".join(part for sentence in report().sentences for part in sentence if isinstance(part, str))
    assert "所" in plain
    assert not [text for text in plain.split("增加")[0].split("所") if text and text[-1].isdigit()]


def test_report_costs_the_same_queries_for_1_and_60_institutions(django_assert_max_num_queries):
    for _ in range(60):
        schools(TOWNSHIPS[0], done=1)

    with django_assert_max_num_queries(21):
        report()
