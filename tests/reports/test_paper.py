"""The printed look on a page: the date in words, and on a phone a line for each township, that opens."""

import re

import pytest
from django.urls import reverse

from tests.reports.reporting import begun, clerk, county, submitted

pytestmark = pytest.mark.django_db


def paper(browse, report) -> str:
    html = browse(clerk()).get(reverse("report_preview", args=[report.pk])).content.decode()
    return html.split('<article class="paper"')[1].split("</article>")[0]


def test_date_under_the_text_is_printed_as_documents_print_it(browse):
    county()

    assert re.search(r'class="signed">.*<br>2019年1月2日</p>', paper(browse, begun()))


def test_annex_has_a_line_for_each_township_and_the_whole(browse):
    county()

    lines = paper(browse, begun()).split('<div class="lines">')[1]

    told = re.findall(
        r"<summary><span>(?:<b[^>]*>(\S+)</b> )?(\S+)</span>.*?</span> (\d+)</span>.*?</span> (\S+)</span>", lines
    )
    assert told == [("1", "柳市镇", "0", "100.00%"), ("2", "北白象镇", "1", "0.00%"), ("", "合计", "1", "66.67%")]


def test_numbers_in_a_line_open_what_was_kept(browse):
    county()
    version = submitted()

    html = browse(clerk()).get(version.get_absolute_url()).content.decode()

    lines = html.split('<div class="lines">')[1].split("</section>")[0]
    kept = reverse("report_annex", args=[version.report_id, 1])
    assert f'<tr><td>未完成</td><td class="n"><a href="{kept}?figure=330382115.outstanding">1</a></td></tr>' in lines
    assert '<tr><td>逾期</td><td class="n">0</td></tr>' in lines
