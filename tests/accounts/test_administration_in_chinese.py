"""The pages of the administration in Chinese: punctuation is Chinese, and nothing of the framework is left in English."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.actions import create_token
from accounts.models import FailedSignIn, User
from inspections.models import FindingType
from institutions.models import Division
from tests.desk.test_chinese_punctuation import ASCII, said
from tests.factories import LIUSHI, user_with

SPACED = re.compile(r"[，。：；！？、]\s+\S|[\u4e00-\u9fff]\.")  # no blank behind a Chinese sign, no full stop of ASCII
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|^(?!TOTP)[A-Z][a-z]{2,}$")
WRONG = {
    "code": "x" * 80, "name": "长" * 200, "username": "王 某", "password1": "短", "password2": "短",
    "grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "0", "grants-0-role": "x", "grants-0-division_prefix": "无",
    "grants-0-valid_from": "2018-13-1", "name_zh": "长" * 300, "severity": "Q", "in_force_from": "x",
    "division_prefix": "12", "longitude": "999", "latitude": "a", "approx_error_m": "-1", "from_on": "x", "into": "x",
}  # fmt: skip


@pytest.fixture
def office(browse, db) -> Client:
    return browse(user_with("admin", "", "boss"))


@pytest.fixture
def rows(db) -> dict[type[Model], Model]:
    """A row of everything that is administered."""
    person = user_with("inspector", LIUSHI, "person")
    create_token(person, by=None)
    FailedSignIn.objects.create(username="person", ip_address="10.0.0.1", failures_since_start=3)
    some = {User: person, Division: Division.objects.get(pk=LIUSHI), FindingType: FindingType.objects.get(pk="T01")}
    return {model: some.get(model) or model._default_manager.first() for model in admin.site._registry}


def pages(office: Client, rows: dict[type[Model], Model]) -> Iterator[tuple[str, Any]]:
    """Every page with its name: as it is opened, and as it comes back when what was sent is not taken."""
    yield "index", office.get(reverse("admin:index"))
    for model, row in rows.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listed = reverse(f"{name}_changelist")
        yield name, office.get(listed)
        yield f"{name} nothing found", office.get(listed, {"q": "没有"})
        yield f"{name} no action", office.post(listed, {"action": "", "index": 0}, follow=True)
        for what, at in (
            ("add", []),
            ("change", [row.pk]),
            ("history", [row.pk]),
            ("delete", [row.pk]),
            ("change", ["0"]),
        ):
            url = reverse(f"{name}_{what}", args=at)
            opened = office.get(url, follow=True)
            yield f"{name} {what}", opened
            for sent in ({}, WRONG):
                yield f"{name} {what} {list(sent)}", office.post(url, sent | version_of(opened), follow=True)
    password = reverse("admin:auth_user_password_change", args=[rows[User].pk])
    yield "password", office.get(password)
    for typed in ("", "1", "person", "password"):
        sent = {"password1": typed, "password2": typed, "usable_password": "true"}
        yield f"password {typed}", office.post(password, sent)
    yield "passwords", office.post(password, {"password1": "1", "password2": "2", "usable_password": "true"})


def version_of(page: Any) -> dict[str, str]:
    """What a page carries of the rows it shows."""
    found = re.search(r'name="version" value="([^"]*)"', page.content.decode())
    return {"version": found[1]} if found else {}


def texts(page) -> set[str]:
    """What is read on a page: texts, labels and buttons; not what was typed into it."""
    content = re.sub(r"(?s)<textarea.*?</textarea>", "", page.content.decode())
    buttons = re.findall(r'<input type="submit"[^>]*value="([^"]*)"', content)
    page.content = content.encode()
    return {" ".join(each.split()) for each in [*said(page), *buttons]}


def test_administration_has_chinese_punctuation_and_no_english(office, rows):
    wrong, opened = {}, 0
    for name, page in pages(office, rows):
        assert page.status_code < 500, name
        opened += 1
        for each in texts(page):
            if ASCII.search(each) or SPACED.search(each) or ENGLISH.search(each) or "你" in each:
                wrong[each] = name

    assert opened > 100
    assert wrong == {}


def test_saved_is_said_in_our_words(office, rows):
    person = rows[User]
    url = reverse("admin:accounts_user_change", args=[person.pk])
    said_of = {}
    for button in ("_save", "_continue", "_addanother"):
        sent = version_of(office.get(url)) | {
            "username": person.username, "name": person.name, "is_active": "on", button: "1",
            "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0,
        }  # fmt: skip
        answer = office.post(url, sent, follow=True)
        [message] = answer.context["messages"]
        said_of[button] = re.sub(r"<[^>]*>", "", str(message))

    assert said_of == {
        "_save": "已保存账号“person”。",
        "_continue": "已保存账号“person”，可以继续编辑。",
        "_addanother": "已保存账号“person”，可以再加一项账号。",
    }


def test_calendar_of_the_scripts_is_chinese(office):
    texts_of_scripts = office.get(reverse("admin:jsi18n")).content.decode()

    heads = re.findall(r'"one letter (\w+)\\u0004\w": "([^"]+)"', texts_of_scripts)
    assert dict(heads) == dict(
        zip(["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"], map(ascii_of, "日一二三四五六"), strict=True)
    )  # fmt: skip


def ascii_of(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


@pytest.mark.parametrize("code", ["abc", "33038", "3303821", "３３０３８２", "99"])
def test_code_that_is_none_of_a_division_is_refused_beside_its_field(office, code):
    answer = office.post(reverse("admin:institutions_division_add"), {"code": code, "name": "某镇"})

    assert answer.status_code == 200
    assert f"“{code}”不是行政区划代码" in answer.content.decode()
    assert not Division.objects.filter(name="某镇").exists()
