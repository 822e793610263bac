"""A report submitted on the 3rd is what it was, to the byte, whatever becomes known afterwards; the live figures move."""

import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inspections.actions import NewFinding, NewOrder, record_visit
from institutions.actions import rename_institution
from institutions.imports.commit import commit_plan
from institutions.imports.rollback import roll_back
from institutions.models import Division, Institution
from institutions.moments import Moment
from reports.actions import correct_report, explain_contradiction
from reports.annex import as_before, kept_rows
from reports.files import kept_file
from reports.live import as_it_stands, counted
from reports.models import ReportVersion
from reports.printed import figures_of
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    at,
    day,
    institution,
    move_of,
    rename_of,
    round_of,
    sent_visit,
    strike_off,
    user_with,
)
from tests.institutions.intake_files import planned
from tests.reports.reporting import THIRD, approved, begun, clerk, county, leader, submitted
from tests.urls import body

pytestmark = pytest.mark.django_db
HEAD = ["机构名称", "乡镇", "办学地址", "统一社会信用代码", "证照情况", "排摸日期", "办学许可证号", "有效期"]
ROW = ["新来培训中心", "柳市镇", "示例路3号", "", "无证无照", "2018-04-02", "", ""]
PAGES = ["report_version", "report_annex"]


def everything(browse: Any, version: ReportVersion) -> dict[str, bytes]:
    """What anybody can get of a version, in bytes: pages, content, annex and documents."""
    client = browse(clerk())
    answers = {name: client.get(reverse(name, args=[version.report_id, version.number])) for name in PAGES}
    members = reverse("report_annex", args=[version.report_id, version.number])
    answers |= {key: client.get(members, {"figure": key}) for key in ("rectified", "none.surveyed", "overdue")}
    kinds = ["json", *version.files.values_list("kind", flat=True)]
    names = {kind: reverse("report_file", args=[version.report_id, version.number, kind]) for kind in kinds}
    answers |= {kind: client.get(url) for kind, url in names.items()}
    return {name: body(answer) for name, answer in answers.items()}


def test_report_of_the_3rd_stays_while_the_live_figures_move(browse):
    county()
    plan = planned(HEAD, ROW)
    batch = commit_plan(plan, file_name="a.csv", sha256="", by=None, at=at("2018-06-01"))
    report = begun()
    version = approved(report)
    kept = everything(browse, version)
    before = figures_of(counted(report, THIRD))

    # On the 8th a phone sends a visit of the 30th that orders; the import is undone; an institution is renamed.
    school = Institution.objects.get(name="丁馆")
    sent = sent_visit(
        school, happened_at=at("2018-12-30", 10), findings=[NewFinding("T01")], order=NewOrder(), inspectors=["phone"]
    )
    record_visit(sent, by=user_with("inspector", NEXT_TO_LIUSHI, "phone"), received_at=at("2019-01-08"))
    roll_back(batch, by=None, at=at("2019-01-08"))
    renamed = Institution.objects.get(name="甲馆")
    rename_institution(
        renamed, by=None, version=renamed.version, name="改名后的馆", from_on=day("2018-12-01"), at=at("2019-01-09")
    )

    assert everything(browse, version) == kept
    assert "甲馆" in kept["report_annex"].decode() and "改名后的馆" not in kept["report_annex"].decode()
    live = figures_of(counted(report))
    moved = {key: (before[key], live[key]) for key in ("surveyed", "with_problems", "rectified", "outstanding")}
    # 5 surveyed, without the import 4; one more is ordered.
    assert moved == {"surveyed": (5, 4), "with_problems": (3, 4), "rectified": (2, 2), "outstanding": (1, 2)}
    # As of the same D, as known at the same K, the plain definition says what was kept, too.
    assert figures_of(counted(report, version.known_at)) == before == version.printed.figures


def test_every_file_that_was_kept_is_named_by_its_digest(browse):
    county()
    version = approved()

    for file in version.files.all():
        assert hashlib.sha256(kept_file(file.sha256).read_bytes()).hexdigest() == file.sha256
    assert hashlib.sha256(version.content.encode()).hexdigest() == version.sha256


