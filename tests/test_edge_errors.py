"""The edge: what no view is asked, or cannot answer, is said in the project's shape, as a page or as JSON."""

import errno
import json
import logging
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.test.client import FakePayload
from django.urls import reverse

from accounts.errors import refusal_of
from tests.factories import LIUSHI, user_with

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def calm(db) -> Client:
    """The inspector's browser, which is shown a fault's page instead of its traceback."""
    client = Client(raise_request_exception=False)
    client.force_login(user_with("inspector", LIUSHI), backend=BACKEND)
    return client


# --- Tokens


@pytest.mark.parametrize("token", ["\xff", "a\x00b", "访问", "a-b", "a" * 64], ids=ascii)
def test_token_that_is_none_is_not_let_in(db, token):
    header = token.encode().decode("latin-1")

    answer = Client(raise_request_exception=False).get(
        reverse("api-institutions"), headers={"authorization": f"Bearer {header}"}
    )

    assert (answer.status_code, set(answer.json())) == (401, {"code", "message"})


def test_byte_that_is_no_text_is_not_let_in(db):
    """As a server hands it over: latin-1."""
    answer = Client(raise_request_exception=False).get(
        reverse("api-institutions"), headers={"authorization": "Bearer \xff"}
    )

    assert answer.status_code == 401


def test_schema_says_how_to_send_a_token(db, api, inspector):
    schema = api(inspector).get(reverse("schema"), headers={"accept": "application/vnd.oai.openapi+json"}).json()

    assert schema["components"]["securitySchemes"]["knoxApiToken"]["scheme"] == "bearer"


# --- Bodies


def put_visit(client: Client, content: str, content_type: str = "application/json"):
    return client.put(reverse("api-visit", args=[uuid4()]), content, content_type=content_type)


