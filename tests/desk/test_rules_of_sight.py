"""What a page that somebody may open says, and leaves out, of what that person may not see or do."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from accounts.roles import Permission
from desk.audit_question import AuditQuestion
from desk.trail import Names
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, hand, institution, merge_of, user_with

pytestmark = pytest.mark.django_db


def test_what_was_merged_is_named_to_who_sees_it(browse, inspector, taskforce):
    merge_of(institution(NEXT_TO_LIUSHI, name="暮云画社", surveyed_on=None), institution(LIUSHI, name="晨光画室"))

    shown = [
        "暮云画社" in browse(user).get("/institutions/", {"q": "晨光"}).content.decode()
        for user in (inspector, taskforce)
    ]

    assert shown == [False, True]


def test_strike_offs_are_offered_to_who_verifies(browse, inspector, supervisor):
    shown = [
        reverse("strike_offs") in browse(user).get("/rectifications/", {"state": "submitted"}).content.decode()
        for user in (inspector, supervisor)
    ]

    assert shown == [False, True]


def test_rows_of_no_division_show_no_people(taskforce):
    names = Names(taskforce)

    seen = [names.sees(Permission.SEE_PERSONAL_DATA, code) for code in (f"{LIUSHI}000", "331000000000", "")]

    assert seen == [True, False, False]


def test_account_is_named_by_its_number_to_who_audits_where_it_is_granted(auditor):
    question = AuditQuestion(QueryDict(), auditor)
    of_here, of_another_city = user_with("inspector", LIUSHI), user_with("inspector", "330482")
    admin, nobody = user_with("admin", ""), hand("nobody granted")

    read = [question.reads_account(user.pk) for user in (of_here, admin, of_another_city, nobody)]

    assert read == [True, True, False, False]
