"""What holds on every page and endpoint: the policy, no inline script or style, nobody in without credentials."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from rest_framework import serializers
from rest_framework.test import APIClient

from accounts.models import User
from tests.factories import LIUSHI, institution, user_with
from tests.urls import body, every_url
from tests.worlds import File, full_file

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def file(for_the_module) -> File:
    return full_file(LIUSHI, "示例培训", "13800001111", "red")


ARGUMENTS = {
    "institution": lambda file: {"pk": file.school.pk},
    "institution_edit": lambda file: {"pk": file.school.pk},
    "licence_new": lambda file: {"pk": file.school.pk},
    "licence_revoke": lambda file: {"pk": file.school.pk, "licence": file.school.licences.get().pk},
    "licence_withdraw": lambda file: {"pk": file.school.pk, "licence": file.school.licences.get().pk},
    "visit": lambda file: {"pk": file.visit.pk},
    "rectification": lambda file: {"pk": file.submitted.pk},
}
OWN_URLS = [url for url in every_url() if not url.is_admin]
PAGES = [
    url for url in OWN_URLS
    if not url.is_for_programs and ("<" not in url.route or url.name in ARGUMENTS)
    and url.name not in ("livez", "readyz", "report_download", "logout", "set_language", "favicon")
    and url.name not in ("field_who", "field_manifest", "field_shrink", "service_worker")
    and url.name not in ("wall", "wall_map", "wall_list", "wall_townships")  # opened by a pass
    and url.name != "map_file"  # a file to save, with a policy of its own in it
]  # fmt: skip
QUERIES = {"visit_new": ["", "?q=示例", "?institution={school}"], "statistics": ["", "?as_of=2018-12-31"]}


def pages_of(file: File, user: User) -> list[tuple[str, object]]:
    """Every page that is read, as (path, answer), with the pages that say no."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    paths = []
    for url in PAGES:
        path = url.at(**ARGUMENTS[url.name](file)) if url.name in ARGUMENTS else url.at()
        paths += [path + query.format(school=file.school.pk) for query in QUERIES.get(url.name, [""])]
    paths += [reverse("api-docs"), "/no-such-page/", "/statistics/?as_of=tomorrow", "/institutions/?figure=nonsense"]
    answers = [(path, client.get(path)) for path in paths]
    posted = client.post(reverse("rectification_move", args=[file.submitted.pk, "return"]), {"return-version": "2"})
    nobody = Client()
    return [
        *answers,
        ("refused move", posted),
        ("login", nobody.get(reverse("login"))),
        ("failed login", nobody.post(reverse("login"), {"username": "a", "password": "b"})),
    ]


@pytest.fixture
def pages(file) -> list[tuple[str, object]]:
    user = user_with("task_force", "330382")
    user.grants.create(role="auditor", division_prefix="330382", valid_from="2018-01-01")
    return pages_of(file, user)


def test_every_page_has_the_policy(pages):
    for path, answer in pages:
        policy = {
            name: sources.split()
            for name, _, sources in (
                part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";")
            )
        }
        assert policy["default-src"] == ["'none'"], path
        assert set(policy) >= {
            "script-src",
            "style-src",
            "img-src",
            "connect-src",
            "form-action",
            "frame-ancestors",
            "base-uri",
        }
        for name, sources in policy.items():
            foreign = [
                source for source in sources
                if source not in ("'self'", "'none'", "data:", "blob:") and not source.startswith("'nonce-")
            ]  # fmt: skip
            assert foreign == [], (path, name)
        for name in ("script-src", "style-src"):
            assert "data:" not in policy[name], path


