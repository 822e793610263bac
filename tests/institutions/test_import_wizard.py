"""The wizard's page: rows by kind, decided, corrected and left out where they stand."""

import io

import openpyxl
import pytest

from accounts.models import AuditRow
from institutions.models import CellFix, DuplicateDecision, ImportBatch, Institution
from tests.factories import LIUSHI, institution
from tests.institutions.registers import HEAD, clerk_of, confirm, csv, handed_in, keys_of, plan_of, workbook


@pytest.fixture
def clerk(client, db):
    return clerk_of(client)


def names(answer) -> list[str]:
    return [row.line["name"] for row in answer.context["rows"]]


# --- Looking


def test_every_row_of_every_sheet_is_shown_with_what_it_does(clerk):
    page = handed_in(clerk, workbook())

    shown = clerk.get(page)

    assert [(row.line["key"], row.line["kind"], row.line["says"]) for row in shown.context["rows"]] == [
        ("柳市镇!3", "new", []),
        ("柳市镇!4", "", ["error"]),
        ("虹桥镇!2", "new", []),
        ("虹桥镇!3", "", ["error"]),
    ]
    assert {kind: n for kind, _label, n in shown.context["counts"]} == {"error": 2, "new": 2, "not_read": 2}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("kind=error", ["晨曦琴房", "小荷舞蹈室"]),
        ("kind=new", ["青竹书画社", "石桥棋院"]),
        ("kind=changed", []),
        ("q=琴", ["晨曦琴房"]),
        ("q=3", ["青竹书画社", "小荷舞蹈室"]),
        ("q=虹桥镇!3", ["小荷舞蹈室"]),
        ("q=3&kind=error", ["小荷舞蹈室"]),
        ("kind=not_read", ["柳市镇校外培训机构名册", ""]),
    ],
)
def test_rows_are_found_by_kind_number_and_name(clerk, asked, found):
    page = handed_in(clerk, workbook())

    assert sorted(names(clerk.get(f"{page}?{asked}"))) == sorted(found)


def test_kind_that_is_none_is_refused(clerk):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,"))

    assert clerk.get(f"{page}?kind=nonsense").status_code == 422


def test_long_list_is_shown_page_by_page_from_the_stored_plan(clerk, django_assert_max_num_queries):
    page = handed_in(clerk, csv(*(f"青竹{at}号画室,柳市镇,前街{at}号," for at in range(1, 121))))

    with django_assert_max_num_queries(30):
        third = clerk.get(f"{page}?kind=new&page=3")

    assert (len(third.context["rows"]), third.context["page"].paginator.count) == (20, 120)
    assert plan_of(page).stored.file.plans.count() == 1


def test_what_the_register_has_is_said_old_and_new(clerk):
    institution(LIUSHI, name="青竹书画社", operating_address="前街1号", phone="13800000001")
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,13800000002"))

    (row,) = clerk.get(f"{page}?kind=changed").context["rows"]

    assert row.changes == [["phone", "联系电话", "13800000001", "13800000002"]]
    assert AuditRow.objects.filter(action="personal_data.read", by=clerk.user).exists()


# --- Cells


def fix(clerk, page: str, address: str, value: str, **more):
    return clerk.post(f"{page}fix/", {"address": address, "value": value, **more})


def test_cell_is_corrected_in_place_and_the_next_wrong_one_is_gone_to(clerk):
    page = handed_in(clerk, workbook())

    answer = fix(clerk, page, "柳市镇!F4", "40", row="柳市镇!4", kind="error")

    assert answer.url == f"{page}?kind=error&page=1#cell-%E8%99%B9%E6%A1%A5%E9%95%87%21E3"
    assert keys_of(page, "error") == ["虹桥镇!3"]
    assert keys_of(page, "fixed") == ["柳市镇!4"]
    kept = CellFix.objects.get()
    assert (kept.address, kept.old, kept.new, kept.by) == ("柳市镇!F4", "约四十", "40", clerk.user)


