"""The second ledger as it is written by its pages: what is refused beside its field, and what it leaves behind."""

import pytest
from django.urls import reverse

from accounts.models import AuditRow
from misconduct import actions
from misconduct.models import Case, Measure, Party, Person
from tests.factories import LIUSHI, at, day, institution, user_with
from tests.misconduct.patrol import case_of, clerk, measure_of, party_of
from tests.urls import body

NUMBER = "110101199001011237"


@pytest.fixture
def case(db) -> Case:
    case = case_of(LIUSHI, number="教乱1号", handled="2018-04-01")
    measure_of(party_of(case, "甲某某", post="教师"), "removed", document="教处1号")
    return case


@pytest.fixture
def task_force(browse, db):
    return browse(user_with("task_force", "330382"))


def test_case_is_recorded_with_people_and_measures_and_concluded_by_the_pages(task_force, db):
    school = institution(LIUSHI, name="绘声馆")
    typed = {
        "number": "教乱9号", "division": LIUSHI, "kind": "paid_tutoring", "school": "绘声馆", "institution": "绘声馆",
        "source": "patrol", "happened_on": "2018-03-01", "found_on": "2018-03-02", "note": "",
    }  # fmt: skip

    recorded = task_force.post("/misconduct/new/", typed)
    case = Case.objects.get()
    task_force.post(reverse("misconduct_party_new", args=[case.pk]), {"name": "甲某", "post": "教师"})
    party = Party.objects.get()
    measure = {"kind": "removed", "decided_on": "2018-04-01", "document": "教处9号"}
    task_force.post(reverse("misconduct_measure_new", args=[party.pk]), measure)
    ended = {"result": "concluded", "handled_on": "2018-04-02", "note": ""}
    answer = task_force.post(reverse("misconduct_conclude", args=[case.pk]), ended, follow=True)

    text = answer.content.decode()
    assert recorded.headers["Location"] == case.get_absolute_url()
    assert case.statement.institution == school
    assert [word in text for word in ("甲某", "教师", "免职", "教处9号", "查结")] == [True] * 5


@pytest.mark.parametrize(("name", "says"), [("没有的机构", "没有叫"), ("同名馆", "不止一家")])
def test_institution_that_cannot_be_told_is_asked_about(task_force, db, name, says):
    institution(LIUSHI, name="同名馆"), institution(LIUSHI, name="同名馆")
    typed = {"number": "一号", "division": LIUSHI, "kind": "other", "school": "某校", "institution": name, "source": "patrol",
             "happened_on": "2018-03-01", "found_on": "2018-03-02"}  # fmt: skip

    answer = task_force.post("/misconduct/new/", typed)

    assert answer.status_code == 422
    assert says in str(answer.context["form"].errors["institution"])


def test_case_is_not_recorded_where_one_may_not(browse, db):
    client = browse(user_with("task_force", "330382115"))
    typed = {"number": "一号", "division": LIUSHI, "kind": "other", "school": "某校", "source": "patrol",
             "happened_on": "2018-03-01", "found_on": "2018-03-02"}  # fmt: skip

    answer = client.post("/misconduct/new/", typed)

    assert (answer.status_code, Case.objects.exists()) == (422, False)


def test_somebody_of_a_known_name_is_asked_about_on_the_page(task_force, case):
    other = case_of(LIUSHI, number="教乱2号")
    path = reverse("misconduct_party_new", args=[other.pk])
    known = Person.objects.get()

    first = task_force.post(path, {"name": "甲某某", "post": "教师"})
    asked = first.content.decode()
    noted = [row.after["where"] for row in AuditRow.objects.filter(action="personal_data.read")]
    task_force.post(path, {"name": "甲某某", "post": "教师", "same_as": str(known.pk)})

    assert (first.status_code, noted) == (422, ["misconduct-form"])
    assert "甲某某（教师，青竹一小，案件 教乱1号）" in asked
    assert set(Party.objects.values_list("person", flat=True)) == {known.pk}


