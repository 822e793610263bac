"""One visit cannot have seen the same problem both there and put right."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.errors import Invalid
from inspections.actions import NewFinding, Submission
from inspections.models import Rectification, Visit
from institutions.moments import today
from tests.factories import round_of, strike_off, supplement_of, visit_of

YESTERDAY = today() - timedelta(days=1)
T01, S02, F01 = (NewFinding(code) for code in ("T01", "S02", "F01"))


@pytest.fixture
def round_(school) -> Rectification:
    """A round for T01 and S02."""
    visit = visit_of(school, "2018-09-01", findings=("T01", "S02"))
    return round_of(school, "2018-09-01", visit=visit)


def ids(round_, *codes: str) -> tuple[int, ...]:
    return tuple(round_.findings.filter(type__in=codes).values_list("pk", flat=True))


def test_finding_that_is_marked_put_right_at_the_same_visit_is_refused(record, round_):
    with pytest.raises(Invalid) as refusal:
        record(purpose="recheck", findings=[F01, T01], put_right=ids(round_, "T01", "S02"))

    said = ["T01 既勾了“发现的问题”又勾了“已整改到位”，请只留一处。"]
    assert refusal.value.errors == {"findings.1.type": said, "put_right": said}
    assert not Visit.objects.filter(purpose="recheck").exists()


def test_finding_that_is_handed_in_as_put_right_is_refused(record, round_):
    with pytest.raises(Invalid) as refusal:
        record(
            purpose="recheck",
            findings=[T01, S02],
            submits=Submission(round_.pk, "corrected", ids(round_, "T01", "S02")),
        )

    assert set(refusal.value.errors) == {"findings.0.type", "findings.1.type", "submits.put_right"}
    assert [reason[:3] for reason in refusal.value.errors["submits.put_right"]] == ["S02", "T01"]


def test_state_of_the_round_makes_no_difference(record, round_):
    contradiction = {"purpose": "recheck", "findings": [T01], "put_right": ids(round_, "T01")}
    strike_off(round_, "2018-09-20")

    with pytest.raises(Invalid) as refusal:
        record(**contradiction)

    assert set(refusal.value.errors) == {"findings.0.type", "put_right"}


def test_problem_of_a_supplement_is_the_same_problem(record, round_):
    supplement_of(round_, "2018-09-10", due_on="2018-09-30", findings=("F01",))

    with pytest.raises(Invalid):
        record(purpose="recheck", findings=[F01], put_right=ids(round_, "F01"))


def test_one_problem_put_right_and_another_found_is_no_contradiction(record, round_):
    receipt = record(purpose="recheck", findings=[T01, F01], put_right=ids(round_, "S02"))

    assert receipt.created
    assert round_.findings.get(type="S02").put_right_visit_id == receipt.id


def test_phone_is_told_which_fields_contradict_each_other(api, inspector, school, round_):
    (finding,) = ids(round_, "T01")
    body = {
        "institution": str(school.pk), "purpose": "recheck", "result": "inspected",
        "happened_at": "2018-10-01T10:00:00+08:00", "findings": [{"type": "T01"}], "put_right": [finding],
    }  # fmt: skip

    answer = api(inspector).put(f"/api/v1/visits/{uuid4()}/", body, format="json")

    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"findings.0.type", "put_right"}


def test_form_leads_to_both_places(browse, inspector, school, round_):
    (finding,) = ids(round_, "T01")
    typed = {
        "id": str(uuid4()), "institution": str(school.pk), "purpose": "recheck", "result": "inspected",
        "happened_at": f"{YESTERDAY}T10:00", "inspectors": ["inspector"], "round": str(round_.pk),
        "findings": ["T01"], "put_right": [str(finding)],
    }  # fmt: skip

    answer = browse(inspector).post("/visits/new/", typed)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert [field for field, _reason in answer.context["errors"]] == ["findings", "put_right"]
    assert html.count("T01 既勾了“发现的问题”又勾了“已整改到位”，请只留一处。") == 4  # above, and beside each
    assert 'href="#id_findings"' in html
    assert 'href="#id_put_right"' in html