def test_difference_since_names_each_of_what_changed(browse):
    county()
    plan = planned(HEAD, ROW)
    batch = commit_plan(plan, file_name="a.csv", sha256="", by=None, at=at("2018-06-01"))
    version = approved()
    address = reverse("report_changes", args=[version.report_id, 1])
    assert "没有机构变动" in browse(leader()).get(address).content.decode()

    school = Institution.objects.get(name="丁馆")
    sent = sent_visit(
        school, happened_at=at("2018-12-30", 10), findings=[NewFinding("T01")], order=NewOrder(), inspectors=["phone"]
    )
    record_visit(sent, by=user_with("inspector", NEXT_TO_LIUSHI, "phone"), received_at=at("2019-01-08"))
    roll_back(batch, by=None, at=at("2019-01-08"))

    html = browse(leader()).get(address).content.decode()
    assert "丁馆" in html and "新来培训中心" in html and "甲馆" not in html
    assert "3 → <b>4</b>" not in html and "1 → <b>2</b>" in html  # with problems, of the township of the late visit


def test_versions_are_compared_as_each_was_known(browse):
    county()
    first = approved()
    report = first.report
    report.refresh_from_db()
    correct_report(report, by=clerk(), version=report.version, reason="补一家", at=at("2019-01-05"))
    institution(LIUSHI, name="补的馆", surveyed_on="2018-12-20", surveyed_recorded="2019-01-04")
    submitted(report, at=at("2019-01-05", 15))

    answer = browse(clerk()).get(reverse("report_changes", args=[report.pk, 1]), {"to": 2})

    assert "补的馆" in answer.content.decode()
    assert browse(clerk()).get(reverse("report_changes", args=[report.pk, 1]), {"to": 3}).status_code == 404


def of_a_township() -> ReportVersion:
    """The report of December: in it 戊馆 moved away, 己馆 came, and 丙馆, which was overdue, was struck off."""
    round_of(institution(LIUSHI, name="甲馆"), "2018-05-01", verified_on="2018-06-01", outcome="closed")
    strike_off(round_of(institution(LIUSHI, name="丙馆"), "2018-05-01", due_on="2018-06-01"), "2018-12-10")
    leaves, comes = institution(LIUSHI, name="戊馆"), institution(NEXT_TO_LIUSHI, name="己馆")
    round_of(leaves, "2018-05-01", due_on="2018-06-01")
    move_of(leaves, NEXT_TO_LIUSHI, "2018-12-15")
    move_of(comes, LIUSHI, "2018-12-20")
    report = begun(division=LIUSHI)
    [found] = as_it_stands(report, counted(report))[1]
    explain_contradiction(report, by=clerk(), code=found.code, digest=found.digest, text="迁出")
    return submitted(report)


def test_numbers_of_the_period_before_open_who_was_counted_then_by_where_they_stood(browse):
    version = of_a_township()
    move_of(Institution.objects.get(name="甲馆"), NEXT_TO_LIUSHI, "2019-01-10")  # out of the reader's sight
    client = browse(user_with("task_force", LIUSHI))
    paper = client.get(version.get_absolute_url()).context["paper"]
    [change] = [each for each in paper.paragraphs if each[0].text.startswith("上期")]

    numbers = [(each.text, client.get(each.url).context) for each in change if each.url][:3]

    assert [(text, [row["name"] for row in shown["rows"]], shown["count"]) for text, shown in numbers] == [
        ("3", ["丙馆", "甲馆", "戊馆"], 3), ("1", ["甲馆"], 1), ("33.33%", ["丙馆", "甲馆", "戊馆"], 3),
    ]  # fmt: skip
    shown = numbers[0][1]
    assert [(row["number"], row["standing"], row["due_on"]) for row in shown["rows"]] == [
        (1, "overdue", ""), (2, "closed", ""), (3, "overdue", ""),
    ]  # fmt: skip
    assert str(shown["on"]) == "2018-11-30"


@pytest.mark.parametrize("figure", ["surveyed", "with_problems", "rectified", "outstanding", "overdue", "closed"])
def test_list_of_the_period_before_is_as_long_as_its_figure(browse, figure):
    version = of_a_township()
    place = reverse("report_annex", args=[version.report_id, version.number])

    for key in (figure, f"before.{figure}"):
        assert browse(clerk()).get(place, {"figure": key}).context["count"] == version.printed.figures[key]
    assert [row["name"] for row in version.annex()] == ["丙馆", "己馆", "甲馆"]


