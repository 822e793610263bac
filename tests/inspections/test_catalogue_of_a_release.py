"""The catalogue of a release reaches a database that is there, and leaves alone what is the bureau's own."""

import re
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import AuditRow
from inspections.catalogue import items, load_catalogue
from inspections.models import FindingType, Notice
from tests.factories import institution, round_of, visit_of

COLUMNS = [field.name for field in FindingType._meta.concrete_fields]


def catalogue() -> dict[str, dict]:
    """Every item on file, by code."""
    return {row["code"]: row for row in FindingType.objects.values(*COLUMNS)}


def line(known: str, **changes) -> dict[str, str]:
    """A line of a later release."""
    return next((each for each in items() if each["code"] == known), items()[0] | {"code": known}) | changes


def test_migrate_adds_what_an_older_release_did_not_have(db):
    whole = catalogue()
    FindingType.objects.filter(pk__in=["F04", "L03"]).delete()
    said = StringIO()

    call_command("migrate", stdout=said)

    assert catalogue() == whole
    assert "问题目录新增：L03、F04。" in said.getvalue()
    assert [row.object_id for row in AuditRow.objects.filter(action="findingtype.added")] == ["L03", "F04"]


def test_catalogue_that_is_up_to_date_is_not_written_to(db):
    loaded = load_catalogue(items())

    assert (loaded.added, loaded.ended, loaded.taken) == ([], [], [])
    assert not AuditRow.objects.exists()


def test_item_that_a_release_ends_is_ended_and_its_new_wording_added(db):
    before = FindingType.objects.get(pk="L01")
    new = line("L01", code="L07", name_zh="未取得许可和登记办学", in_force_from="2027-01-01")

    loaded = load_catalogue([line("L01", in_force_to="2026-12-31"), new])

    ended, begun = FindingType.objects.get(pk="L01"), FindingType.objects.get(pk="L07")
    assert (loaded.ended, loaded.added) == (["L01"], ["L07"])
    assert (ended.in_force_to, ended.name_zh, ended.meaning) == (date(2026, 12, 31), before.name_zh, "none")
    assert (begun.meaning, begun.of_release) == ("none", True)
    assert AuditRow.objects.get(action="findingtype.edited").after == {"in_force_to": "2026-12-31"}


@pytest.mark.parametrize(("own", "kept"), [("2025-06-30", "2025-06-30"), ("2030-01-01", "2026-12-31")])
def test_earlier_end_that_the_bureau_gave_an_item_stays(db, own, kept):
    FindingType.objects.filter(pk="T06").update(in_force_to=own)

    load_catalogue([line("T06", in_force_to="2026-12-31")])

    assert str(FindingType.objects.get(pk="T06").in_force_to) == kept


def test_legal_basis_that_the_bureau_put_right_stays(db):
    FindingType.objects.filter(pk="T06").update(legal_basis="已核对的依据", evidence="F")
    before = catalogue()

    load_catalogue(items())

    assert catalogue() == before


def test_legal_basis_takes_chinese_punctuation_and_what_was_served_keeps_its_own(db):
    older = "教基厅〔2018〕3号二(4); 国办发〔2018〕80号"
    FindingType.objects.filter(pk="T01").update(legal_basis=older)
    school = institution()
    round_of(school, "2018-10-01", visit=visit_of(school, "2018-10-01", findings=["T01"]))
    served = Notice.objects.values_list("content", "digest").get()

    loaded = load_catalogue(items())

    assert (loaded.added, loaded.ended, loaded.punctuated) == ([], [], ["T01"])
    assert FindingType.objects.get(pk="T01").legal_basis == "教基厅〔2018〕3号二（4）；国办发〔2018〕80号"
    assert older in str(served[0])
    assert Notice.objects.values_list("content", "digest").get() == served
    assert AuditRow.objects.get(action="findingtype.edited").before == {"legal_basis": older}


def test_no_legal_basis_of_the_release_has_punctuation_of_ascii():
    assert [each["code"] for each in items() if re.search(r"[;,()]|\D:|:\D", each["legal_basis"])] == []


def test_item_of_the_bureau_s_own_is_not_touched_by_a_line_of_the_same_code(db):
    FindingType.objects.create(
        code="L07",
        name_zh="本县条目",
        legal_basis="县文",
        severity="C",
        in_force_from="2020-01-01",
        division_prefix="330382",
    )
    before = catalogue()

    loaded = load_catalogue([line("L07", in_force_to="2026-12-31")])

    assert (loaded.taken, catalogue()) == (["L07"], before)


def test_every_line_that_migration_0002_loads_is_in_the_catalogue(db):
    assert {each["code"] for each in items()} == set(FindingType.objects.values_list("code", flat=True))
    assert {each["code"]: each["meaning"] for each in items() if each["meaning"]} == {
        "L01": "none", "L02": "registration_only", "L03": "permit_only",
    }  # fmt: skip
