"""What a clerk makes of the generated text: moved, dropped, added, typed over; the rest follows the figures."""

import pytest

from accounts.errors import Invalid
from accounts.models import AuditRow
from reports.actions import save_draft
from reports.drafts import Draft, edited, numbered, printed_of, read_sent, unexplained_numbers
from reports.live import counted, generated
from reports.models import Report
from reports.printed import Printed, text_of
from reports.refusals import Unexplained
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, at, institution, round_of
from tests.reports.reporting import begun, clerk, county, sent, submitted, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Report:
    county()
    return begun()


def lines(report: Report) -> list[str]:
    """The text as it would be handed in."""
    printed = printed_of(Draft.read(report.draft), generated(report, brief=True))
    return [text_of(each) for each in printed["paragraphs"]]


def find(content: dict, name: str) -> dict:
    return next(each for each in content["paragraphs"] if each["id"] == name)


def typed_over(content: dict, figure: str, typed: str, why: str = "") -> None:
    for each in content["paragraphs"]:
        each["parts"] = [
            part | {"typed": typed, "why": why} if isinstance(part, dict) and part["figure"] == figure else part
            for part in each["parts"]
        ]


def test_new_draft_says_what_is_generated_and_follows_the_figures(report):
    assert lines(report) == counted(report).narrative.split("\n")

    round_of(institution(LIUSHI), "2018-12-20", ordered_recorded="2018-12-20")

    assert lines(report) == counted(report).narrative.split("\n")
    assert "存在问题的培训机构4所" in lines(report)[0]


def test_draft_that_is_saved_unchanged_keeps_no_text(report):
    write(report, sent(report))

    report.refresh_from_db()
    assert not any("parts" in each for each in Draft.read(report.draft).paragraphs)


def test_sentences_are_reordered_dropped_and_brought_back(report):
    content = sent(report)
    content["paragraphs"].reverse()
    find(content, "change")["dropped"] = True
    report = write(report, content)

    made = counted(report).narrative.split("\n")
    assert lines(report)[-1] == made[0]
    assert not any(line.startswith("上期") for line in lines(report))

    content = sent(report)
    find(content, "change")["dropped"] = False
    report = write(report, content)
    assert any(line.startswith("上期") for line in lines(report))


def test_own_sentence_has_numbers_that_stay_bound(report):
    content = sent(report)
    parts = ["尚有", {"figure": "outstanding", "typed": None, "why": ""}, "所在整改。"]
    content["paragraphs"].append({"id": "own.1", "key": "own", "dropped": False, "parts": parts})
    report = write(report, content)
    assert lines(report)[-1] == "尚有1所在整改。"

    round_of(institution(LIUSHI), "2018-12-20", ordered_recorded="2018-12-20")

    assert lines(report)[-1] == "尚有2所在整改。"


def test_words_are_changed_and_the_numbers_in_them_follow(report):
    content = sent(report)
    headline = find(content, "headline")
    headline["parts"] = [part.replace("全市", "我市") if isinstance(part, str) else part for part in headline["parts"]]
    report = write(report, content)

    round_of(institution(LIUSHI), "2018-12-20", ordered_recorded="2018-12-20")

    assert lines(report)[0].startswith("我市排摸培训机构总数5所,存在问题的培训机构4所")


def test_number_typed_over_is_marked_and_must_be_explained(report):
    content = sent(report)
    typed_over(content, "with_problems", "9")
    report = write(report, content)
    with pytest.raises(Unexplained, match="9"):
        submitted(report)

    content = sent(report)
    typed_over(content, "with_problems", "9", "含上月移交的6所")
    version = submitted(write(report, content))

    number = next(
        part for part in version.printed["paragraphs"][0]["parts"] if isinstance(part, dict) and part["typed"]
    )
    assert (number["value"], number["typed"], number["why"]) == (3, "9", "含上月移交的6所")
    assert "存在问题的培训机构9所" in text_of(version.printed["paragraphs"][0])
    assert version.printed.figures["with_problems"] == 3


