"""What is done to the second ledger: two clocks, corrections that add rows, two persons, and nothing that is nobody's."""

from datetime import timedelta

import pytest

from accounts import audit
from accounts.errors import Invalid
from accounts.models import AuditRow
from institutions.moments import today
from misconduct import actions
from misconduct.errors import FourEyes, SameName, TakenBack
from misconduct.models import Case, Conclusion, Measure, Party, Person, State, Statement
from tests.factories import LIUSHI, PANSHI, at, day
from tests.misconduct.patrol import case_of, clerk, concluded, leader, measure_of, party_of, stated

NUMBER = "110101199001011237"


# --- Recording


def test_case_is_recorded_as_accepted_where_it_lies(db):
    case = case_of(LIUSHI, number=" 教乱〔2018〕1号 ", school=" 青竹一小 ")

    assert (case.number, case.scope_code, case.state) == ("教乱〔2018〕1号", "330382114000", State.ACCEPTED)
    assert case.statement.school == "青竹一小"


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"school": " "}, "school"),
        ({"school": f"青竹一小{NUMBER}"}, "school"),
        ({"note": NUMBER}, "note"),
        ({"kind": "theft"}, "kind"),
        ({"source": "rumour"}, "source"),
        ({"found_on": day("2018-02-28")}, "found_on"),
        ({"found_on": day("2018-03-02")}, "found_on"),  # the day after it is recorded
        ({"happened_on": day("1999-12-31")}, "happened_on"),
    ],
)
def test_statement_that_cannot_be_is_refused_by_field(db, columns, field):
    with pytest.raises(Invalid) as refusal:
        case_of(**columns)

    assert list(refusal.value.errors) == [field]
    assert "1990" not in str(refusal.value.errors)
    assert not Case.objects.exists()


@pytest.mark.parametrize("number", ["", " ", NUMBER])
def test_number_that_cannot_be_is_refused(db, number):
    with pytest.raises(Invalid) as refusal:
        case_of(number=number or " ")

    assert list(refusal.value.errors) == ["number"]


def test_number_is_used_once_in_a_county_and_again_once_it_was_withdrawn(db):
    first = case_of(LIUSHI, number="一号")

    with pytest.raises(Invalid) as refusal:
        case_of(PANSHI, number="一号")
    actions.withdraw(first, by=leader(), reason="重复")
    again = case_of(PANSHI, number="一号")

    assert list(refusal.value.errors) == ["number"]
    assert again.stands


def test_case_is_concluded_once_and_not_before_it_was_accepted(db):
    case = case_of(found="2018-03-01")

    with pytest.raises(Invalid) as early:
        concluded(case, "2018-02-28")
    concluded(case, "2018-03-01")
    with pytest.raises(TakenBack):
        concluded(case, "2018-03-02")

    assert list(early.value.errors) == ["handled_on"]
    assert case.state == State.CONCLUDED


def test_case_with_measures_is_not_dismissed_and_a_dismissed_one_gets_none(db):
    one, other = case_of(), case_of()
    measure_of(party_of(one))
    concluded(other, "2018-04-01", result="dismissed")

    with pytest.raises(Invalid) as dismissal:
        concluded(one, "2018-04-01", result="dismissed")
    with pytest.raises(Invalid) as measure:
        measure_of(party_of(other, "乙某"))

    assert (list(dismissal.value.errors), list(measure.value.errors)) == (["result"], ["kind"])


# --- Who is concerned


def test_somebody_of_a_known_name_is_asked_about_and_the_refusal_names_nobody(db):
    known = party_of(case_of(), "甲某").person
    case = case_of()

    with pytest.raises(SameName) as refusal:
        party_of(case, "甲某", another=False)

    assert refusal.value.people == [known]
    assert "甲某" not in str(refusal.value.message)
    assert not Party.objects.filter(case=case).exists()


def test_same_person_is_in_two_cases_and_another_of_the_name_is_somebody_else(db):
    known = party_of(case_of(), "甲某").person

    same = party_of(case_of(), "甲某", same_as=known)
    another = party_of(case_of(), "甲某", another=True)

    assert same.person == known
    assert another.person != known
    assert Person.objects.count() == 2


