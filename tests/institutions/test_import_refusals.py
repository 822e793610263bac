"""Why was row 37 refused? Every sentence with which an import answers is in one list."""

import ast
import re
from pathlib import Path

import pytest

from institutions.imports import refusals
from institutions.imports.headers import HEADERS

IMPORTS = Path(refusals.__file__).parent
COMMANDS = IMPORTS.parent / "management" / "commands"
READERS = sorted({*IMPORTS.glob("*.py"), *COMMANDS.glob("*import*.py")} - {IMPORTS / "refusals.py"})
SAYS = {"error", "warn", "_ask", "Remark", "BadCell"}
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


def test_every_sentence_of_the_list_is_used():
    used = " ".join(path.read_text(encoding="utf-8") for path in READERS)
    names = [name for name in vars(refusals) if name.isupper()]

    assert len(names) > 60
    assert [name for name in names if not re.search(rf"\b{name}\b", used)] == []