def test_number_typed_as_its_figure_says_is_bound(report):
    content = sent(report)
    typed_over(content, "with_problems", "3")

    report = write(report, content)

    assert unexplained_numbers(edited(Draft.read(report.draft), generated(report, brief=True))) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("走访86次", ["86"]),
        ("同比上升12.5%，共1,234人次", ["12.5%", "1,234"]),
        ("全角１２家", ["１２"]),
        ("2019年1月3日印发的乐教通〔2019〕3号文件", []),
        ("排第3位，列第3名，自2018-12-01起", []),
        ("2017-2018学年，12月1-15日，9月至11月，电话0577-62520000，第4期，（2019）12号", []),
        ("已整改1190-1200所", ["1190", "1200"]),
        ("完成率90-95%", ["90", "95%"]),
        ("已整改〔1198〕所，其余[72]所", ["1198", "72"]),
        ("已整改1198号，占第94%", ["1198", "94%"]),
        ("已整改一千一百九十八 所，涉及二十余人", ["一千一百九十八", "二十"]),
        ("完成率百分之九十四点五，一所未改", ["百分之九十四点五"]),
        ("另取缔三家、停办十所，涉及两人", ["三", "十", "两"]),
        ("列第三名，分三个阶段，一起推进", []),
        ("走访86，12月再访", ["86"]),
        ("没有数字", []),
    ],
)
def test_numerals_that_count_something_are_numbers_to_be_explained(report, text, numbers):
    content = sent(report)
    content["paragraphs"].append({"id": "own.1", "key": "own", "dropped": False, "parts": [text]})

    report = write(report, content)

    assert unexplained_numbers(edited(Draft.read(report.draft), generated(report, brief=True))) == numbers
    assert lines(report)[-1] == text


def test_number_that_was_taken_out_and_typed_in_again_is_no_way_around(report):
    content = sent(report)
    headline = find(content, "headline")
    headline["parts"] = ["全市排摸培训机构总数4所,存在问题的培训机构9所。"]

    report = write(report, content)

    assert unexplained_numbers(edited(Draft.read(report.draft), generated(report, brief=True))) == ["4", "9"]


def ranked() -> None:
    """Three townships with problems, none fully done: at 50.00%, at 33.33%, at nothing."""
    for township, rectified, left in ((LIUSHI, 1, 1), (NEXT_TO_LIUSHI, 1, 2), (PANSHI, 0, 1)):
        for _one in range(rectified):
            round_of(institution(township), "2018-05-01", verified_on="2018-06-01", outcome="corrected")
        for _one in range(left):
            round_of(institution(township), "2018-05-01", due_on="2019-06-01")


def reworded(content: dict, name: str, old: str, new: str) -> None:
    each = find(content, name)
    each["parts"] = [part.replace(old, new) if isinstance(part, str) else part for part in each["parts"]]


def test_rank_that_is_typed_otherwise_than_it_was_generated_is_marked():
    ranked()
    report = begun()
    content = sent(report)
    reworded(content, "by_township.2", "第2位", "第1位")

    report = write(report, content)

    assert unexplained_numbers(edited(Draft.read(report.draft), generated(report, brief=True))) == ["1"]


@pytest.mark.parametrize("settled", ["read again", "restored", "dropped"])
def test_edited_sentence_whose_ranks_and_names_have_changed_since_is_read_again(settled):
    """Late, the worst becomes the best: the rates in the edited sentence follow, its names and ranks do not."""
    ranked()
    report = begun()
    content = sent(report)
    before = find(content, "by_township.2")["of"]
    reworded(content, "by_township.2", "完成率最高的是", "完成率最高的仍是")
    report = write(report, content)
    for _one in range(9):
        round_of(institution(PANSHI), "2018-05-01", verified_on="2018-06-01", outcome="corrected")

    with pytest.raises(Unexplained, match="完成率最高的仍是柳市镇"):
        submitted(report)
    content = sent(report)
    find(content, "by_township.2")["of"] = before  # an editor that was opened before saves something else
    content["heading"]["signed"] = "教育局"
    report = write(report, content)
    with pytest.raises(Unexplained, match="完成率最高的仍是柳市镇"):
        submitted(report)

    content = sent(report)
    each = find(content, "by_township.2")
    if settled == "restored":
        each["parts"] = numbered(generated(report, brief=True)["paragraphs"])[each["id"]]["parts"]
    each["dropped"] = settled == "dropped"
    assert submitted(write(report, content)).number == 1


def test_edited_sentence_of_which_numbers_alone_have_changed_is_not_read_again(report):
    content = sent(report)
    reworded(content, "headline", "全市", "我市")
    report = write(report, content)

    round_of(institution(LIUSHI), "2018-12-20", ordered_recorded="2018-12-20")

    assert submitted(report).number == 1