def test_report_of_a_release_that_kept_no_period_before_opens_that_as_it_was_known(browse):
    first = of_a_township()
    printed = first.printed.but(annex={"rows": 3, "sha256": ""}, version=2, replaces=first.sha256)
    columns = {"known_at": first.known_at, "submitted_by": first.submitted_by, "submitted_at": first.submitted_at}
    version = ReportVersion.objects.create(
        report=first.report, number=2, replaces=first, reason="更正", content=printed.as_json(), sha256=printed.sha256,
        **columns,
    )  # fmt: skip

    client = browse(clerk())
    paper = client.get(version.get_absolute_url()).context["paper"]
    [change] = [each for each in paper.paragraphs if each[0].text.startswith("上期")]

    asked = parse_qs(urlsplit(change[1].url).query)
    assert (asked["as_of"], asked["known_at"]) == (["2018-11-30"], [first.known_at.isoformat()])
    assert len(client.get(change[1].url).context["page"].object_list) == 3
    place = reverse("report_annex", args=[version.report_id, version.number])
    assert client.get(place, {"figure": "before.surveyed"}).status_code == 404


def moved_and_renamed() -> ReportVersion:
    """The report of December of a county in which 乙馆 moved to another township and 丙馆 was renamed, both counted
    before, and 新馆, which was not, came and was renamed."""
    county()
    moved, renamed = Institution.objects.get(name="乙馆"), Institution.objects.get(name="丙馆")
    Institution.objects.filter(pk=moved.pk).update(operating_address="示例路1号")
    move_of(Institution.objects.get(pk=moved.pk), NEXT_TO_LIUSHI, "2018-12-10", address="示例路2号")
    rename_of(renamed, "丙新馆", "2018-12-12")
    rename_of(institution(LIUSHI, name="新馆", surveyed_on="2018-12-20"), "新的馆", "2018-12-21")
    return approved()


def test_list_of_the_period_before_calls_and_places_each_as_then(browse):
    version = moved_and_renamed()
    place = reverse("report_annex", args=[version.report_id, version.number])
    client = browse(clerk())

    def listed(key: str) -> list[tuple[str, str, str]]:
        rows = client.get(place, {"figure": key}).context["rows"]
        return sorted((row["name"], row["township"], row["address"]) for row in rows)

    here, there = Division.objects.get(pk=LIUSHI).name, Division.objects.get(pk=NEXT_TO_LIUSHI).name
    assert listed("before.with_problems") == [("丙馆", there, ""), ("乙馆", here, "示例路1号"), ("甲馆", here, "")]
    assert listed("with_problems") == [("丙新馆", there, ""), ("乙馆", there, "示例路2号"), ("甲馆", here, "")]
    for key in ("surveyed", "with_problems", "before.surveyed", "before.with_problems", f"{NEXT_TO_LIUSHI}.surveyed"):
        assert client.get(place, {"figure": key}).context["count"] == version.printed.figures[key]


def test_what_was_otherwise_is_kept_and_nothing_else_of_then():
    kept = {row["name"]: row.get("then") for row in moved_and_renamed().rows()}
    here = Division.objects.get(pk=LIUSHI).name
    assert kept == {
        "甲馆": None,
        "乙馆": {"division": LIUSHI, "township": here, "address": "示例路1号"},
        "丙新馆": {"name": "丙馆"},
        "丁馆": None,
        "新的馆": None,
    }


def test_rows_kept_without_what_was_otherwise_are_read():
    rows = list(moved_and_renamed().rows())
    for row in rows:
        row.pop("then", None)
    assert [(row["name"], row["standing"]) for row in as_before(rows) if "overdue" in row["figures"]] == [
        ("丙新馆", "overdue")
    ]


def test_many_that_moved_and_were_renamed_are_kept_with_as_many_questions_as_few(django_assert_num_queries):
    county()
    first = institution(LIUSHI, name="一馆")
    move_of(first, NEXT_TO_LIUSHI, "2018-12-10")
    rename_of(first, "一新馆", "2018-12-10")
    asked = "330382", Moment(day("2018-12-31"), THIRD), Moment(day("2018-11-30"), THIRD)
    with CaptureQueriesContext(connection) as few:
        assert sum("then" in row for row in kept_rows(*asked)) == 1
    for number in range(9):
        school = institution(LIUSHI, name=f"馆{number}")
        move_of(school, NEXT_TO_LIUSHI, "2018-12-10")
        rename_of(school, f"新馆{number}", "2018-12-10")

    with django_assert_num_queries(len(few)):
        assert sum("then" in row for row in kept_rows(*asked)) == 10