def test_corrected_register_is_imported_as_corrected(clerk):
    page = handed_in(clerk, workbook())
    fix(clerk, page, "柳市镇!F4", "40")
    fix(clerk, page, "虹桥镇!E3", "13800000202")

    answer = confirm(clerk, page)

    assert answer.status_code == 302
    assert Institution.objects.get(name="晨曦琴房").learners == 40
    assert Institution.objects.get(name="小荷舞蹈室").phone == "13800000202"
    assert ImportBatch.objects.get().rows.get(institution__name="晨曦琴房").original["在校生数"] == "40"


def test_correction_is_taken_back_by_another_row(clerk):
    page = handed_in(clerk, workbook())
    fix(clerk, page, "柳市镇!F4", "40")

    clerk.post(f"{page}fix/", {"address": "柳市镇!F4", "back": "1"})

    assert keys_of(page, "error") == ["柳市镇!4", "虹桥镇!3"]
    assert list(CellFix.objects.values_list("new", "taken_back")) == [("40", False), ("约四十", True)]


def test_typing_what_the_file_says_takes_a_correction_back(clerk):
    page = handed_in(clerk, workbook())
    fix(clerk, page, "柳市镇!F4", "40")

    fix(clerk, page, "柳市镇!F4", "约四十")

    assert CellFix.objects.last().taken_back


def test_same_value_again_is_no_correction(clerk):
    page = handed_in(clerk, workbook())

    fix(clerk, page, "柳市镇!F4", "约四十")

    assert not CellFix.objects.exists()


@pytest.mark.parametrize("address", ["柳市镇!E4", "柳市镇!B4"])
def test_id_number_is_refused_in_a_cell_and_not_repeated(clerk, address):
    page = handed_in(clerk, workbook())

    answer = fix(clerk, page, address, "110101199001011237")

    assert answer.status_code == 422
    assert "系统不存身份证号" in answer.content.decode()
    assert "19900101" not in answer.content.decode()
    assert not CellFix.objects.exists()


def test_id_number_of_the_file_is_in_no_correction_and_no_plan(clerk):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,110101199001011237"))

    fix(clerk, page, "D2", "13800000001")

    assert CellFix.objects.get().old == "（身份证号，已删去）"
    stored = plan_of(page).stored.file.plans.order_by("pk")
    from institutions.imports.stored import Reading

    assert [line["cells"][3] for each in stored for line in Reading(each).all_rows() if "cells" in line] == [
        "（身份证号，已删去）",
        "13800000001",
    ]


def test_page_that_said_no_leads_back_to_the_list(clerk):
    page = handed_in(clerk, workbook())
    refused = fix(clerk, page, "柳市镇!F4", "110101199001011237", kind="error", row="柳市镇!4")

    assert (refused.context["kind"], names(refused)) == ("error", ["晨曦琴房", "小荷舞蹈室"])
    assert clerk.get(f"{page}fix/?kind=error&page=2").url == f"{page}?kind=error&page=2"


@pytest.mark.parametrize("address", ["", "D7", "柳市镇!D99", "柳市镇!A1", "别处!D4", "柳市镇!ZZ4", "填表说明!A1"])
def test_cell_of_no_row_is_refused(clerk, address):
    page = handed_in(clerk, workbook())

    assert fix(clerk, page, address, "40").status_code == 422
    assert not CellFix.objects.exists()


def test_cell_under_a_merged_one_is_corrected_by_itself(clerk):
    rows = [HEAD[1:5], ["青竹书画社", "柳市镇", "前街1号", ""], ["晨曦琴房", "", "前街3号", ""]]

    def fill(book):
        page = book.add_worksheet("名册")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
        page.merge_range("B2:B3", "柳市镇")

    from tests.institutions.workbooks import by_xlsxwriter

    page = handed_in(clerk, by_xlsxwriter(fill))

    fix(clerk, page, "名册!B3", "虹桥镇")

    confirm(clerk, page)
    townships = dict(Institution.objects.values_list("name", "division__name"))
    assert townships == {"青竹书画社": "柳市镇", "晨曦琴房": "虹桥镇"}


