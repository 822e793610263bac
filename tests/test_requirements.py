"""What we build on: pinned, explained, used, and not older than the advisories we know of."""

import ast
import re
from importlib.metadata import packages_distributions, version

import pytest
from django.conf import settings
from packaging.utils import canonicalize_name
from packaging.version import Version

FILES = ["requirements.txt", "requirements-dev.txt"]
ROOMS = [
    "accounts",
    "institutions",
    "inspections",
    "misconduct",
    "figures",
    "mapping",
    "reports",
    "desk",
    "demonstration",
    "config",
]
LINE = re.compile(r"(?P<name>[A-Za-z0-9-]+)(\[[a-z]+\])?==(?P<version>[0-9.]+) +# (?P<why>.+)")

# The version in which the latest advisory that reaches us was put right; also of what comes with the pinned ones.
# An auditing tool that finds no advisories says so as if there were none: this table is looked at by hand.
FLOORS = {
    "Django": ("5.2.19", "CVE-2026-111362, CVE-2026-114582, CVE-2026-111211; 5.2.16: CVE-2026-48588"),
    "djangorestframework": ("3.15.2", "CVE-2024-21520: script in the browsable pages"),
    "gunicorn": ("22.0.0", "CVE-2024-1135, CVE-2024-6827: request smuggling"),
    "Jinja2": ("3.1.6", "CVE-2025-27516: a template of the report leaves its sandbox"),
    "lxml": ("6.1.0", "CVE-2026-41066: an uploaded document reads local files"),
    "pillow": ("13.0.0", "GHSA-8g5g-8vmr-9782: a JPEG overflows a buffer when decoded"),
    "sqlparse": ("0.6.0", "CVE-2026-59893, CVE-2026-54284: time without end"),
}


def lines(file: str) -> list[str]:
    text = (settings.BASE_DIR / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith(("#", "-r "))]


def pinned(file: str) -> dict[str, str]:
    """Version by canonical name."""
    return {canonicalize_name(found["name"]): found["version"] for found in map(LINE.fullmatch, lines(file)) if found}


@pytest.mark.parametrize("file", FILES)
def test_every_requirement_is_pinned_and_says_why(file):
    assert [line for line in lines(file) if not LINE.fullmatch(line)] == []


@pytest.mark.parametrize("file", FILES)
def test_what_is_installed_is_what_is_pinned(file):
    wanted = pinned(file)

    assert {name: version(name) for name in wanted} == wanted


@pytest.mark.parametrize("document", ["operations.md", "operations.en.md"])
def test_upgrade_by_hand_installs_what_is_pinned_first(document):
    text = (settings.BASE_DIR / "docs" / document).read_text(encoding="utf-8")

    assert "\n.venv/bin/python -m pip install -r requirements.txt\n.venv/bin/python manage.py migrate\n" in text


@pytest.mark.parametrize("name", FLOORS)
def test_no_package_is_older_than_its_last_advisory(name):
    floor, _advisory = FLOORS[name]

    assert Version(version(name)) >= Version(floor)


def test_what_the_rooms_import_is_a_requirement():
    imported = set()
    for path in (path for room in ROOMS for path in (settings.BASE_DIR / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.split(".")[0])

    packages = packages_distributions()
    needed = {canonicalize_name(packages[name][0]) for name in imported & packages.keys()}

    assert sorted(needed - pinned("requirements.txt").keys()) == []
