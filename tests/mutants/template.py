"""Tests that start anew for one change take a copy of the database that was made once."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants.runs import TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    from django.db import connections

    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        copy = Path(folder) / TEMPLATE
        shutil.copy(Path(os.environ["MUTANT_ORDER"]).with_name(TEMPLATE), copy)
        connections.settings["default"]["NAME"] = str(copy)
        yield
        connections.close_all()
