"""What the register takes of an institution that was found on the spot."""

from dataclasses import replace
from uuid import uuid4

import pytest

from accounts.errors import Invalid
from inspections.actions.found import check_found, institution_found, register_found
from inspections.actions.sent_visit import Found
from institutions.models import Institution
from tests.factories import LIUSHI, at, institution, sent_visit

FOUND = Found(name="晨曦画室", address="柳市镇井大路9号", division=LIUSHI, category="arts")
NOW = at("2018-10-01", 20)


def test_what_is_found_lies_in_a_division_that_there_is(db):
    with pytest.raises(Invalid) as refusal:
        check_found(replace(FOUND, division="330382999"), NOW)

    assert refusal.value.errors == {"found.division": ["没有代码为“330382999”的行政区划。"]}


def test_what_is_found_is_registered_beside_what_is_on_the_register(inspector):
    institution()
    pk = uuid4()

    said = register_found(sent_visit(institution_found(FOUND, pk), found=FOUND), by=inspector, at=NOW)

    assert (said, Institution.objects.get(pk=pk).name) == (["现场发现的机构已登记入册。"], "晨曦画室")
