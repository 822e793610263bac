"""The institution list: what it shows, says, hides and exports."""

import csv
import io
from html.parser import HTMLParser

import pytest

from figures.conditions import UNVISITED
from figures.drilldown import UNVISITED_DAYS
from figures.exports import unformula
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of
from tests.urls import body

AS_OF = "as_of=2018-12-31"


class Words(HTMLParser):
    """The text of a page, and where its links lead."""

    def __init__(self, html: str):
        super().__init__()
        self.text, self.links = [], []
        self.feed(html)

    def handle_data(self, data):
        self.text.append(data.strip())

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.links.append(dict(attrs)["href"])


def words(answer) -> list[str]:
    return Words(answer.content.decode()).text


def names(answer) -> list[str]:
    return [each.name for each in answer.context["page"]]


@pytest.fixture
def three(db):
    """One rectified and one overdue in 柳市镇, one without problems next to it."""
    done = institution(LIUSHI, name="甲中心", principal="王某某", status="none", position=(120.9, 28.03))
    round_of(done, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    late = institution(LIUSHI, name="乙中心", status="full")
    round_of(late, "2018-10-01", due_on="2018-11-01")
    clear = institution(NEXT_TO_LIUSHI, name="丙中心", status="full")
    return done, late, clear


def test_list_is_in_the_order_of_division_and_name(three, browse, taskforce):
    answer = browse(taskforce).get(f"/institutions/?{AS_OF}")

    assert names(answer) == sorted(["甲中心", "乙中心"]) + ["丙中心"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("figure=rectified", ["甲中心"]),
        ("figure=overdue", ["乙中心"]),
        ("standing=unseen", ["丙中心"]),
        ("outcome=closed", ["甲中心"]),
        ("licence_status=none", ["甲中心"]),
        ("located=yes", ["甲中心"]),
        (f"division={NEXT_TO_LIUSHI}", ["丙中心"]),
        ("q=乙", ["乙中心"]),
    ],
)
def test_list_shows_what_was_asked_for(three, browse, taskforce, query, found):
    answer = browse(taskforce).get(f"/institutions/?{AS_OF}&{query}")

    assert names(answer) == found


def test_list_says_in_words_what_is_shown(three, browse, inspector):
    answer = browse(inspector).get(f"/institutions/?{AS_OF}&figure=rectified")

    assert "截至 2018-12-31，柳市镇已整改 1 家" in words(answer)


@pytest.mark.parametrize("more", ["figure=rectified&licence_status=none", "standing=closed", "q=甲"])
def test_list_is_not_called_by_a_figure_when_more_was_asked_for(three, browse, inspector, more):
    answer = browse(inspector).get(f"/institutions/?{AS_OF}&{more}")

    assert "截至 2018-12-31，柳市镇符合条件的机构 1 家" in words(answer)


def test_condition_can_be_taken_away_alone(three, browse, inspector):
    answer = browse(inspector).get(f"/institutions/?{AS_OF}&figure=rectified&licence_status=none")

    assert [(each.value, each.without) for each in answer.context["asked"]] == [
        ("已整改", f"division={LIUSHI}&{AS_OF}&licence_status=none"),
        ("无证无照", f"division={LIUSHI}&{AS_OF}&figure=rectified"),
    ]


@pytest.mark.parametrize(("span", "said"), [("90", "90 天内没有"), ("ever", "从未检查")])
def test_list_of_what_was_not_visited_says_for_how_long(three, browse, taskforce, span, said):
    answer = browse(taskforce).get(f"/institutions/?{AS_OF}&unvisited={span}")

    assert [(each.label, each.value) for each in answer.context["asked"]] == [("最近检查", said)]
    assert f'<option value="{span}" selected>{said}</option>' in answer.content.decode()


def test_every_span_of_the_grammar_has_words():
    assert list(UNVISITED) == [*UNVISITED_DAYS, "ever"]


