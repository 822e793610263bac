import os

import pytest

from tests.browser.server import CHROMIUM, running_server, sign_in

# Playwright's loop runs in the thread of the tests, some of which make what they show with the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def address():
    with running_server() as started:
        yield started


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return CHROMIUM


@pytest.fixture(scope="session")
def browser_context_args():
    return {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def watched(page, address):
    """The page, watched: at the end every request went to this host and nothing was said on the console."""
    page.set_default_timeout(10_000)
    strangers, complaints = [], []
    ours = (address, "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(ours) else strangers.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    yield page
    assert (strangers, complaints) == ([], [])


@pytest.fixture
def signed_in(watched, address):
    """`signed_in("taskforce")`: the page after signing in."""

    def as_(username: str):
        sign_in(watched, address, username)
        return watched

    return as_
