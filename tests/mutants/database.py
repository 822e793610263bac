"""The database of the tests is made once, before the children that use it are forked."""

import pytest


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    pass
