"""The page of the app, its worker and manifest: the same for everybody, and nobody's data in them."""

import json

import pytest
from django.core.checks import run_checks
from django.templatetags.static import static
from django.urls import reverse

from field import shell


@pytest.mark.parametrize("name", ["field", "field_manifest", "field_shrink", "service_worker"])
def test_app_is_the_same_for_everybody(db, client, browse, inspector, name):
    before = client.get(reverse(name))
    signed_in = browse(inspector).get(reverse(name))

    assert (before.status_code, before.content) == (200, signed_in.content)


def test_who_is_signed_in_is_told_to_them_alone(db, client, browse, inspector, auditor):
    nobody = client.get(reverse("field_who"))
    told = browse(inspector).get(reverse("field_who")).json()

    assert nobody.status_code == 401
    assert (told["username"], told["may_record"]) == ("inspector", True)
    assert browse(auditor).get(reverse("field_who")).json()["may_record"] is False


def test_worker_keeps_every_module_and_the_page(db, client):
    answer = client.get("/sw.js")
    kept = json.loads(answer.content.decode().partition("start(")[2].rpartition(")")[0])

    assert (answer["Content-Type"], answer["Service-Worker-Allowed"]) == ("text/javascript", "/field/")
    own = {path.name for path in (shell.HERE / "static" / "field").iterdir()} - {"badge.js"}
    assert {url.rpartition("/")[2] for url in kept["files"] if url.startswith("/static/field/")} == own
    assert "/field/shrink.js" in kept["files"]
    assert kept["page"] == "/field/"


def test_photos_are_made_smaller_by_a_script_in_the_scope_of_the_service_worker(db, client):
    """Of a worker from elsewhere the browser asks the network, whatever is kept."""
    told = json.loads(
        client.get("/field/").content.decode().partition('id="told"')[2].partition(">")[2].partition("<")[0]
    )

    answer = client.get(told["shrink"])

    assert told["shrink"].startswith(client.get("/sw.js")["Service-Worker-Allowed"])
    assert (answer["Content-Type"], answer.content.decode()) == (
        "text/javascript", f'import "{static("field/shrink_worker.js")}";\n',
    )  # fmt: skip


def test_version_is_the_same_in_every_language_and_differs_by_what_is_on_the_page(db, client, settings):
    client.cookies["django_language"] = "en"
    version = shell.version()
    assert version in client.get("/sw.js").content.decode()

    settings.BUREAU_NAME = "某某县教育局"

    assert shell.version() != version


def test_version_differs_by_every_file(monkeypatch):
    version = shell.version()

    shell._files.cache_clear()
    monkeypatch.setattr(shell, "OF_OTHERS", shell.OF_OTHERS[1:])

    assert shell.version() != version
    shell._files.cache_clear()


def test_manifest_makes_it_an_app(db, client):
    told = client.get(reverse("field_manifest")).json()

    assert (told["start_url"], told["scope"], told["display"]) == ("/field/", "/field/", "standalone")
    assert [icon["sizes"] for icon in told["icons"]] == ["192x192", "512x512", "512x512"]


@pytest.mark.parametrize(
    ("https", "hosts", "said"),
    [
        (False, ["127.0.0.1", "localhost", "[::1]"], []),
        (True, ["xc.example.cn"], []),
        (False, ["localhost", "10.1.2.3"], ["field.W001"]),
        (False, ["xc.example.cn"], ["field.W001"]),
    ],
)
def test_administrator_is_told_that_phones_come_over_plain_http(settings, https, hosts, said):
    settings.HTTPS, settings.ALLOWED_HOSTS = https, hosts

    assert [each.id for each in run_checks() if each.id.startswith("field.")] == said
