"""核对 from the page: in portions, with what was found kept as an audit row, and what it cannot see said."""

import pytest
from django.db import connection

from accounts import audit
from accounts.guards import drop_all
from accounts.models import AuditRow, User
from desk import verification
from tests.factories import hand, institution

PAGE = "/audit/verify/"


@pytest.fixture
def rows(db) -> list[AuditRow]:
    """Chains of three, one and two rows."""
    written = []
    for name, steps in (("甲", 3), ("乙", 1), ("丙", 2)):
        school = institution(name=name)
        for step in range(steps):
            written.append(
                audit.write(
                    "institution.edited", school, by=None, after={"learners": step}, scope_code=school.scope_code
                )
            )
    return written


def verified() -> list[tuple[User | None, dict]]:
    return [(row.by, row.after) for row in AuditRow.objects.filter(action="audit.verified")]


def tamper(row: AuditRow) -> None:
    """As somebody does who has the database and takes the triggers away."""
    drop_all(connection)
    AuditRow.objects.filter(pk=row.pk).update(after={"learners": 999})


def test_trail_that_holds_is_verified_and_says_when(browse, auditor, rows):
    page = browse(auditor).post(PAGE, follow=True)

    assert verified() == [(auditor, {"checked": 6, "broken": 0})]
    assert "核对完毕：6 条记录全部相符。" in page.content.decode()
    assert "6 条记录全部相符" in browse(auditor).get("/audit/").content.decode()


def test_altered_row_is_found_and_its_number_kept(browse, auditor, rows):
    tamper(rows[1])

    page = browse(auditor).post(PAGE, follow=True).content.decode()

    assert verified() == [(auditor, {"checked": 6, "broken": 1, "broken_rows": [rows[1].pk]})]
    assert f"不符的记录号：{rows[1].pk}" in page
    assert "其中 1 条与校验码不符" in browse(auditor).get("/audit/").content.decode()


@pytest.mark.parametrize("at_once", [1, 2, 3, 4, 5])
def test_portions_find_what_one_go_finds(browse, auditor, rows, monkeypatch, at_once):
    monkeypatch.setattr(verification, "AT_ONCE", at_once)
    tamper(rows[2])
    client = browse(auditor)

    portions = 0
    while not verified():
        page = client.post(PAGE, follow=True).content.decode()
        portions += 1
        assert verified() or ("data-continue" in page and f"已核对 {portions * at_once} 条，共约 6 条。" in page)

    assert portions == 6 // at_once + 1
    assert verified() == [(auditor, {"checked": 6, "broken": 1, "broken_rows": [rows[2].pk]})]


def test_verification_begins_anew_where_its_place_is_gone(browse, auditor, rows, monkeypatch):
    monkeypatch.setattr(verification, "AT_ONCE", 1)
    client = browse(auditor)
    client.post(PAGE)
    stood_at = client.session[verification.KEY]["at"]
    drop_all(connection)
    AuditRow.objects.filter(pk=stood_at).delete()

    client.post(PAGE)

    assert client.session[verification.KEY]["checked"] == 1


def test_row_taken_out_of_the_middle_is_found_and_of_the_end_is_not(browse, auditor, rows):
    drop_all(connection)
    rows[0].delete()  # the row behind it does not follow any more
    rows[5].delete()  # nothing follows from it

    browse(auditor).post(PAGE)

    assert verified()[0][1] == {"checked": 4, "broken": 1, "broken_rows": [rows[1].pk]}


def test_page_says_what_it_cannot_see_and_that_nothing_was_verified_yet(browse, auditor):
    page = browse(auditor).get(PAGE).content.decode()

    assert "核对看不出来的：" in page
    assert "审计记录还没有核对过。" in page
    assert verified() == []


def test_verification_is_a_row_of_the_trail_itself(browse, auditor, rows):
    hand("somebody")
    browse(auditor).post(PAGE)

    told = browse(auditor).get("/audit/?action=audit.verified").context["rows"]

    assert [(each.action, each.row.by, each.changes) for each in told] == [
        ("核对审计记录", auditor, [("核对行数", "", "6"), ("不符行数", "", "0")])
    ]
