"""Why was row 37 refused? Every sentence with which an import answers is in one list."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.functional import Promise

from institutions.imports import refusals
from institutions.imports.headers import HEADERS

IMPORTS = Path(refusals.__file__).parent
COMMANDS = IMPORTS.parent / "management" / "commands"
READERS = sorted({*IMPORTS.rglob("*.py"), *COMMANDS.glob("*import*.py")} - {IMPORTS / "refusals.py"})
SAYS = {"error", "warn", "write", "_ask", "_list", "Remark", "BadCell", "HoldsIdNumber", "CommandError"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TITLES = {words[0] for words in HEADERS.values()} | {"表头"}


def chinese_in(node: ast.AST) -> list[str]:
    texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return [text for text in texts if CHINESE.search(text) and text not in TITLES]


def sentences(source: str) -> list[str]:
    """Chinese text in what is raised, refused, warned about or asked, and in any text that is put together."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        called = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Raise) or called in SAYS:
            found += chinese_in(node)
    return found


@pytest.mark.parametrize("module", READERS, ids=lambda path: path.name)
def test_reader_has_no_sentence_of_its_own(module):
    assert sentences(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'raise Refusal("没有这一行")',
        'reader.error("机构名称", f"第{n}行不对")',
        'BadCell("不是" + x)',
        'self._ask(row, "同名")',
    ],
)
def test_a_sentence_beside_the_list_is_found(source):
    assert sentences(source)


def test_every_sentence_is_said_in_the_language_of_whoever_asks():
    names = [name for name in vars(refusals) if name.isupper()]

    assert [name for name in names if not isinstance(vars(refusals)[name], Promise)] == []


def test_command_speaks_chinese_unless_it_is_asked_in_another_language(db, tmp_path):
    file = tmp_path / "register.csv"
    file.write_text("机构名称,乡镇\n甲,没有的镇\n", encoding="utf-8")

    with pytest.raises(CommandError) as failure:
        call_command("import_institutions", str(file), "--division", "330382", stdout=StringIO())

    assert str(failure.value) == "1 处错误，没有写入任何内容。"


def test_every_sentence_of_the_list_is_used():
    used = " ".join(path.read_text(encoding="utf-8") for path in READERS)
    names = [name for name in vars(refusals) if name.isupper()]

    assert len(names) > 60
    assert [name for name in names if not re.search(rf"\b{name}\b", used)] == []
