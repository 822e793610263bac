"""A report of made-up institutions in which every list has rows: what a template is tried with, without a database."""

from typing import Any

from figures.statistics import FIGURES
from institutions.models import LicenceStatus
from misconduct import figures as misconduct
from misconduct.models import MeasureKind
from reports.monthly import DONE, LEFT, RATED, REBOUNDS, WHOLE_PERCENT, signed
from reports.printed import Printed


def figures(*counts: int, percent: str) -> dict[str, Any]:
    return {**dict(zip(FIGURES, counts, strict=True)), "completion_percent": percent}


def by_key(total: dict[str, Any], **parts: dict[str, Any]) -> dict[str, Any]:
    """Every figure of a report under its key, as `printed.figures_of` has them."""
    flat = total | {WHOLE_PERCENT: "94%", RATED: 2, DONE: 1, LEFT: 1, REBOUNDS: 1}
    for part, said in parts.items():
        flat |= {f"{part}.{name}": value for name, value in said.items()}
    flat |= {f"change.{name}": signed(total[name] - parts["before"][name]) for name in FIGURES}
    return flat | misconduct.by_key(misconduct.Figures(12, 15, {MeasureKind.DISCIPLINED: 11}, [], []))


def row(number: int, **changes: Any) -> dict[str, Any]:
    """A row of the annex: of three, one is overdue, one closed, one never had a problem."""
    standing = ("overdue", "closed", "clear")[number % 3]
    problems = standing != "clear"
    members = {"overdue": ["outstanding", "overdue"], "closed": ["rectified", "closed"]}.get(standing, [])
    return {
        "number": number,
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "name": f"绘声馆{number}号教学点",
        "division": "330382114",
        "township": "柳市镇",
        "address": f"乐清市柳市镇青竹路{number}号",
        "licence_status": "none",
        "standing": standing,
        "surveyed_on": "2018-04-01",
        "ordered_on": "2018-05-01" if problems else "",
        "due_on": "2018-06-01" if problems else "",
        "verified_on": "2018-05-20" if standing == "closed" else "",
        "outcome": "closed" if standing == "closed" else "",
        "problems": "L01 无办学许可证；S03 消防通道堵塞" if problems else "",
        "finding_types": ["L01", "S03"] if problems else [],
        "figures": ["surveyed", *(["with_problems"] if problems else []), *members],
    } | changes


def sample(rows: list[dict[str, Any]] | None = None, **changes: Any) -> Printed:
    """The report; `rows` is its annex, `changes` other values of its content."""
    listed = [row(number) for number in range(1, 8)] if rows is None else rows
    total = figures(1495, 1270, 1198, 72, 31, 449, 314, 435, percent="94.33%")
    before = figures(1480, 1260, 1131, 129, 60, 420, 300, 411, percent="89.76%")
    none = figures(779, 779, 763, 16, 7, 449, 314, 0, percent="97.95%")
    licences = {status: figures(*[0] * len(FIGURES), percent="—") for status in LicenceStatus.values} | {"none": none}
    liushi = figures(220, 214, 214, 0, 0, 100, 60, 54, percent="100.00%")
    hongqiao = figures(300, 250, 230, 20, 9, 100, 60, 70, percent="92.00%")
    l01 = figures(640, 640, 600, 40, 12, 300, 200, 100, percent="93.75%")

    def number(figure: str, value: Any) -> dict[str, Any]:
        return {"figure": figure, "value": value, "query": "", "anchor": "", "typed": None, "why": ""}

    content = {
        "form": 1,
        "division": "330382",
        "name": "乐清市",
        "as_of": "2018-12-31",
        "before": "2018-11-30",
        "known_at": "2019-01-03T09:00:00+00:00",
        "asked_known_at": "",
        "period": "month",
        "version": 2,
        "replaces": None,
        "synthetic": False,
        "heading": {
            "red_head": "乐清市教育局文件",
            "number": "乐教通〔2019〕3号",
            "addressees": "各乡镇人民政府、街道办事处：",
            "signed": "乐清市教育局",
            "dated_on": "2019-01-03",
        },
        "title": "关于乐清市校外培训机构整改进展情况的通报",
        "cut_off": "2018年12月31日",
        "children_name": "乡镇（街道）",
        "paragraphs": [
            {
                "key": "headline",
                "parts": [
                    "全市排摸培训机构总数",
                    number("surveyed", 1495),
                    "所,存在问题的培训机构",
                    number("with_problems", 1270),
                    "所,已整改培训机构",
                    number("rectified", 1198),
                    "所,完成率",
                    number("percent_whole", "94%"),
                    "。",
                ],
            },
            {
                "key": "by_township",
                "parts": [
                    "2个存在问题机构的乡镇（街道）中，1个已全部整改到位：柳市镇",
                    number("330382114.rectified", 214),
                    "所。",
                ],
            },
            {
                "key": "overdue",
                "parts": [
                    "尚未完成整改的培训机构",
                    number("outstanding", 72),
                    "所，其中逾期",
                    number("overdue", 31) | {"typed": "30", "why": "一所当日销号"},
                    "所。",
                ],
            },
            {"key": "own", "parts": ["各地要对照附件名单，逐一落实整改责任，确保按期销号。"]},
        ],
        "figures": by_key(
            total, before=before, **{**licences, "330382114": liushi, "330382102": hongqiao, "type.L01": l01}
        ),
        "townships": [
            {"key": "330382114", "name": "柳市镇", "rank": 1, "placed": True, "centre": [120.9, 28.05]} | liushi,
            {"key": "330382102", "name": "虹桥镇", "rank": 2, "placed": True, "centre": [121.03, 28.21]} | hongqiao,
            {"key": "330382", "name": "乐清市（未分乡镇）", "rank": None, "placed": False, "centre": None}
            | figures(3, 0, 0, 0, 0, 0, 0, 0, percent="—"),
        ],
        "licence_status": [{"key": "none", "name": "无证无照"} | none],
        "finding_types": [{"key": "L01", "name": "无办学许可证"} | l01],
        "total": total,
        "trend": [
            {
                "on": "2018-10-31",
                "surveyed": 1400,
                "with_problems": 1201,
                "rectified": 900,
                "completion_percent": "74.94%",
            },
            {
                "on": "2018-11-30",
                "surveyed": 1480,
                "with_problems": 1260,
                "rectified": 1131,
                "completion_percent": "89.76%",
            },
            {
                "on": "2018-12-31",
                "surveyed": 1495,
                "with_problems": 1270,
                "rectified": 1198,
                "completion_percent": "94.33%",
            },
        ],
        "rebounds": listed[:1],
        "contradictions": [
            {
                "code": "same_permit",
                "says": "同一证号登记在几家机构名下",
                "count": 2,
                "institutions": [{"id": row(1)["id"], "name": "绘声馆1号教学点", "township": "柳市镇"}],
                "query": "",
                "explained": "发证机关换发时重号，已去函更正。",
                "by": "taskforce",
            }
        ],
        "annex": {"rows": len(listed), "sha256": ""},
        "definitions": "2026-11",
        "template": None,
        "audit_head": "",
    }
    return Printed(content | changes, lambda: listed)