def test_figure_that_is_no_more_is_a_number_to_be_explained(report):
    content = sent(report)
    live = generated(report, brief=True)
    parts: list = ["已取缔", {"figure": "330382114.closed", "typed": None, "why": ""}, "所。"]
    content["paragraphs"].append({"id": "own.1", "key": "own", "dropped": False, "parts": parts})
    report = write(report, content)
    without = live.but(figures={key: value for key, value in live.figures.items() if not key.startswith("330382114")})

    [*_others, own] = edited(Draft.read(report.draft), without)

    assert (own.text, own.typed[0]["figure"]) == ("已取缔—所。", "330382114.closed")


def test_sentence_that_is_generated_anew_stands_behind_the_one_before_it(report):
    content = sent(report)
    content["paragraphs"] = [each for each in content["paragraphs"] if each["id"] != "change"]
    content["paragraphs"].append({"id": "own.1", "key": "own", "dropped": False, "parts": ["完。"]})

    report = write(report, content)

    ids = [each.id for each in edited(Draft.read(report.draft), generated(report, brief=True))]
    assert ids == ["headline", "by_township", "by_township.2", "change", "overdue", "problem_types", "own.1"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["heading"].update(number="号" * 61),
        lambda content: content["paragraphs"].append(content["paragraphs"][0]),
        lambda content: content["paragraphs"].append({"id": "x'", "key": "x'", "dropped": False, "parts": []}),
        lambda content: content["paragraphs"][0].update(parts=["字" * 3001]),
        lambda content: content["paragraphs"][0].update(parts=[{"figure": "nothing", "typed": None}]),
        lambda content: content["paragraphs"][0].update(parts=[7]),
        lambda content: content.update(
            paragraphs=[{"id": f"own.{n}", "key": "own", "dropped": False, "parts": ["a"]} for n in range(61)]
        ),
    ],
)
def test_draft_that_is_none_is_refused_whole(report, spoil):
    content = sent(report)
    spoil(content)

    with pytest.raises(Invalid):
        read_sent(content, generated(report, brief=True))


def test_id_number_in_a_draft_is_refused(report):
    content = sent(report)
    parts = ["负责人身份证11010519491231002X。"]
    content["paragraphs"].append({"id": "own.1", "key": "own", "dropped": False, "parts": parts})

    with pytest.raises(Invalid, match="身份证"):
        write(report, content)


def test_text_is_text_whatever_it_looks_like(report):
    hostile = "=HYPERLINK(A & B <城东>) {{ x * y }} #eval <script>"
    content = sent(report)
    content["paragraphs"].append({"id": "own.1", "key": "own", "dropped": False, "parts": [hostile]})
    content["heading"]["signed"] = hostile

    version = submitted(write(report, content))

    assert text_of(version.printed["paragraphs"][-1]) == hostile
    assert version.printed["heading"]["signed"] == hostile
    assert Printed.from_json(version.content).sha256 == version.sha256


def test_saving_notes_who_had_a_hand_in_it_once(report):
    for _time in range(2):
        content = sent(report)
        content["paragraphs"].reverse()
        report = write(report, content, by=clerk("clerk2"))

    assert list(report.events.values_list("kind", "by__username")) == [("begun", "clerk1"), ("edited", "clerk2")]
    assert report.begun_at == at("2019-01-02")


def edits() -> list[list[str]]:
    """The paragraphs that the trail names, row by row."""
    rows = AuditRow.objects.filter(action="report.edited").order_by("pk")
    return [row.after["paragraphs"] for row in rows]


def test_trail_names_each_paragraph_once_in_a_sitting(report):
    content = sent(report)
    own = {"id": "own.1", "key": "own", "dropped": False, "parts": ["甲"]}
    content["paragraphs"].append(own)
    for text in ("甲", "甲乙", "甲乙丙"):
        own["parts"] = [text]
        write(report, content)
    find(content, "change")["dropped"] = True
    write(report, content)

    assert edits() == [["own.1"], ["change"]]


@pytest.mark.parametrize("breaks", ["somebody else wrote", "half an hour passed"])
def test_another_sitting_is_another_row_of_the_trail(report, breaks):
    content = sent(report)
    own = {"id": "own.1", "key": "own", "dropped": False, "parts": ["甲"]}
    content["paragraphs"].append(own)
    write(report, content)
    if breaks == "somebody else wrote":
        own["parts"] = ["乙"]
        write(report, content, by=clerk("clerk2"))
    own["parts"] = ["丙"]
    report.refresh_from_db()
    later = at("2019-01-02", 15 if breaks == "somebody else wrote" else 16)
    draft = read_sent(content, generated(report, brief=True))
    save_draft(report, by=clerk(), version=report.version, draft=draft, at=later)

    assert edits()[-1] == ["own.1"]
    assert len(edits()) == (3 if breaks == "somebody else wrote" else 2)
