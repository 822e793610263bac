"""Chinese is the source; the English catalogue is complete and compiled from what is written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

CATALOGUE = Path("locale") / "en" / "LC_MESSAGES" / "django.po"
ROOMS = [
    "accounts", "institutions", "inspections", "misconduct", "figures", "mapping", "reports", "desk", "field", "demonstration", "config", "templates",
]  # fmt: skip


@pytest.fixture(scope="module")
def gathered(tmp_path_factory) -> polib.POFile:
    """The catalogue as `makemessages` would write it from the sources of today."""
    root = tmp_path_factory.mktemp("sources")
    for room in ROOMS:
        shutil.copytree(settings.BASE_DIR / room, root / room, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    (root / CATALOGUE).parent.mkdir(parents=True)
    shutil.copy(settings.BASE_DIR / CATALOGUE, root / CATALOGUE)
    # In a process of its own: the command works in the folder it is started in.
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale=en", "--no-location"],
        cwd=root,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(root)},
        check=True,
        capture_output=True,
    )
    return polib.pofile(str(root / CATALOGUE))


def test_every_message_has_english(gathered):
    missing = [entry.msgid for entry in gathered if not entry.obsolete and not entry.translated()]

    assert len(gathered) > 400
    assert missing == []


def test_no_message_is_left_over(gathered):
    assert [entry.msgid for entry in gathered.obsolete_entries()] == []


def test_compiled_catalogue_is_that_of_the_text():
    text = polib.pofile(str(settings.BASE_DIR / CATALOGUE))
    compiled = polib.mofile(str((settings.BASE_DIR / CATALOGUE).with_suffix(".mo")))

    said, kept = (
        {(entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural for entry in each}
        for each in (text, compiled)
    )
    assert kept == said


@pytest.mark.parametrize(
    ("path", "done"), [("/institutions/import/", "Imported a register"), ("/accounts/password/", "Password changed")]
)
def test_page_says_in_english_what_is_to_be_done_not_what_was(browse, taskforce, settings, path, done):
    client = browse(taskforce)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert done not in client.get(path).content.decode()
