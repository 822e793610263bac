"""The editor in a browser without JavaScript: heading, sentences left out, one of one's own with where its numbers
come from."""

import json
import re

import pytest
from django.urls import reverse

from reports.drafts import Draft
from tests.reports.reporting import begun, clerk, county, submitted

pytestmark = pytest.mark.django_db
HEADING = {
    "red_head": "",
    "number": "乐教〔2019〕1号",
    "addressees": "市教育局：",
    "signed": "",
    "dated_on": "2019-01-03",
}


@pytest.fixture
def report():
    county()
    return begun()


def post(browse, report, **given):
    return browse(clerk()).post(
        reverse("report_edit", args=[report.pk]), {"version": "1", "draft": "", **HEADING, **given}
    )


def test_form_without_script_fills_the_heading_and_goes_on(browse, report):
    answer = post(browse, report)

    assert answer.url == reverse("report_preview", args=[report.pk])
    report.refresh_from_db()
    draft = Draft.read(report.draft)
    assert draft.heading == HEADING
    assert not any("parts" in each or each["dropped"] for each in draft.paragraphs)


def test_sentence_is_left_out_and_one_is_added_without_script(browse, report):
    post(browse, report, dropped=["change"], own="另据统计，走访86次。", own_why="按走访登记统计")

    text = ["".join(part if isinstance(part, str) else part["typed"] or str(part["value"]) for part in each["parts"])
            for each in submitted(report).printed["paragraphs"]]  # fmt: skip
    assert text[-1] == "另据统计，走访86次。"
    assert not any(line.startswith("上期") for line in text)


def test_number_without_where_it_comes_from_still_blocks_without_script(browse, report):
    post(browse, report, own="另据统计，走访86次。")

    page = browse(clerk()).get(reverse("report_preview", args=[report.pk])).content.decode()

    assert "86" in page and re.search(r"<button[^>]*primary[^>]*disabled", page)


def test_page_says_what_works_without_script(browse, report):
    page = browse(clerk()).get(reverse("report_edit", args=[report.pk])).content.decode()

    assert re.findall(r'name="dropped" value="(\w+)"', page)[0] == "headline"
    assert "没有启用 JavaScript" in page
    assert json.loads(re.search(r'id="draft"[^>]*>(.*?)</script>', page)[1])["version"] == 1
