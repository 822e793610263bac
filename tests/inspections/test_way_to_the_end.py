"""The page of a round leads to what its end needs: a recheck first, then a submission, then somebody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from inspections.models import Rectification
from institutions.models import Institution
from institutions.moments import today
from tests.factories import institution, round_of, user_with, visit_of

DAY = today()
WEEK = timedelta(days=7)
YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture
def school(db) -> Institution:
    return institution(status="full", name="甲培训")


@pytest.fixture
def round_(school) -> Rectification:
    visit = visit_of(school, DAY - WEEK, findings=("T01", "S02"))
    return round_of(school, DAY - WEEK, visit=visit, due_on=DAY + WEEK)


@pytest.fixture
def move(browse, round_):
    """Post a move of the round as the user, at its present version."""

    def posted(user, name: str, **typed):
        round_.refresh_from_db()
        sent = {"version": round_.version, "on": str(DAY)} | typed
        path = reverse("rectification_move", args=[round_.pk, name])
        return browse(user).post(path, {f"{name}-{key}": value for key, value in sent.items()})

    return posted


@pytest.fixture
def look(browse, round_):
    return lambda user: browse(user).get(round_.get_absolute_url())


@pytest.fixture
def recheck(browse, inspector, school, round_):
    """A recheck by the form as the inspector, of yesterday at this hour."""

    def posted(hour: int = 10, **typed):
        plain = {
            "id": str(uuid4()), "institution": str(school.pk), "purpose": "recheck", "result": "inspected",
            "happened_at": f"{YESTERDAY}T{hour}:00", "inspectors": ["inspector"], "round": str(round_.pk),
        }  # fmt: skip
        answer = browse(inspector).post("/visits/new/", plain | typed)
        round_.refresh_from_db()
        return answer

    return posted


def marks(round_) -> list[str]:
    return [str(pk) for pk in round_.findings.values_list("pk", flat=True)]


def html(answer) -> str:
    return answer.content.decode()


# --- Before the submission


def test_round_nobody_rechecked_leads_to_a_recheck_and_not_to_submitting(look, inspector):
    shown = look(inspector)

    assert 'id="recheck-first"' in html(shown)
    assert shown.context["opened"] == ""


def test_round_that_was_rechecked_leads_to_submitting(look, inspector, recheck):
    recheck(put_right=[])

    shown = look(inspector)

    assert 'id="recheck-first"' not in html(shown)
    assert shown.context["opened"] == "submit"


def test_submission_without_evidence_is_not_taken_unless_one_insists(move, inspector, round_):
    asked = move(inspector, "submit", outcome="corrected", put_right=marks(round_))
    round_.refresh_from_db()
    state_then = round_.state
    insisted = move(inspector, "submit", outcome="corrected", put_right=marks(round_), sure="on")

    (reason,) = [said for field, said in asked.context["errors"] if field == "submit-sure"]
    assert asked.status_code == 422
    assert reason.startswith("提交后还不能核验销号：以下问题尚未逐项标明整改到位并附复查证据")
    assert 'name="submit-sure"' in html(asked)
    assert (state_then, round_.events.filter(kind="submitted").count()) == ("ordered", 1)
    assert insisted.status_code == 302


def test_submission_with_evidence_asks_nothing(move, inspector, recheck, round_):
    recheck()

    answer = move(inspector, "submit", outcome="corrected", put_right=marks(round_))

    assert answer.status_code == 302
    round_.refresh_from_db()
    assert round_.state == "submitted"


def test_submission_by_the_api_is_taken_as_it_is(api, inspector, round_):
    body = {"version": 1, "outcome": "corrected"}

    answer = api(inspector).post(f"/api/v1/rectifications/{round_.pk}/submit/", body, format="json")

    assert answer.status_code == 200


# --- While it waits for verification


@pytest.fixture
def trapped(move, inspector, round_):
    """Submitted without a recheck."""
    move(inspector, "submit", outcome="corrected", sure="on")
    round_.refresh_from_db()
    return round_


def test_submission_that_cannot_be_verified_says_what_is_missing_and_what_to_do(look, trapped, inspector, taskforce):
    for user in (inspector, taskforce):
        shown = look(user)
        (reason,) = shown.context["missing"]
        assert "以下问题尚未逐项标明整改到位并附复查证据" in reason
        assert "登记复查，拍照并勾选已整改到位的问题，补齐后即可核验；也可由整治专班退回，复查后再提交。" in html(shown)
        assert "/visits/new/?institution=" in html(shown)


def test_verification_that_would_be_refused_does_not_stand_open(look, trapped, taskforce):
    shown = look(taskforce)

    assert shown.context["opened"] == ""
    assert "按提交的结果核验会被拒绝" in html(shown)


def test_recheck_of_a_submission_has_its_boxes_and_makes_it_verifiable(
    browse, look, trapped, recheck, move, inspector, taskforce
):
    form = html(browse(inspector).get(f"/visits/new/?institution={trapped.institution_id}&purpose=recheck"))
    recheck(put_right=marks(trapped))
    shown = look(taskforce)
    answer = move(taskforce, "verify", outcome="corrected", sure="on")

    assert form.count('name="put_right"') == 2
    assert 'name="submit_round"' not in form
    assert (shown.context["missing"], shown.context["opened"]) == ([], "verify")
    assert 'href="/visits/new/?institution' not in html(shown)
    assert answer.status_code == 302
    trapped.refresh_from_db()
    assert (trapped.state, trapped.outcome) == ("verified", "corrected")


def test_returned_submission_is_rechecked_and_submitted_again(trapped, recheck, move, taskforce):
    move(taskforce, "return", reason="没有复查")
    recheck(submit_round="on", outcome="corrected", put_right=marks(trapped))
    move(taskforce, "verify", outcome="corrected", sure="on")

    trapped.refresh_from_db()
    assert trapped.state == "verified"


def test_visit_that_handed_in_less_than_is_needed_says_so_on_its_page(recheck, round_, browse, inspector):
    answer = recheck(submit_round="on", outcome="corrected", put_right=marks(round_)[:1])

    shown = html(browse(inspector).get(answer.url))
    assert round_.state == "submitted"
    assert "这一轮现在还不能核验销号：以下问题尚未逐项标明整改到位并附复查证据" in shown


def test_closing_without_evidence_leads_to_what_a_recheck_has_to_show(browse, taskforce):
    round_ = round_of(institution(), DAY - WEEK, outcome="closed", submitted_on=DAY, due_on=DAY + WEEK)

    shown = html(browse(taskforce).get(round_.get_absolute_url()))

    assert "缺少停办证据" in shown
    assert "登记复查，如实选现场情况并拍照，补齐后即可核验" in shown


def test_missing_licences_lead_to_the_licences(browse, taskforce, move, inspector):
    round_ = round_of(institution(status="none"), DAY - WEEK, outcome="licensed", submitted_on=DAY, due_on=DAY + WEEK)

    shown = html(browse(taskforce).get(round_.get_absolute_url()))

    assert f'href="/institutions/{round_.institution_id}/licences/"' in shown
    assert "先登记证照，再核验" in shown


# --- What cannot be undone takes a tick


@pytest.mark.parametrize(
    ("name", "by", "typed"),
    [
        ("verify", "taskforce", {"outcome": "corrected"}),
        ("extend", "taskforce", {"due_on": str(DAY + 4 * WEEK), "reason": "设备未到"}),
        ("void", "supervisor", {"reason": "开错"}),
    ],
)
def test_move_that_cannot_be_undone_says_so_and_takes_a_tick(
    request, look, move, recheck, inspector, round_, name, by, typed
):
    user = request.getfixturevalue(by)
    if name == "verify":
        recheck(submit_round="on", outcome="corrected", put_right=marks(round_))
    round_.refresh_from_db()
    version = round_.version

    shown = html(look(user))
    unsure = move(user, name, **typed)
    round_.refresh_from_db()
    unmoved = round_.version
    sure = move(user, name, **typed, sure="on")

    assert f'name="{name}-sure"' in shown
    assert [field for field, _reason in unsure.context["errors"]] == [f"{name}-sure"]
    assert (unsure.status_code, unmoved, sure.status_code) == (422, version, 302)


def test_move_that_can_be_undone_takes_none(look, taskforce, recheck, round_):
    recheck(submit_round="on", outcome="corrected", put_right=marks(round_))

    assert 'name="return-sure"' not in html(look(taskforce))


# --- Four eyes


def test_round_names_who_can_verify_it(look, inspector, taskforce, supervisor, round_):
    colleague = user_with("task_force", "330382", "王队")

    shown = html(look(inspector)).split('id="verifiers"')[1].split("</p>")[0]

    assert str(colleague) in shown
    assert "上级" in shown  # of the city: not named here
    assert str(supervisor) not in shown


def test_round_that_nobody_else_can_verify_says_whom_to_ask(look, inspector, taskforce, recheck, round_):
    recheck(inspectors=["inspector", "taskforce"])
    user_with("task_force", "330383", "elsewhere")
    user_with("supervisor", "330382", "gone", valid_from=DAY - WEEK, valid_to=YESTERDAY)

    assert "本辖区没有别的人能核验，请系统管理员再开整治专班或领导账号。" in html(look(inspector))


def test_hand_is_told_in_words_that_it_cannot_verify(look, taskforce, recheck, round_):
    recheck(inspectors=["inspector", "taskforce"], submit_round="on", outcome="corrected", put_right=marks(round_))

    shown = html(look(taskforce))

    assert "经手人不能核验：您提交过、检查过或登记过本轮整改的材料，须由另一人核验。" in shown
    assert "四眼" not in shown


def test_form_says_what_ticking_the_only_verifier_costs(browse, inspector, taskforce, school, round_):
    asked = f"/visits/new/?institution={school.pk}&purpose=recheck"
    only = html(browse(inspector).get(asked))
    found = browse(inspector).get(f"/institutions/{school.pk}/colleagues/", {"q": "taskforce"}).json()["found"]
    user_with("task_force", "330382", "second")
    two = html(browse(inspector).get(asked))
    user_with("task_force", "330382", "third")
    many = html(browse(inspector).get(asked))

    said = "勾选后他不能核验这一轮，也没有别的人能核验"
    assert only.count(said) == 1
    assert [each["costs"] for each in found] == [said]
    assert (two.count("勾选后他不能核验这一轮"), two.count(said)) == (2, 0)
    assert "勾选后他不能核验" not in many


def test_form_without_a_round_says_nothing_of_verifying(browse, inspector, taskforce, school):
    assert "勾选后" not in html(browse(inspector).get(f"/visits/new/?institution={school.pk}"))


def test_scope_is_asked_for_only_where_it_can_apply(browse, inspector, taskforce, look, round_, school):
    confined = round_of(institution(status="registration_only"), DAY - WEEK, due_on=DAY + WEEK)

    for round_asked, offered in ((round_, False), (confined, True)):
        form = browse(inspector).get(f"/visits/new/?institution={round_asked.institution_id}")
        of_round = browse(taskforce).get(round_asked.get_absolute_url())
        assert ('name="registered_scope"' in html(form)) is offered
        assert ('name="submit-registered_scope"' in html(of_round)) is offered