@pytest.mark.parametrize("nested", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_json_nested_beyond_all_use_is_unreadable(calm, nested):
    answer = put_visit(calm, nested)

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert "JSON 嵌套层数过多" in answer.json()["message"]


@pytest.mark.parametrize("field", ["institution", "inspectors", "findings", "position", "note"])
def test_json_nested_as_deep_as_can_be_read_is_invalid(calm, field):
    answer = put_visit(calm, json.dumps({field: 0}).replace("0", "[" * 600 + "]" * 600))

    assert (answer.status_code, field in str(answer.json()["errors"])) == (422, True)


def test_json_above_the_limit_is_too_large(calm, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

    answer = put_visit(calm, json.dumps({"note": "x" * 1024 * 1024}))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "最多 1 MB" in answer.json()["message"]


def test_form_above_the_limit_is_too_large_for_a_page(calm, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    content = "note=" + "x" * 1024 * 1024

    answer = calm.post(reverse("visit_new"), content, content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, "最多 1 MB" in answer.content.decode()) == (413, True)


def test_form_of_too_many_fields_is_a_page(calm):
    answer = calm.post(reverse("visit_new"), {f"field{number}": "" for number in range(1500)})

    assert (answer.status_code, "收到的请求无法处理" in answer.content.decode()) == (400, True)


# --- NUL


@pytest.mark.parametrize(
    "path",
    [
        "/institutions/?q=%00",
        "/institutions/?division=330382%00",
        "/institutions/?na%00me=1",
        "/rectifications/?division=%00",
        "/visits/%00/",
        "/admin/accounts/user/%00/change/",
        "/accounts/login/?next=%00",
    ],
)
def test_page_with_nul_in_its_address_is_unusable(calm, path):
    answer = calm.get(path)

    assert (answer.status_code, "空字符（NUL）" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("query", ["q=%00", "division=330382%00", "cursor=%00", "known_at=%00"])
def test_api_with_nul_in_its_address_is_unusable(calm, query):
    answer = calm.get(f"{reverse('api-institutions')}?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_form_with_nul_is_unusable(db):
    fields = {"username": "a\0b", "password": "c"}

    answers = [
        Client(raise_request_exception=False).post(reverse("login"), fields),
        Client(raise_request_exception=False).post(
            reverse("login"), "username=a%00&password=b", content_type="application/x-www-form-urlencoded"
        ),
    ]

    assert [answer.status_code for answer in answers] == [400, 400]


def test_cookie_with_nul_is_unusable(db):
    """Python reads "\\000" in a cookie as NUL, and PostgreSQL would be asked for a session of that name."""
    answer = Client(raise_request_exception=False).get("/", headers={"cookie": r'sessionid="a\000b"'})

    assert answer.status_code == 400


def test_form_that_breaks_off_is_no_fault(db):
    class Broken(FakePayload):
        def read(self, *_arguments):
            raise OSError("connection reset")

    sent = {
        "wsgi.input": Broken(b"username=a"),
        "CONTENT_LENGTH": 10,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
    }

    answer = Client(raise_request_exception=False).post(reverse("login"), **sent)

    assert answer.status_code == 200  # the form again, empty


def test_photo_with_nul_in_its_bytes_is_looked_at(calm):
    """A picture is full of them."""
    path = reverse("api-visit-photo", args=[uuid4(), "0" * 64])

    assert calm.put(path, b"\0\0", content_type="application/x-www-form-urlencoded").status_code == 404


# --- Nothing there, and faults


def test_unknown_path_of_the_api_is_absent_in_json(client, db):
    answer = client.get("/api/v1/nonsense/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "/api/v1/nonsense/" in answer.json()["message"]


@pytest.mark.parametrize("code", ["999999", "330381"])
def test_unknown_division_is_named(calm, code):
    sentence = f"没有代码为“{code}”的行政区划"

    page = calm.get("/institutions/", {"division": code})
    by_api = calm.get(reverse("api-institutions"), {"division": code})

    assert (page.status_code, sentence in page.content.decode()) == (404, True)
    assert (by_api.status_code, by_api.json()["code"]) == (404, "not_found")
    assert sentence in by_api.json()["message"]


def test_fault_of_the_api_is_said_in_json(calm, monkeypatch):
    def failing(*_arguments, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr("figures.drilldown.Drilldown.from_query", failing)

    answer = calm.get(reverse("api-institutions"))

    assert (answer.status_code, answer.json()["code"]) == (500, "fault")


def test_fault_of_a_page_is_a_page(calm, monkeypatch):
    def failing(*_arguments, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr("figures.drilldown.Drilldown.from_query", failing)

    answer = calm.get("/institutions/")

    assert (answer.status_code, "系统出错" in answer.content.decode()) == (500, True)


# --- A full disk

FULL = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EROFS, "Read-only file system"),
    OperationalError("database or disk is full"),
    OperationalError("attempt to write a readonly database"),
    OperationalError("disk I/O error"),
]


@pytest.mark.parametrize("problem", FULL, ids=str)
def test_full_disk_is_said(calm, monkeypatch, problem):
    """What the disk raises, raised where the question is read: a page and the API say the same."""

    def failing(*_arguments, **_options):
        raise problem

    monkeypatch.setattr("figures.drilldown.Drilldown.from_query", failing)

    page, by_api = calm.get("/institutions/"), calm.get(reverse("api-institutions"))

    assert (page.status_code, "存储空间已满" in page.content.decode()) == (507, True)
    assert (by_api.status_code, by_api.json()["code"]) == (507, "no_room")


def test_full_disk_that_hides_the_session_is_said(calm, monkeypatch):
    """SQLite cannot even be opened then; it is met before any view."""

    def failing(*_arguments, **_options):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", failing)

    page, by_api = calm.get("/institutions/"), calm.get(reverse("api-institutions"))

    assert (page.status_code, "存储空间已满" in page.content.decode()) == (507, True)
    assert (by_api.status_code, by_api.json()["code"]) == (507, "no_room")


def test_full_disk_of_postgresql_is_said():
    problem = OperationalError("could not extend file")
    problem.__cause__ = type("DiskFull", (Exception,), {"sqlstate": "53100"})()

    assert refusal_of(problem).status == 507


@pytest.mark.parametrize("fault", [OSError(errno.ENOENT, "x"), OperationalError("no such table: x"), KeyError("x")])
def test_other_trouble_is_a_fault(fault):
    assert refusal_of(fault) is None


def test_lock_that_is_not_had_in_time_is_said_and_worth_trying_again(calm, monkeypatch):
    """What SQLite raises, raised where the question is read: a page and the API say the same."""

    def failing(*_arguments, **_options):
        raise OperationalError("database is locked")

    monkeypatch.setattr("figures.drilldown.Drilldown.from_query", failing)

    page, by_api = calm.get("/institutions/"), calm.get(reverse("api-institutions"))

    assert (page.status_code, page["Retry-After"], "请过几秒再试" in page.content.decode()) == (503, "5", True)
    assert (by_api.status_code, by_api["Retry-After"], by_api.json()["code"]) == (503, "5", "busy")


@pytest.fixture
def registering(db, monkeypatch):
    """Somebody who may register institutions, while nothing can be written."""

    def failing(*_arguments, **_options):
        raise OperationalError("database is locked")

    monkeypatch.setattr("institutions.views.institutions.InstitutionForm", failing)
    client = Client(raise_request_exception=False)
    client.force_login(user_with("task_force", LIUSHI), backend=BACKEND)
    return client


AGAIN = [("name", "绘声馆 &quot;甲&quot;"), ("tag", "a"), ("tag", "b")]


def test_form_that_found_the_server_busy_can_be_sent_again_as_it_was(registering):
    page = registering.post("/institutions/new/", {"name": '绘声馆 "甲"', "tag": ["a", "b"]}).content.decode()

    sent_again = [f'<input type="hidden" name="{name}" value="{value}">' for name, value in AGAIN]
    assert "".join(sent_again) in page and "再次提交" in page


@pytest.mark.parametrize(
    "held", [{"password1": "secret-words"}, {"file": SimpleUploadedFile("a.csv", b"secret-words")}]
)
def test_password_and_file_are_not_put_into_the_page_of_a_busy_server(registering, held):
    page = registering.post("/institutions/new/", {"name": "绘声馆", **held}).content.decode()

    assert ("secret-words" in page, 'type="hidden" name="name"' in page, "后退" in page) == (False, False, True)


# --- Without a database: these tests have none, and a query fails them


@pytest.fixture
def cut_off() -> Client:
    """Signed in once; what the session says cannot be read any more."""
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    return client


def test_process_that_is_up_says_so_without_a_database(cut_off):
    answer = cut_off.get("/livez")

    assert (answer.status_code, answer.content) == (200, b"ok")


def test_unknown_page_is_absent_without_a_database(cut_off):
    answer = cut_off.get("/nonsense/")

    assert (answer.status_code, "没有这一页" in answer.content.decode()) == (404, True)
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/", "/accounts/login/"])
def test_page_without_a_database_is_a_fault_with_its_page(cut_off, path):
    answer = cut_off.get(path)

    assert (answer.status_code, "系统出错" in answer.content.decode()) == (500, True)


def test_api_without_a_database_is_a_fault_in_json(cut_off):
    answer = cut_off.get(reverse("api-institutions"))

    assert (answer.status_code, answer.json()["code"]) == (500, "fault")


def test_readiness_is_red_when_the_database_is_away(cut_off, monkeypatch):
    def failing():
        raise OperationalError("connection refused")

    monkeypatch.setattr("config.health._write_to_database", failing)

    assert cut_off.get("/readyz").status_code == 503


def test_lean_page_asks_nothing_of_the_database(calm, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = calm.get("/nonsense/")

    assert answer.status_code == 404


# --- The log


def test_wrong_host_is_one_line_of_warning(client, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/livez", headers={"host": "else.example"})

    said = [record for record in caplog.records if record.name == "django.security.DisallowedHost"]
    assert answer.status_code == 400
    assert [(record.levelname, record.exc_info) for record in said] == [("WARNING", None)]


def test_frame_tells_who_may_administer(browse, db):
    shown = {
        role: bool(browse(user_with(role, prefix)).get("/institutions/").context["may_administer"])
        for role, prefix in (("inspector", LIUSHI), ("admin", ""))
    }

    assert shown == {"inspector": False, "admin": True}


def test_icon_that_a_browser_asks_for_by_itself_is_there(client):
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer.url) == (302, "/static/icon.svg")