def test_marked_workbook_has_the_corrections_and_says_who_made_them(clerk):
    page = handed_in(clerk, workbook())
    fix(clerk, page, "柳市镇!F4", "40")

    book = openpyxl.load_workbook(io.BytesIO(clerk.get(f"{page}?marked").content))

    assert book["柳市镇"]["F4"].value == "40"
    assert "已改：原为“约四十”" in book["柳市镇"]["F4"].comment.text
    assert "不是电话号码" in book["虹桥镇"]["E3"].comment.text


def test_row_has_a_page_with_every_cell(clerk):
    page = handed_in(clerk, workbook())

    shown = clerk.get(f"{page}row/", {"row": "虹桥镇!3"})

    assert [(cell.address, cell.value) for cell in shown.context["row"].cells] == [
        ("虹桥镇!A3", "2"),
        ("虹桥镇!B3", "小荷舞蹈室"),
        ("虹桥镇!C3", "虹桥镇"),
        ("虹桥镇!D3", "后街9号"),
        ("虹桥镇!E3", "见门口"),
        ("虹桥镇!F3", "22"),
    ]
    assert clerk.get(f"{page}row/", {"row": "虹桥镇!99"}).status_code == 404


# --- Decisions


def candidate(clerk) -> tuple[str, Institution]:
    known = institution(LIUSHI, name="青竹书画社", operating_address="柳市镇后街8号")
    return handed_in(clerk, csv("青竹书画社,柳市镇,前街101号,13800000101")), known


def decide(clerk, page: str, known: Institution, answer: str):
    return clerk.post(f"{page}decide/", {"row": "2", "institution": str(known.pk), "answer": answer})


def test_candidate_is_shown_beside_the_institution_with_reasons(clerk):
    page, known = candidate(clerk)

    (row,) = clerk.get(f"{page}?kind=candidate").context["rows"]

    (shown,) = row.candidates
    assert (shown.pair.second, shown.reasons) == (known, ["名称相同", "地址不同"])
    said = {str(line.label): (line.first, line.second, line.same) for line in shown.pair.lines}
    assert said["办学地址"] == ("前街101号", "柳市镇后街8号", False)
    assert said["联系电话"][0] == "138****0101"


def test_candidate_that_is_the_same_changes_it(clerk):
    page, known = candidate(clerk)

    decide(clerk, page, known, "same")

    assert (keys_of(page, "changed"), keys_of(page, "candidate")) == (["2"], [])
    confirm(clerk, page)
    assert Institution.objects.get().operating_address == "前街101号"


def test_candidate_that_is_another_is_entered_and_not_asked_about_next_month(clerk):
    page, known = candidate(clerk)

    decide(clerk, page, known, "different")

    assert (keys_of(page, "new"), keys_of(page, "candidate")) == (["2"], [])
    again = handed_in(clerk, csv("青竹书画社,柳市镇,前街101号,13800000109"), "十二月.csv")
    assert keys_of(again, "candidate") == []


def test_candidate_put_off_stays_one_and_says_so(clerk):
    page, known = candidate(clerk)

    decide(clerk, page, known, "later")

    (row,) = clerk.get(f"{page}?kind=candidate").context["rows"]
    assert row.candidates[0].decision.answer == "later"


def test_decision_is_taken_back_on_the_row(clerk):
    page, known = candidate(clerk)
    decide(clerk, page, known, "different")
    (row,) = clerk.get(page).context["rows"]
    assert [each.first for each in row.decided] == [known]

    decide(clerk, page, known, "reopened")

    assert keys_of(page, "candidate") == ["2"]


TWO = "青竹书画社,柳市镇,前街101号,", "青竹书画社,柳市镇,后街8号,"


