"""A phone in front of the real server, which can be killed and started again on its data."""

import pytest

from tests.browser.field.phones import Phone
from tests.browser.field.serving import FieldServer
from tests.browser.server import WHOLE_CHROMIUM


@pytest.fixture(scope="session")
def browser(browser_type):
    with browser_type.launch(**WHOLE_CHROMIUM) as whole:
        yield whole


@pytest.fixture(scope="session")
def server():
    with FieldServer() as started:
        yield started


@pytest.fixture
def phone_of(browser, server):
    """`phone_of("inspector")`: a phone of its own, signed in, with the app opened and its list there."""
    made = []

    def as_(username: str = "inspector", **settings) -> Phone:
        phone = Phone(browser, server, **settings)
        made.append(phone)
        phone.sign_in(username)
        phone.open()
        return phone

    yield as_
    for phone in made:
        phone.close()
    assert [complaint for phone in made for complaint in phone.complaints] == []


@pytest.fixture
def phone(phone_of):
    """The inspector's phone, whose app works without a network from now on."""
    made = phone_of()
    made.wait_for_worker()
    return made


@pytest.fixture
def bare(phone_of):
    """The inspector's phone with a browser that has no service workers: every request can be stopped on its way."""
    return phone_of(service_workers="block")