def test_names_of_another_county_are_not_asked_about(db):
    party_of(case_of("330382114"), "甲某")
    elsewhere = clerk("330381")

    assert list(actions.people_called("甲某", elsewhere)) == []
    assert len(actions.people_called(" 甲某 ", clerk())) == 1


def test_person_is_in_a_case_once(db):
    party = party_of(case_of())

    with pytest.raises(Invalid):
        party_of(party.case, same_as=party.person)


@pytest.mark.parametrize(
    ("given", "field"), [({"name": " "}, "name"), ({"name": f"甲某{NUMBER}"}, "name"), ({"post": NUMBER}, "post")]
)
def test_person_is_known_by_a_name_and_by_no_number(db, given, field):
    with pytest.raises(Invalid) as refusal:
        party_of(case_of(), **given)

    assert list(refusal.value.errors) == [field]
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "fined"}, "kind"),
        ({"on": "2018-02-28"}, "decided_on"),  # before it happened
        ({"on": today() + timedelta(days=1), "at": at("2018-03-20")}, "decided_on"),
        ({"document": NUMBER}, "document"),
    ],
)
def test_measure_that_cannot_be_is_refused_by_field(db, given, field):
    party = party_of(case_of())

    with pytest.raises(Invalid) as refusal:
        measure_of(party, **given)

    assert list(refusal.value.errors) == [field]


def test_same_measure_again_is_refused_and_another_is_taken(db):
    party = party_of(case_of())
    measure_of(party, "disciplined")

    with pytest.raises(Invalid):
        measure_of(party, "disciplined")
    measure_of(party, "transferred")

    assert Measure.objects.count() == 2


# --- Corrections add rows


def test_corrected_statement_stays_on_file_with_who_when_and_why(db):
    case = case_of()
    wrong = case.statement

    actions.correct_statement(
        wrong, statement=stated(kind="illegal_enrolment"), reason="类别登错", by=clerk(), at=at("2018-05-01")
    )

    wrong.refresh_from_db()
    assert (wrong.corrected, wrong.withdraw_reason, wrong.withdrawn_by) == (True, "类别登错", clerk())
    assert [each.kind for each in Statement.objects.filter(case=case)] == ["paid_tutoring", "illegal_enrolment"]
    assert case.statement.kind == "illegal_enrolment"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"found": "2018-04-02"}, "found_on"), ({"found": "2018-04-01", "happened_on": day("2018-03-21")}, "happened_on")],
)
def test_correction_keeps_the_order_of_days(db, changes, field):
    case = case_of(handled="2018-04-01")
    measure_of(party_of(case), on="2018-03-20")

    with pytest.raises(Invalid) as refusal:
        actions.correct_statement(case.statement, statement=stated(**changes), reason="日期登错", by=clerk())

    assert field in refusal.value.errors


def test_correction_of_what_somebody_else_corrected_is_refused(db):
    wrong = case_of().statement
    actions.correct_statement(wrong, statement=stated(school="乙校"), reason="登错", by=clerk())

    with pytest.raises(TakenBack):
        actions.correct_statement(wrong, statement=stated(school="丙校"), reason="登错", by=clerk())

    assert Statement.objects.count() == 2


def test_corrected_name_takes_the_measures_along(db):
    party = party_of(case_of(), "甲某")
    measure_of(party, "disciplined")
    measure_of(party, "transferred")

    instead = actions.correct_party(party, name="乙某", post="教师", reason="姓名登错", by=clerk(), at=at("2018-05-01"))

    assert sorted(each.kind for each in Measure.objects.standing()) == ["disciplined", "transferred"]
    assert {each.party for each in Measure.objects.standing()} == {instead}
    assert list(Party.objects.standing()) == [instead]


def test_corrected_post_keeps_the_person(db):
    party = party_of(case_of(), "甲某", post="教师")

    instead = actions.correct_party(party, name="甲某", post="校长", reason="职务登错", by=clerk())

    assert (instead.person, instead.post) == (party.person, "校长")


