"""No ID-card number is taken at any door of free text, by page or API. The numbers here are nobody's."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from stdnum.cn import ric, uscc

from accounts.errors import Invalid
from accounts.id_numbers import NOT_HERE, reasons_of
from accounts.models import AuditRow
from inspections import serializers
from inspections.actions import NewFinding, record_visit
from inspections.forms import MOVE_FIELDS, SettleForm
from inspections.models import QuarantinedVisit, Visit
from inspections.moves import MOVES
from institutions.actions import add_licence, edit_institution, register_institution
from institutions.models import Institution, Licence
from institutions.moments import today
from tests.factories import LIUSHI, at, institution, licence_of, round_of, sent_visit, supplement_of, visit_of

NUMBER = "110101199001011237"
OLD = "330382900101123"
SAID = "系统不存身份证号"
DAY = today()


def wide(text: str) -> str:
    return text.translate({ord("0") + at: ord("０") + at for at in range(10)})


# --- The rule


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"负责人王某，身份证{NUMBER}。",
        "110101 19900101 1237",
        wide(NUMBER),
        f"13800000000{NUMBER}",  # among more digits: its check digit is right
        "110101199001011234",  # mistyped, and by itself
        OLD,
        f"老证{OLD}",
        "330382-900101-123",
        "110101;19900101;1237",
        "*110101*19900101*1237*",
        "110101（19900101）1237",
        "（110101）19900101【1237】",
        "110101|1990_01/01=1237",
        f"教民{NUMBER}",
        "教民110101199001011 237",
        "教民 11010119900101123X",
        "330382（900101）123",
    ],
)
def test_id_number_is_refused_in_free_text_and_not_repeated(text):
    refused = reasons_of({"note": text})

    assert list(refused) == ["note"]
    assert "1990" not in str(refused)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "检查时有学生23人，教师4人。",
        "电话13800000000、0577-62000000",
        "91350200MA2YJ1XR9G",
        "教民133038290010112号",  # a permit number, as long as an old ID-card number
        f"教民{OLD}",
        f"教民{OLD}、教民{OLD}",
        f"教民{OLD} 2018年起",
        f"教民{OLD}，23人",
        "教师（23）人，学生（2018）人，班（10）个",
        "13800000000；0577-62000000；13900000000",
        "330382199002311237",  # nobody is born on 31 February
        "330382900231123",
        "2018-10-01 10:30，2018-10-02 11:30",
        "6222021001122334455",
    ],
)
def test_other_numbers_are_taken_in_free_text(text):
    assert reasons_of({"note": text}) == {}


def test_check_digit_of_the_mistyped_number_here_is_wrong():
    assert ric.is_valid(NUMBER)
    assert not ric.is_valid("110101199001011234")


def test_credit_code_of_digits_is_not_taken_for_an_id_number():
    """Code of a 民办非企业 in 330319 whose digits read like a birthday, the check sign right."""
    code = next(code for code in (f"5233031990010112{tail:02d}" for tail in range(100)) if uscc.is_valid(code))

    assert reasons_of({"note": f"信用代码{code}"}) == {}


# --- The moves of a round, by page and API: whatever the table has


TEXTS = ["registered_scope", "note", "reason", "measure"]
MOVE_TEXTS = [(name, field.name) for name, move in MOVES.items() for field in move.fields if field.name in TEXTS]


def test_every_move_with_a_text_is_tried():
    assert {name for name, _field in MOVE_TEXTS} == set(MOVES)
    assert set(TEXTS) == set(MOVE_FIELDS) - {"outcome", "put_right", "due_on", "notice"}
    assert set(MOVE_FIELDS) == set(serializers.MOVE_FIELDS)


@pytest.fixture
def moving(taskforce, supervisor):
    """`moving("void", reason=…)`: who may make a move of a round in its state, the round, and what is sent."""

    def ready(move: str, **given):
        school = institution(status="registration_only")
        handed_in = {"submitted_on": "2018-10-05"} if move in ("verify", "return") else {}
        round_ = round_of(school, "2018-10-01", outcome="closed", visit=None, **handed_in)
        if move == "verify":
            visit_of(school, "2018-10-05", result="ceased", round_=round_)
        supplement = None
        if move == "withdraw":
            supplement = supplement_of(round_, "2018-10-02")
            round_.refresh_from_db()
        notice = supplement or round_.notices.first()
        sent = {
            "version": round_.version,
            "on": str(DAY),
            "outcome": "closed",
            "reason": "说明",
            "notice": str(notice.pk),
        }
        sent |= {"due_on": str(DAY + timedelta(days=30))} if move == "extend" else {}
        if move == "extend":
            del sent["notice"]
        taken = {name: value for name, value in sent.items() if name in serializers.MOVE_BODIES[move]().fields}
        return (supervisor if move in ("void", "withdraw") else taskforce), round_, taken | given

    return ready


@pytest.mark.parametrize(("move", "field"), MOVE_TEXTS)
def test_id_number_in_a_text_of_a_move_is_refused_by_page_and_api(api, browse, moving, move, field):
    by, round_, sent = moving(move, **{field: f"身份证{NUMBER}"})

    answer = api(by).post(f"/api/v1/rectifications/{round_.pk}/{move}/", sent, format="json")
    typed = {f"{move}-{name}": value for name, value in (sent | {"sure": "on"}).items()}
    page = browse(by).post(reverse("rectification_move", args=[round_.pk, move]), typed)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert page.status_code == 422
    assert [(name, SAID in reason) for name, reason in page.context["errors"]] == [(f"{move}-{field}", True)]
    round_.refresh_from_db()
    assert round_.version == sent["version"]


@pytest.mark.parametrize("move", MOVES)
def test_move_without_an_id_number_is_made(api, moving, move):
    """The test above would pass on a move that is refused for something else."""
    by, round_, sent = moving(move)

    assert api(by).post(f"/api/v1/rectifications/{round_.pk}/{move}/", sent, format="json").status_code == 200


# --- Visits


@pytest.fixture
def school(db) -> Institution:
    return institution(status="full")


@pytest.mark.parametrize(
    ("typed", "field"), [({"note": NUMBER}, "note"), ({"findings": ["S02"], "note_S02": NUMBER}, "findings")]
)
def test_id_number_typed_at_a_visit_is_refused_beside_its_field(browse, inspector, school, typed, field):
    plain = {
        "id": str(uuid4()), "institution": str(school.pk), "purpose": "routine", "result": "inspected",
        "happened_at": f"{DAY}T00:00", "inspectors": ["inspector"],
    }  # fmt: skip

    answer = browse(inspector).post("/visits/new/", plain | typed)

    assert answer.status_code == 422
    assert [(name, SAID in reason) for name, reason in answer.context["errors"]] == [(field, True)]
    assert not Visit.objects.exists()


def test_id_number_in_a_visit_sent_by_the_api_is_refused_by_field(api, inspector, school):
    round_ = round_of(school, "2018-10-01")
    body = {
        "institution": str(school.pk), "purpose": "recheck", "result": "inspected",
        "happened_at": at("2018-10-02").isoformat(), "note": NUMBER, "findings": [{"type": "T01", "note": NUMBER}],
        "submits": {"rectification": str(round_.pk), "outcome": "corrected", "registered_scope": NUMBER},
    }  # fmt: skip

    answer = api(inspector).put(f"/api/v1/visits/{uuid4()}/", body, format="json")

    assert answer.status_code == 422
    assert sorted(answer.json()["errors"]) == ["findings.0.note", "note", "submits.registered_scope"]


def test_id_number_under_a_used_id_is_not_kept_aside_either(inspector, school):
    first = record_visit(sent_visit(school), by=inspector, received_at=at("2018-10-01", 20))

    with pytest.raises(Invalid):
        record_visit(sent_visit(school, id=first.id, note=NUMBER), by=inspector, received_at=at("2018-10-01", 21))

    assert not QuarantinedVisit.objects.exists()


def test_visit_stored_before_the_rule_gets_its_receipt_again(inspector, school):
    stored = visit_of(school, "2018-10-01", note=NUMBER, by=inspector)

    again = record_visit(
        sent_visit(school, id=stored.pk, purpose="routine", note=NUMBER, happened_at=stored.happened_at,
                   inspectors=[each.username for each in stored.inspectors.all()]), by=inspector,
    )  # fmt: skip

    assert (again.id, again.created) == (stored.pk, False)


@pytest.mark.parametrize("how", ["page", "api"])
def test_id_number_in_the_reason_of_a_withdrawal_is_refused(api, browse, supervisor, school, how):
    visit = visit_of(school, "2018-10-01")

    if how == "page":
        answer = browse(supervisor).post(reverse("visit_withdraw", args=[visit.pk]), {"reason": NUMBER})
    else:
        answer = api(supervisor).post(f"/api/v1/visits/{visit.pk}/withdraw/", {"reason": NUMBER}, format="json")

    visit.refresh_from_db()
    assert (answer.status_code, visit.withdrawn_at) == (422, None)


def test_id_number_in_the_measure_of_an_order_is_refused(browse, taskforce, school):
    visit = visit_of(school, DAY, findings=("T01",))

    answer = browse(taskforce).post(reverse("visit_order", args=[visit.pk]), {"measure": NUMBER})

    assert answer.status_code == 422
    assert [(name, SAID in reason) for name, reason in answer.context["errors"]] == [("measure", True)]


# --- The register


COLUMNS = ["name", "signboard_name", "operating_address", "registered_address", "principal", "phone", "credit_code"]


@pytest.mark.parametrize("column", COLUMNS)
def test_id_number_in_a_column_of_an_institution_is_refused_by_the_actions(taskforce, school, column):
    columns = {"name": "乙培训", "division": school.division, column: NUMBER}

    for act in (
        lambda: register_institution(by=taskforce, columns=columns),
        lambda: edit_institution(school, by=taskforce, version=school.version, columns={column: NUMBER}),
    ):
        with pytest.raises(Invalid) as refusal:
            act()
        assert list(refusal.value.errors) == [column]


@pytest.mark.parametrize("column", ["number", "issued_by"])
def test_id_number_in_a_licence_is_refused(taskforce, school, column):
    columns = {"kind": "permit", "number": "号一", "valid_from": DAY, column: NUMBER}

    with pytest.raises(Invalid) as refusal:
        add_licence(school, by=taskforce, columns=columns)

    assert list(refusal.value.errors) == [column]
    assert not Licence.objects.exists()


@pytest.mark.parametrize("what", ["institution", "licence"])
def test_id_number_in_the_reason_of_a_withdrawal_from_the_register_is_refused(browse, taskforce, what):
    school = institution(LIUSHI)
    paths = {
        "institution": reverse("institution_withdraw", args=[school.pk]),
        "licence": reverse("licence_withdraw", args=[school.pk, licence_of(school, "permit").pk]),
    }

    answer = browse(taskforce).post(paths[what], {"reason": NUMBER, "version": school.version})

    assert answer.status_code == 422
    assert SAID in str(answer.context["form"].errors["reason"])
    assert not AuditRow.objects.filter(action__endswith="withdrawn").exists()


def test_what_does_not_belong_in_a_text_is_said_beside_it(browse, taskforce, school):
    said = "不要写身份证号、个人姓名和电话。"
    visit = visit_of(school, "2018-10-01", findings=("T01",))
    round_ = round_of(institution(status="full"), "2018-10-01")
    client = browse(taskforce)

    for path in (
        f"/visits/new/?institution={school.pk}",
        visit.get_absolute_url(),
        reverse("visit_withdraw", args=[visit.pk]),
        round_.get_absolute_url(),
        reverse("institution_withdraw", args=[school.pk]),
    ):
        assert said in client.get(path).content.decode(), path


def test_what_does_not_belong_in_it_is_said_beside_the_note_of_a_copy_that_is_settled(school):
    copy = QuarantinedVisit(content=sent_visit(school).content())

    note = SettleForm(copy=copy).fields["note"]

    assert str(note.help_text).endswith(str(NOT_HERE))


def test_finding_note_without_an_id_number_is_taken(inspector, school):
    sent = sent_visit(school, findings=[NewFinding("T01", "初三数学")], note="楼道堆放杂物")

    assert record_visit(sent, by=inspector, received_at=at("2018-10-01", 20)).created