def test_two_rows_of_a_file_that_are_two_institutions_are_asked_about_in_no_list_again(clerk):
    page = handed_in(clerk, csv(*TWO))
    (row,) = clerk.get(f"{page}?kind=candidate").context["rows"]

    clerk.post(f"{page}answers/", {f"answer:{row.candidates[0].apart_key}": "different", "row": "3"})

    corrected = handed_in(clerk, csv(*TWO, "晨曦琴房,柳市镇,前街3号,"), "改好.csv")
    assert (keys_of(page, "candidate"), keys_of(corrected, "candidate")) == ([], [])
    assert "与第 2 行“青竹书画社”是两家" in clerk.get(page).content.decode()
    confirm(clerk, page)
    (pair,) = clerk.get("/institutions/duplicates/?show=different").context["pairs"]
    assert clerk.get("/institutions/duplicates/").context["pairs"] == []
    assert (pair.decision.answer, pair.decision.recorded_by) == ("different", clerk.user)


def test_that_two_rows_are_two_institutions_is_taken_back(clerk):
    page = handed_in(clerk, csv(*TWO))
    (row,) = clerk.get(f"{page}?kind=candidate").context["rows"]
    key = row.candidates[0].apart_key
    clerk.post(f"{page}answers/", {f"answer:{key}": "different"})

    clerk.post(f"{page}answers/", {f"answer:{key}": "reopened"})

    assert keys_of(page, "candidate") == ["3"]


def test_institution_that_the_row_is_not_like_is_no_candidate(clerk):
    page, _known = candidate(clerk)
    other = institution(LIUSHI, name="别的机构")

    assert decide(clerk, page, other, "same").status_code == 422
    assert not DuplicateDecision.objects.exists()


# --- Rows left out


def test_row_is_left_out_and_taken_in_again(clerk):
    page = handed_in(clerk, workbook())

    clerk.post(f"{page}leave-out/", {"row": "柳市镇!4"})
    left = (keys_of(page, "error"), "晨曦琴房" in names(clerk.get(f"{page}?kind=not_read")))
    clerk.post(f"{page}leave-out/", {"row": "柳市镇!4", "in": "1"})

    assert left == (["虹桥镇!3"], True)
    assert keys_of(page, "error") == ["柳市镇!4", "虹桥镇!3"]


def test_row_that_was_passed_over_is_taken_in_and_corrected_where_it_stands(clerk):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,", "小计：1家,柳市镇,前街3号,", "晨曦琴房,柳市镇,前街5号,"))
    (row,) = [row for row in clerk.get(f"{page}?kind=not_read").context["rows"] if row.line["opens"]]

    clerk.post(f"{page}answers/", {f"answer:row:{key}": "read" for key in row.line["opens"]})
    fix(clerk, page, "A3", "小季书画社")

    assert (row.line["opens"], keys_of(page, "new")) == (["3"], ["2", "3", "4"])
    assert plan_of(page).by_key("3")["name"] == "小季书画社"


def test_row_that_was_left_out_is_taken_in_again_where_it_is_listed(clerk):
    page = handed_in(clerk, workbook())
    clerk.post(f"{page}leave-out/", {"row": "柳市镇!3"})
    left_out = [row.line["left_out"] for row in clerk.get(f"{page}?kind=not_read").context["rows"]]

    clerk.post(f"{page}leave-out/", {"row": "柳市镇!3", "in": "1"})

    assert "柳市镇!3" in left_out
    assert "柳市镇!3" in keys_of(page, "new")


def test_nothing_is_changed_of_what_is_imported(clerk):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,13800000001"))
    confirm(clerk, page)

    answers = [
        fix(clerk, page, "A2", "晨曦琴房"),
        clerk.post(f"{page}leave-out/", {"row": "2"}),
        clerk.post(f"{page}plan/"),
        clerk.post(f"{page}answers/", {"answer:surveyed_on": "none"}),
        confirm(clerk, page),
    ]

    assert [answer.status_code for answer in answers] == [409] * 5
    assert not CellFix.objects.exists()


def test_result_lists_the_institutions_that_were_written(clerk):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,", "晨曦琴房,柳市镇,前街3号,"))
    confirm(clerk, page)

    shown = clerk.get(page)

    assert [(row.institution.name, row.kind) for row in shown.context["written"]] == [
        ("青竹书画社", "new"),
        ("晨曦琴房", "new"),
    ]
    assert all(each.get_absolute_url() in shown.content.decode() for each in Institution.objects.all())
