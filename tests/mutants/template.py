"""Tests that start anew for a change take a copy of the database that was made once."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    from django.db import connections

    template = Path(os.environ["MUTANTS_TEMPLATE"])
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        copy = Path(folder) / template.name
        shutil.copy(template, copy)
        connections.settings["default"]["NAME"] = str(copy)
        yield
        connections.close_all()