def test_empty_list_says_what_next(three, browse, taskforce):
    answer = browse(taskforce).get("/institutions/?q=没有这样的")

    assert "没有符合这些条件的机构。可以放宽条件，或核对截至日期。" in words(answer)


@pytest.mark.parametrize(("asked", "size"), [("", 50), ("20", 20), ("25", 25), ("200", 200)])
def test_page_has_as_many_rows_as_asked_for(browse, taskforce, asked, size):
    answer = browse(taskforce).get(f"/institutions/?page_size={asked}")

    assert answer.context["page"].paginator.per_page == size


@pytest.mark.parametrize("asked", ["0", "201", "many", "-5", "²", "２０", "9" * 5000])
def test_page_size_that_is_none_is_refused(browse, taskforce, asked):
    answer = browse(taskforce).get("/institutions/", {"page_size": asked})

    assert (answer.status_code, "可用：25、50、100、200。" in answer.content.decode()) == (422, True)


def test_principal_is_masked_for_auditor(three, browse, auditor):
    shown = words(browse(auditor).get(f"/institutions/?{AS_OF}"))

    assert ("王**" in shown, "王某某" in shown) == (True, False)


def test_principal_is_masked_wherever_it_may_be_seen(three, browse, auditor):
    institution(NEXT_TO_LIUSHI, principal="赵某某")
    auditor.grants.create(role="inspector", division_prefix=NEXT_TO_LIUSHI, valid_from="2018-01-01")

    shown = words(browse(auditor).get(f"/institutions/?{AS_OF}"))

    assert ("赵**" in shown, "赵某某" in shown, "王**" in shown, "王某某" in shown) == (True, False, True, False)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_list_is_only_read(browse, taskforce, method):
    assert getattr(browse(taskforce), method)("/institutions/").status_code == 405


def test_list_answers_head(browse, taskforce):
    assert browse(taskforce).head("/institutions/").status_code == 200


def test_export_in_english_has_english_values(three, browse, taskforce, client):
    client.cookies["django_language"] = "en"

    answer = browse(taskforce).get(f"/institutions/?{AS_OF}&figure=overdue&format=csv")

    rows = list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert rows[0][:5] == ["Name", "Township", "Status", "Licence status at survey", "Licence status"]
    assert rows[1][2:5] == ["Overdue", "Full", "Neither"]


def test_export_has_the_rows_of_the_list(three, browse, taskforce):
    answer = browse(taskforce).get(f"/institutions/?{AS_OF}&figure=with_problems&format=csv")

    rows = list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert [(row["机构名称"], row["状态"], row["整改期限"]) for row in rows] == [
        ("乙中心", "逾期", "2018-11-01"),
        ("甲中心", "已取缔", ""),
    ]


def test_export_of_inspector_ends_at_the_township(three, browse, inspector):
    answer = browse(inspector).get(f"/institutions/?{AS_OF}&format=csv")

    rows = list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert {row["乡镇（街道）"] for row in rows} == {"柳市镇"}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"])
def test_text_that_begins_a_formula_is_exported_as_text(sign):
    assert unformula(f"{sign}1+1") == f"'{sign}1+1"


def test_text_that_begins_no_formula_is_exported_unchanged():
    assert unformula("甲=乙") == "甲=乙"


def test_wrong_question_keeps_what_was_typed(browse, taskforce):
    answer = browse(taskforce).get("/institutions/?as_of=2099-01-01&figure=rectified")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "日期 2099-01-01 在今天之后。" in words(answer)
    assert '<input type="date" id="id_as_of" name="as_of" value="2099-01-01">' in page
    assert '<input type="hidden" name="figure" value="rectified">' in page


def test_words_are_looked_for_as_they_are_kept(browse, taskforce):
    institution(name="甲ABC培训")

    assert "甲ABC培训" in browse(taskforce).get("/institutions/", {"q": "ＡＢＣ"}).content.decode()
