"""Where a request comes from behind a proxy, and who is locked out when sign-ins fail."""

from ipaddress import ip_network

import pytest
from django.test import Client, RequestFactory

from accounts.addresses import client_address, counted_address
from accounts.checks import proxy_in_front_is_trusted, roles_of_the_second_factor_exist
from accounts.models import AuditRow
from tests.accounts.people import PASSWORD, person, sign_in, trail_of

PROXY = "10.0.0.1"


@pytest.fixture
def behind_a_proxy(settings):
    settings.TRUSTED_PROXIES = [ip_network(PROXY), ip_network("10.1.0.0/16")]


def request_from(address: str, forwarded: str | None = None):
    more = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=address, **more)


def try_from(address: str, username: str = "somebody", password: str = "falsch", forwarded: str = "") -> int:
    client = Client(REMOTE_ADDR=address)
    return sign_in(client, username, password, headers={"x-forwarded-for": forwarded} if forwarded else {}).status_code


# --- Addresses


def test_forwarded_address_is_not_believed_unless_a_proxy_is_trusted():
    assert client_address(request_from("192.0.2.7", "198.51.100.1")) == "192.0.2.7"


@pytest.mark.parametrize(
    ("connected", "forwarded", "address"),
    [
        (PROXY, "198.51.100.1", "198.51.100.1"),
        (PROXY, "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the first one was written by the client
        (PROXY, "203.0.113.9, 198.51.100.1, 10.1.2.3", "198.51.100.1"),  # two proxies of ours
        ("198.51.100.1", "203.0.113.9", "198.51.100.1"),  # past the proxy
        ("10.0.0.10", "203.0.113.9", "10.0.0.10"),  # begins like the proxy's address, and is another
        (PROXY, "nonsense", PROXY),
        (PROXY, None, PROXY),
        (PROXY, "2001:db8::1", "2001:db8::1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", None),
    ],
)
def test_address_behind_trusted_proxies(behind_a_proxy, connected, forwarded, address):
    assert client_address(request_from(connected, forwarded)) == address


def test_deployment_check_asks_for_the_proxy(settings, behind_a_proxy):
    settings.HTTPS = True
    named = proxy_in_front_is_trusted()
    settings.TRUSTED_PROXIES = []

    assert (named, [said.id for said in proxy_in_front_is_trusted()]) == ([], ["accounts.W001"])


def test_unknown_role_of_the_second_factor_is_an_error(settings):
    settings.SECOND_FACTOR_ROLES = ["admin", "auditors"]

    assert [said.id for said in roles_of_the_second_factor_exist()] == ["accounts.E001"]


# --- Brakes


def test_name_that_is_locked_for_one_address_is_open_to_another(db, behind_a_proxy):
    """Nobody can lock a named account for everybody."""
    person()

    failed = [try_from(PROXY, forwarded="198.51.100.1") for _ in range(8)]

    assert failed == [200] * 7 + [429]
    assert try_from(PROXY, password=PASSWORD, forwarded="198.51.100.1") == 429
    assert try_from(PROXY, password=PASSWORD, forwarded="198.51.100.2") == 302


def test_address_that_fails_under_many_names_is_locked_alone(db, settings):
    settings.ADDRESS_FAILURE_LIMIT = 5
    person()

    failed = [try_from("198.51.100.1", f"name{number}") for number in range(5)]

    assert failed == [200] * 4 + [429]
    assert try_from("198.51.100.1", password=PASSWORD) == 429
    assert try_from("198.51.100.2", password=PASSWORD) == 302


def test_signing_in_with_an_account_of_ones_own_does_not_clear_the_address(db, settings):
    settings.ADDRESS_FAILURE_LIMIT = 5
    person()
    for number in range(4):
        try_from("198.51.100.1", f"name{number}")

    assert try_from("198.51.100.1", password=PASSWORD) == 302
    assert try_from("198.51.100.1", "name5") == 429


def test_what_is_tried_while_locked_does_not_prolong_the_lock(db):
    user = person()
    for _ in range(12):
        try_from("198.51.100.1")

    assert trail_of(user) == ["user.sign_in_failed"] * 7 + ["user.locked_out"]


def test_failed_sign_in_is_audited_with_the_address_and_without_the_password(db):
    user = person()

    try_from("198.51.100.1", password="mein-geheimes-wort")

    row = AuditRow.objects.get()
    assert (row.object_id, row.by, row.after) == (
        str(user.pk), None, {"address": "198.51.100.1", "wrong": "password"}
    )  # fmt: skip


def test_failed_sign_in_under_an_unknown_name_is_not_kept_for_ever(db):
    """The name is now and then a password that went into the wrong field."""
    try_from("198.51.100.1", "mein-geheimes-wort")

    assert not AuditRow.objects.exists()


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.5:4000", "203.0.113.5"),
        ("[2001:db8:1:2::5]:4000", "2001:db8:1:2::"),
        ("2001:db8:1:2:3::9", "2001:db8:1:2::"),
        ("198.51.100.7", "198.51.100.7"),
    ],
)
def test_address_behind_a_proxy_is_read_with_its_port_and_ipv6_counted_by_subscriber(rf, settings, forwarded, counted):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]

    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert counted_address(request) == counted
