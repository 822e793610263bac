"""Until when an order is due is seen where it is made: by the problems ticked, and on the page that comes after."""

from datetime import timedelta
from uuid import uuid4

import pytest

from inspections.models import FindingType
from institutions.models import Institution
from institutions.moments import today
from tests.factories import institution, round_of, visit_of

DAY = today()
YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture
def school(db) -> Institution:
    return institution(status="full")


@pytest.fixture
def send(browse, inspector, school):
    def posted(**typed):
        plain = {
            "id": str(uuid4()), "institution": str(school.pk), "purpose": "routine", "result": "inspected",
            "happened_at": f"{YESTERDAY}T10:00", "inspectors": ["inspector"],
        }  # fmt: skip
        return browse(inspector).post("/visits/new/", plain | typed)

    return posted


@pytest.fixture
def of_severity(db):
    """An item of the catalogue in force, of a severity."""
    return lambda severity: FindingType.objects.in_force_on(YESTERDAY).filter(severity=severity).first().code


def test_form_says_the_usual_terms_while_nothing_is_ticked(browse, inspector, school):
    answer = browse(inspector).get(f"/visits/new/?institution={school.pk}")

    assert answer.context["usual_due"] == "留空按最严重问题的常用期限：A 类 1 天，B 类 30 天，C 类 7 天"
    html = answer.content.decode()
    assert all(f'data-days-{severity}="{days}"' in html for severity, days in (("a", 1), ("b", 30), ("c", 7)))


@pytest.mark.parametrize(
    ("severities", "worst", "days"), [("A", "A", 1), ("BC", "B", 30), ("C", "C", 7), ("CA", "A", 1)]
)
def test_form_that_comes_back_says_the_day_by_the_worst_problem(send, of_severity, severities, worst, days):
    answer = send(refresh="1", findings=[of_severity(each) for each in severities])

    assert answer.context["usual_due"] == f"留空即按 {worst} 类：{YESTERDAY + timedelta(days=days)}"


def test_order_is_due_on_the_day_that_the_form_said_and_its_page_says_it_with_the_notice(
    send, browse, inspector, school, of_severity
):
    code = of_severity("B")

    saved = send(findings=[code], order="on")

    round_ = school.rectifications.get()
    html = browse(inspector).get(saved.url).content.decode()
    assert round_.due_on == YESTERDAY + timedelta(days=30)
    assert f"期限 {round_.due_on}" in html
    assert f'<a href="/rectifications/{round_.pk}/notice/">打印通知书</a>' in html


def test_supplement_is_on_the_page_of_its_visit_with_its_deadline(send, browse, inspector, school, of_severity):
    round_of(school, YESTERDAY - timedelta(days=20))

    saved = send(findings=[of_severity("B")], order="on", due_on=str(DAY + timedelta(days=9)))

    notice = school.rectifications.get().notices.get(kind="supplement")
    html = browse(inspector).get(saved.url).content.decode()
    assert f"期限 {DAY + timedelta(days=9)}" in html
    assert f'<a href="{notice.get_absolute_url()}">打印通知书</a>' in html


def test_order_from_the_office_says_its_day_too(browse, taskforce, school):
    visit = visit_of(school, YESTERDAY, findings=("S02",))
    severity = visit.findings.get().type.severity
    days = {"A": 1, "B": 30, "C": 7}[severity]

    html = browse(taskforce).get(visit.get_absolute_url()).content.decode()

    assert f"留空即按 {severity} 类：{DAY + timedelta(days=days)}" in html
