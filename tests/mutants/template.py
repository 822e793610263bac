"""Tests that start anew for a change take a copy of the database that was made once."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants.children import FOLDER


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    """One for each process at a time: who ends takes the folder away."""
    from django.db import connections

    template = Path(os.environ["MUTANTS_TEMPLATE"])
    FOLDER.mkdir(exist_ok=True)
    connections.settings["default"]["NAME"] = str(shutil.copy(template, FOLDER / template.name))
    yield
    connections.close_all()
