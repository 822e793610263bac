"""Tests that start anew for a change take a copy of the database that was made once."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants.children import folder


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    """One for each process: who ends takes the folder away."""
    from django.db import connections

    template = Path(os.environ["MUTANTS_TEMPLATE"])
    own = folder(os.getpid())
    own.mkdir(exist_ok=True)
    connections.settings["default"]["NAME"] = str(shutil.copy(template, own / template.name))
    yield
    connections.close_all()
