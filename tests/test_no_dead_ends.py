"""What is written is there and is used: names in docstrings, files, packages, templates, classes of the stylesheet."""

import ast
import io
import re
import tokenize
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings
from packaging.utils import canonicalize_name

from tests.test_requirements import pinned

ROOT = Path(settings.BASE_DIR)
ROOMS = [
    "accounts", "config", "demonstration", "desk", "field", "figures", "inspections", "misconduct", "institutions", "mapping", "reports",
]  # fmt: skip
FOLDERS = [*ROOMS, "bench", "scripts", "static", "templates", "tests"]
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
ELSEWHERE = {
    "createsuperuser",
    "makemessages",
    "CalledProcessError",
    "ImageDescription",
    "disk_full",
    "lock_not_available",
    "deadlock_detected",
    "serialization_failure",
    "DataFrames",
    "PATH_OF_AN_OLDER_CHECKOUT",
    "LibreOffice",
    "OpenDocument",
    "XlsxWriter",
}  # of what we build on
NAME = re.compile(r"(?<![\w.\]])(_?[a-z]+(?:_[a-z0-9]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+|[A-Z]+(?:_[A-Z]+)+)\b")
CALL = re.compile(r"`(\w+)`|(\w+)\(\)")
FILE = re.compile(r"(?<![\w/.$-])([\w-]+(?:/[\w-]+)*\.(?:py|md|html|js|css|toml|sh))\b")
WRITTEN_BY_A_RUN = {"docs/mutants.md"}


@cache
def said_and_done(path: Path) -> tuple[list[str], str]:
    """What a module says of itself, in docstrings and comments; and the rest of it."""
    source = path.read_text(encoding="utf-8")
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    said = [ast.get_docstring(each, clean=False) for each in ast.walk(ast.parse(source)) if isinstance(each, nodes)]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    said = [text for text in said if text] + [each.string for each in tokens if each.type == tokenize.COMMENT]
    for text in said:
        source = source.replace(text, "")
    return said, source


def texts(*endings: str) -> str:
    """Everything of our own that ends so."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in endings]
    return "\n".join(path.read_text(encoding="utf-8") for path in found if "vendor" not in path.parts)


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Words of the code itself, and what its files and folders are called."""
    code = "\n".join(said_and_done(path)[1] for path in SOURCES)
    code += texts(".html", ".js", ".sh", ".toml") + (ROOT / "Makefile").read_text(encoding="utf-8")
    files = [*SOURCES, *(ROOT / "findings").glob("*.sh")]
    return set(re.findall(r"\w+", code)) | {path.stem for path in files} | {path.parent.name for path in SOURCES}


def test_docstring_names_what_is_there(known):
    strangers = {}
    for path in SOURCES:
        said = "\n".join(said_and_done(path)[0])
        named = set(NAME.findall(said)) | {one or other for one, other in CALL.findall(said)}
        if unknown := named - known - ELSEWHERE:
            strangers[str(path.relative_to(ROOT))] = unknown

    assert strangers == {}


def test_docstring_names_files_that_are_there():
    named = set(FILE.findall("\n".join(text for path in SOURCES for text in said_and_done(path)[0])))

    assert absent(named) == []


def test_documentation_names_files_that_are_there():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    code = [each for path in pages for each in re.findall(r"`([^`\n]+)`", path.read_text(encoding="utf-8"))]

    assert absent({each for each in code if FILE.fullmatch(each)}) == []


def absent(named: set[str]) -> list[str]:
    return [
        name
        for name in sorted(named - WRITTEN_BY_A_RUN)
        if not (ROOT / name).exists() and not list(ROOT.glob(f"[a-z]*/**/{name}"))
    ]


def test_every_package_is_imported_or_named_in_a_setting():
    code = texts(".py", ".sh")
    for_the_engine = {"psycopg", "tzdata", "redis"}  # Django and Python find these by themselves
    modules: dict[str, set[str]] = {}
    for module, packages in packages_distributions().items():
        for package in packages:
            modules.setdefault(canonicalize_name(package), set()).add(module)

    unused = {
        name
        for name in pinned("requirements.txt").keys() - for_the_engine
        if not any(
            re.search(rf"(import|from|exec|-m) {module}\b|[\"']{module}[\"'.]", code) for module in modules[name]
        )
    }

    assert unused == set()


def test_every_class_of_the_stylesheets_is_on_a_page():
    made_by_leaflet = {"folium-map"}
    of_the_administration = {"action-checkbox", "aligned", "breadcrumbs", "form-row", "inline-group"}
    rules = re.sub(r"\{[^{}]*\}", " ", re.sub(r"/\*.*?\*/", "", texts(".css"), flags=re.S))
    pages = texts(".html", ".js", ".svg", ".py")

    classes = set(re.findall(r"\.(?!leaflet-)([a-z][a-z_-]*[a-z])", rules)) - made_by_leaflet - of_the_administration

    assert len(classes) > 100
    assert [name for name in sorted(classes) if not re.search(rf"\b{name}\b", pages)] == []


def test_every_template_is_asked_for():
    # Asked for by Django and its apps.
    by_name = {"403_csrf.html", "admin/base_site.html", "admin/search_form.html", "drf_spectacular/swagger_ui.html"}
    names = {
        str(path).rpartition("/templates/")[2]
        for room in [*ROOMS, "."]
        for path in (ROOT / room / "templates").rglob("*.html")
    }
    asked = texts(".py", ".html")

    assert len(names) > 30
    assert [name for name in sorted(names - by_name) if f'"{name}"' not in asked and f"'{name}'" not in asked] == []