def test_corrected_measure_and_conclusion_leave_both_rows(db):
    case = case_of(handled="2018-04-01")
    measure = measure_of(party_of(case))

    actions.correct_measure(
        measure, kind="admonished", decided_on=day("2018-03-21"), document="二号", reason="登错", by=clerk()
    )
    actions.correct_conclusion(
        case.conclusion, result="concluded", handled_on=day("2018-04-02"), reason="日期登错", by=clerk()
    )

    assert [each.kind for each in Measure.objects.standing()] == ["admonished"]
    assert (Measure.objects.count(), Conclusion.objects.count()) == (2, 2)
    assert case.conclusion.handled_on == day("2018-04-02")


@pytest.mark.parametrize("reason", ["", " ", NUMBER])
def test_reason_is_said_and_holds_no_number(db, reason):
    case = case_of(handled="2018-04-01")
    party = party_of(case)
    measure = measure_of(party)
    acts = [
        lambda: actions.withdraw(case, by=leader(), reason=reason),
        lambda: actions.correct_statement(case.statement, statement=stated(), reason=reason, by=clerk()),
        lambda: actions.correct_party(party, name="甲某", post="", reason=reason, by=clerk()),
        lambda: actions.correct_measure(
            measure, kind="removed", decided_on=day("2018-03-20"), reason=reason, by=clerk()
        ),
        lambda: actions.correct_conclusion(
            case.conclusion, result="concluded", handled_on=day("2018-04-02"), reason=reason, by=clerk()
        ),
    ]

    for act in acts:
        with pytest.raises(Invalid) as refusal:
            act()
        assert list(refusal.value.errors) == ["reason"]


# --- Two persons


def test_what_somebody_recorded_is_withdrawn_by_another(db):
    case = case_of(handled="2018-04-01")
    party = party_of(case)
    measure = measure_of(party)

    for row in (measure, party, case.conclusion, case):
        with pytest.raises(FourEyes):
            actions.withdraw(row, by=clerk(), reason="登错")
        actions.withdraw(row, by=leader(), reason="登错", at=at("2018-05-01"))
        row.refresh_from_db()
        assert (row.withdrawn_by, row.corrected) == (leader(), False)


def test_nothing_is_added_to_a_withdrawn_case(db):
    case = case_of()
    party = party_of(case)
    actions.withdraw(case, by=leader(), reason="重复登记")

    for act in (
        lambda: concluded(case, "2018-04-01"),
        lambda: party_of(case, "乙某"),
        lambda: measure_of(party),
        lambda: actions.withdraw(case, by=leader(), reason="再撤"),
    ):
        with pytest.raises(TakenBack):
            act()


# --- The trail


def test_every_act_is_in_the_trail_where_the_case_lies_and_no_name_is(db):
    case = case_of(LIUSHI)
    party = party_of(case, "甲某")
    measure = measure_of(party)
    concluded(case, "2018-04-01")
    actions.correct_party(party, name="乙某", post="校长", reason="登错", by=clerk())
    actions.correct_measure(
        Measure.objects.standing().get(), kind="removed", decided_on=day("2018-03-20"), reason="登错", by=clerk()
    )
    actions.withdraw(Measure.objects.standing().get(), by=leader(), reason="登错")

    rows = AuditRow.objects.filter(action__startswith="misconduct.")
    assert [row.action for row in rows] == [
        "misconduct.recorded", "misconduct.party_added", "misconduct.measure_added", "misconduct.concluded",
        "misconduct.party_corrected", "misconduct.measure_corrected", "misconduct.measure_withdrawn",
    ]  # fmt: skip
    assert {row.scope_code for row in rows} == {"330382114000"}
    assert [
        row for row in rows if "甲某" in str((row.before, row.after)) or "乙某" in str((row.before, row.after))
    ] == []
    assert rows.get(action="misconduct.measure_added").object_id == str(measure.pk)
    assert list(audit.broken_rows()) == []