def test_somebody_else_of_the_name_is_another_person(task_force, case):
    path = reverse("misconduct_party_new", args=[case_of(LIUSHI).pk])

    task_force.post(path, {"name": "甲某某", "post": "", "same_as": "another"})

    assert Person.objects.count() == 2


def test_id_number_is_refused_at_every_text_of_every_page(task_force, browse, case):
    party, measure, ended = Party.objects.get(), Measure.objects.get(), case.conclusion
    days = {
        "happened_on": "2018-03-01",
        "found_on": "2018-03-02",
        "decided_on": "2018-04-01",
        "handled_on": "2018-04-02",
    }
    plain = days | {"number": "二号", "division": LIUSHI, "kind": "removed", "school": "某校", "source": "patrol",
                    "name": "丁某", "post": "", "result": "concluded", "note": "", "document": "", "reason": "登错"}  # fmt: skip
    stated = plain | {"kind": "other"}
    doors = [
        (reverse("misconduct_new"), stated, ["number", "school", "note"]),
        (reverse("misconduct_correct", args=[case.pk]), stated, ["school", "note", "reason"]),
        (reverse("misconduct_conclude", args=[case_of(LIUSHI).pk]), plain, ["note"]),
        (reverse("misconduct_conclusion_correct", args=[ended.pk]), plain, ["note", "reason"]),
        (reverse("misconduct_party_new", args=[case.pk]), plain, ["name", "post"]),
        (reverse("misconduct_party_correct", args=[party.pk]), plain, ["name", "post", "reason"]),
        (reverse("misconduct_measure_new", args=[party.pk]), plain, ["document"]),
        (reverse("misconduct_measure_correct", args=[measure.pk]), plain, ["document", "reason"]),
    ]

    for path, typed, texts in doors:
        for field in texts:
            answer = task_force.post(path, typed | {field: f"甲{NUMBER}"})
            assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field]), (path, field)
    chief = browse(user_with("supervisor", "330382"))
    answer = chief.post(reverse("misconduct_withdraw", args=[case.pk]), {"reason": NUMBER})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["reason"])
    assert Case.objects.standing().count() == 2


def test_what_was_typed_stays_when_it_is_refused(task_force, case):
    answer = task_force.post(reverse("misconduct_party_new", args=[case.pk]), {"name": "", "post": "教务主任"})

    assert 'value="教务主任"' in answer.content.decode()


def test_correction_by_the_pages_leaves_history(task_force, case):
    typed = {"kind": "illegal_fees", "school": "晨曦二中", "source": "report", "happened_on": "2018-03-01",
             "found_on": "2018-03-01", "reason": "学校登错"}  # fmt: skip

    task_force.post(reverse("misconduct_correct", args=[case.pk]), typed)

    text = body(task_force.get(case.get_absolute_url())).decode()
    assert [word in text for word in ("违规收费 · 晨曦二中", "有偿补课 · 青竹一小", "学校登错", "更正案情")] == [
        True
    ] * 4


def test_supervisor_withdraws_and_who_recorded_does_not(browse, case):
    path = reverse("misconduct_withdraw", args=[case.pk])
    clerk().grants.create(role="supervisor", division_prefix="330382", valid_from="2018-01-01")

    own = browse(clerk()).post(path, {"reason": "重复"})
    other = browse(user_with("supervisor", "330382")).post(path, {"reason": "重复"})

    assert (own.status_code, other.status_code) == (403, 302)
    assert "须经两人" in own.content.decode()


def test_correction_of_what_was_corrected_meanwhile_says_so(task_force, case):
    measure = Measure.objects.get()
    path = reverse("misconduct_measure_correct", args=[measure.pk])
    actions.correct_measure(
        measure, kind="other", decided_on=day("2018-03-20"), reason="登错", by=clerk(), at=at("2018-05-01")
    )

    late = task_force.post(path, {"kind": "removed", "decided_on": "2018-03-21", "reason": "登错"})

    assert late.status_code == 409
    assert "已由他人撤回或更正" in late.content.decode()
    assert task_force.get(path).status_code == 404
