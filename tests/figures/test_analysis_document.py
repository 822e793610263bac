"""docs/analysis.md is true: each of its blocks is run on the demonstration, and prints what stands under it."""

import re
from contextlib import redirect_stdout
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from figures.frame_tables import TABLES
from figures.statistics import FIGURES, completion
from institutions.moments import Moment
from tests.factories import at

DOCUMENT = (settings.BASE_DIR / "docs" / "analysis.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"```console\n\$ \.venv/bin/python manage\.py (?P<asked>.+)\n(?P<said>(?:.+\n)+)```")
QUESTION = re.compile(
    r"## (?P<asked>[^\n]+\?)\n(?:(?!```)[^\n]*\n)+```python\n(?P<code>.+?)```\n\n```text\n(?P<said>.*?)```", re.DOTALL
)


@pytest.fixture
def answers(demonstration, db, tmp_path, monkeypatch) -> dict[str, tuple[str, str]]:
    """By question what the document says is printed, and what is; the names its blocks leave behind beside them."""
    monkeypatch.chdir(tmp_path)
    [command] = COMMAND.finditer(DOCUMENT)
    said = StringIO()
    call_command(*command["asked"].split(), stdout=said)
    found, names = {"the command": (command["said"], said.getvalue())}, {}
    for question in QUESTION.finditer(DOCUMENT):
        with redirect_stdout(StringIO()) as printed:
            exec(question["code"], names)
        found[question["asked"]] = (question["said"].rstrip(), printed.getvalue().rstrip())
    return {"names": names, "answers": found}


def test_blocks_of_the_document_print_what_stands_under_them(answers):
    assert len(answers["answers"]) == 4
    for asked, (said, printed) in answers["answers"].items():
        assert printed == said, asked


def test_figures_in_the_document_are_those_of_statistics(answers):
    names = answers["names"]

    for known, tables in ((at("2019-01-03"), names["before"]), (at("2019-02-01"), names["after"])):
        total = completion("330382", Moment(date(2018, 12, 31), known)).total
        assert {name: int(tables[name].sum()) for name in FIGURES} == {name: getattr(total, name) for name in FIGURES}
    assert (names["known"], names["reported"]) == (at("2019-02-01"), at("2019-01-03"))
    assert int(names["institutions"].rectified.sum()) == 1198


def test_document_names_every_table_and_figure():
    assert [f"`{name}`" in DOCUMENT for name in (*TABLES, *FIGURES)] == [True] * (len(TABLES) + len(FIGURES))