class Inline(HTMLParser):
    """Collects what the policy would block, or what would fetch from another host."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.found += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        if tag == "style" and "nonce" not in given:
            self.found.append("style element")
        is_data = given.get("type") in ("application/json", "application/ld+json")
        if tag == "script" and "src" not in given and "nonce" not in given and not is_data:
            self.found.append("script element")
        for name in ("src", "href", "action", "data", "poster", "srcset", "formaction"):
            value = (given.get(name) or "").strip().lower()
            elsewhere = re.match(r"[a-z+]+:|//", value) and not value.startswith(("data:image/", "tel:"))
            if elsewhere and not (tag == "a" and value.startswith(("http://", "https://"))):
                self.found.append(f"{tag} {name}={value}")


def test_no_page_has_inline_script_or_style_or_another_host(pages):
    found = {}
    for path, answer in pages:
        if answer.get("Content-Type", "").startswith("text/html"):
            inline = Inline()
            inline.feed(body(answer).decode())
            found[path] = inline.found

    assert len(found) >= 15
    assert {path: inline for path, inline in found.items() if inline} == {}


def test_pages_are_the_ones_meant(pages):
    """The tests above would pass on error pages."""
    statuses = {path: answer.status_code for path, answer in pages}

    wrong = {path: status for path, status in statuses.items() if status != 200}
    assert wrong == {
        "/no-such-page/": 404,
        "/statistics/?as_of=tomorrow": 422,
        "/institutions/?figure=nonsense": 422,
        "/accounts/login/": 302,  # signed in already
        "/accounts/login/code/": 302,
        "/institutions/divisions/new/": 403,  # for an administrator
        "/lists/columns/": 405,  # taken by POST
        "/institutions/duplicates/decide/": 405,
        "/map/handover/": 405,
        "/reports/collected/": 422,  # for a city or a province
        "/reports/templates/use-shipped/": 405,
        "refused move": 422,
    }


def test_inline_script_is_found_when_there_is_one():
    """The collector itself: hostile markup of each kind."""
    hostile = (
        '<p style="x"><a onclick="x" href="javascript:x"><script>x</script><style>x</style><img src="//cdn.example/x">'
        '<script src="https://cdn.example/x"></script><form action="http://else.example">'
    )
    inline = Inline()
    inline.feed(hostile)

    assert len(inline.found) == 8


def test_other_headers_are_set(pages):
    for path, answer in pages:
        assert answer["X-Frame-Options"] == "DENY", path
        assert answer["X-Content-Type-Options"] == "nosniff", path
        assert answer["Referrer-Policy"] == "same-origin", path
        if path.startswith("/") and answer.status_code == 200:
            assert answer["Cache-Control"] == "private, no-store", path


def test_hostile_names_are_shown_as_text(db, browse):
    name = "<img src=x onerror=alert(1)>\"'</script>"
    school = institution(name=name, operating_address=name, principal=name[:50], position=(120.9, 28.0))

    user = user_with("task_force", "330382")
    for path in ("/institutions/", f"/institutions/{school.pk}/", "/visits/new/?q=img", "/map/", "/statistics/"):
        shown = body(browse(user).get(path)).decode()
        assert "<img src=x" not in shown, path
        assert '</script>"' not in shown, path


# --- Nobody in without credentials

OPEN_TO_ALL = {"login", "livez", "readyz"}
OPEN_TO_ALL |= {"field", "field_manifest", "field_shrink", "service_worker"}  # the phone app, the same for everybody


def arguments_of(url) -> dict:
    given = {
        "pk": uuid4(),
        "move": "verify",
        "sha256": "0" * 64,
        "name": "submit",
        "kind": "pdf",
        "filled": uuid4(),
        "key": "xyz",
    }
    return {name: 1 if kind == "int" else given[name] for kind, name in re.findall(r"<(\w+):(\w+)>", url.route)}


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("url", [url for url in OWN_URLS if url.is_for_programs], ids=lambda url: url.route)
def test_api_denies_without_credentials(db, url, method):
    answer = getattr(APIClient(), method)(url.at(**arguments_of(url)))

    assert answer.status_code == 401
    if url.name not in ("schema", "api-docs"):
        assert set(answer.json()) - {"description"} == {"code", "message"}


@pytest.mark.parametrize("url", [url for url in OWN_URLS if not url.is_for_programs], ids=lambda url: url.route or "/")
def test_page_without_sign_in_leads_to_it(db, client, url):
    answer = client.get(url.at(**arguments_of(url)))

    if url.name in OPEN_TO_ALL:
        assert answer.status_code == 200
    elif url.name in ("logout", "set_language"):
        assert answer.status_code in (302, 405)
    elif url.name in ("field_who", "wall_map", "wall_list", "wall_townships"):
        assert answer.status_code == 401
    elif url.name == "favicon":
        assert answer["Location"] == "/static/icon.svg"
    else:
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("login"))


# What one recorded is one's own to complete when the grant has ended (ADR 38): it holds nothing of anybody else.
OF_ONES_OWN_VISITS = {"api/v1/visits/<uuid:pk>/", "api/v1/visits/<uuid:pk>/receipt/", "api/v1/field/mine/"}


@pytest.mark.parametrize("url", [url for url in OWN_URLS if url.is_for_programs], ids=lambda url: url.route)
def test_api_denies_who_has_no_grant_in_force(db, api, url):
    nobody = user_with("task_force", "330382", valid_to="2019-12-31")

    answer = api(nobody).get(url.at(**arguments_of(url)))

    if url.route in OF_ONES_OWN_VISITS:
        assert (answer.status_code, answer.json()) in [(404, answer.json()), (200, [])]
    else:
        assert answer.status_code in (403, 405)


def test_api_denies_by_default(db, api):
    """A view that names no permission answers nobody, not even a supervisor."""
    from rest_framework.response import Response
    from rest_framework.test import APIRequestFactory, force_authenticate
    from rest_framework.views import APIView

    class Forgotten(APIView):
        def get(self, request):
            return Response("figures")

    request = APIRequestFactory().get("/")
    force_authenticate(request, user_with("supervisor", "33"))

    assert Forgotten.as_view()(request).status_code == 403


def test_every_api_view_names_a_permission():
    from django.urls import resolve

    from accounts.permissions import DenyByDefault

    views = [resolve(url.at(**arguments_of(url))).func.cls for url in OWN_URLS if url.is_for_programs]
    assert [view for view in views if not view.permission_classes or DenyByDefault in view.permission_classes] == []


def test_every_serializer_names_its_fields():
    from inspections import serializers as _loaded  # noqa: F401

    def below(cls):
        for each in cls.__subclasses__():
            yield each
            yield from below(each)

    rooms = ("accounts", "institutions", "inspections", "mapping", "reports")
    own = [each for each in below(serializers.ModelSerializer) if each.__module__.split(".")[0] in rooms]
    assert own
    assert [each for each in own if not isinstance(each.Meta.fields, list) or hasattr(each.Meta, "exclude")] == []


# --- Limits


def test_page_size_has_a_limit(db, api):
    for _ in range(205):
        institution()

    answer = api(user_with("inspector", "330382")).get(reverse("api-institutions"), {"page_size": 5000})

    assert len(answer.json()["results"]) == 200


def test_page_size_of_the_list_page_has_a_limit(db, browse):
    asked = browse(user_with("inspector", "330382"))

    answers = [asked.get(reverse("institutions"), {"page_size": size}).status_code for size in ("200", "201", "5000")]

    assert answers == [200, 422, 422]


def test_login_is_locked_after_eight_failures(db, client, settings):
    user = user_with("inspector", LIUSHI, "somebody")
    user.set_password("richtig-und-lang")
    user.save()
    right = {"username": "somebody", "password": "richtig-und-lang"}
    wrong = right | {"password": "falsch"}

    answers = [client.post(reverse("login"), wrong).status_code for _ in range(8)]
    locked = client.post(reverse("login"), right)

    assert answers[:7] == [200] * 7
    assert (answers[7], locked.status_code) == (429, 429)
    assert "锁定" in locked.content.decode()
    assert "_auth_user_id" not in client.session


def test_login_of_another_is_not_locked_with_it(db, client):
    user = user_with("inspector", LIUSHI, "another")
    user.set_password("richtig-und-lang")
    user.save()
    for _ in range(8):
        client.post(reverse("login"), {"username": "somebody", "password": "falsch"})

    answer = client.post(reverse("login"), {"username": "another", "password": "richtig-und-lang"})

    assert (answer.status_code, answer["Location"]) == (302, reverse("today"))


def test_login_does_not_lead_to_another_host(db, client):
    user = user_with("inspector", LIUSHI, "somebody")
    user.set_password("richtig-und-lang")
    user.save()

    answer = client.post(
        reverse("login"), {"username": "somebody", "password": "richtig-und-lang", "next": "https://else.example/"}
    )

    assert answer["Location"] == reverse("today")


def test_post_without_a_csrf_token_is_refused(file, db):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user_with("task_force", "330382"), backend="django.contrib.auth.backends.ModelBackend")

    by_page = client.post(reverse("rectification_move", args=[file.submitted.pk, "verify"]), {})
    by_api = client.post(reverse("api-verify", args=[file.submitted.pk]), {}, content_type="application/json")

    assert (by_page.status_code, by_api.status_code) == (403, 403)


def test_production_settings_pass_the_deployment_check(tmp_path):
    environment = {
        **os.environ, "HTTPS": "1", "DATA_DIR": str(tmp_path), "ALLOWED_HOSTS": "jy.example.cn", "DEBUG": "",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "SECRET_KEY": "", "TRUSTED_PROXIES": "127.0.0.1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_debug_is_off_unless_asked_for():
    assert project.DEBUG is False
    assert project.ALLOWED_HOSTS != ["*"]
