"""Files of code taken apart, so that a verdict rests on what was run and on nothing else.

The body of a function decides for the tests that run through it; what runs at import (tables, decorators, defaults, all
lines that stand in no function) for those that run through anything of its file or of a file that imports from it. A
page, a setting or a room that is added elsewhere takes no verdict away. Lines are named by the function they stand in
and how far down in it, so that what is changed above moves nothing.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

AT_IMPORT = ""  # the name of what stands in no function
IMPORTS = re.compile(r"^\s*(?:from|import) ([\w.]+)(?: import (\([^)]*\)|.*))?", re.MULTILINE)
HELPERS = re.compile(r"^\s*(?:from|import) (tests[\w.]*)(?: import (.*))?", re.MULTILINE)


def sha256(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass
class Source:
    """One file: the bodies of its outermost functions, and the rest."""

    text: str
    bodies: dict[str, tuple[int, int]] = field(init=False)  # name -> first and last line

    def __post_init__(self) -> None:
        self.bodies = dict(_bodies(ast.parse(self.text)))

    @cached_property
    def digests(self) -> dict[str, str]:
        """Of each body, and under AT_IMPORT of all other lines."""
        lines = self.text.splitlines()
        apart = {name: lines[first - 1 : last] for name, (first, last) in self.bodies.items()}
        apart[AT_IMPORT] = [lines[line - 1] for line in self._others]
        return {name: sha256(*part) for name, part in apart.items()}

    def place(self, line: int) -> tuple[str, int]:
        """The function a line stands in and how far down, from 0."""
        return self._places[line]

    def line(self, name: str, down: int) -> int:
        return self._others[down] if name == AT_IMPORT else self.bodies[name][0] + down

    @cached_property
    def _places(self) -> dict[int, tuple[str, int]]:
        placed = {line: (AT_IMPORT, down) for down, line in enumerate(self._others)}
        for name, (first, last) in self.bodies.items():
            placed |= {line: (name, line - first) for line in range(first, last + 1)}
        return placed

    @cached_property
    def _others(self) -> list[int]:
        inside = {line for first, last in self.bodies.values() for line in range(first, last + 1)}
        return [line for line in range(1, len(self.text.splitlines()) + 1) if line not in inside]


def _bodies(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, tuple[int, int]]]:
    """(name, lines of its body) of each outermost function; one that stands on the line of its `def` is none."""
    seen: dict[str, int] = {}
    for node in ast.iter_child_nodes(tree):
        name = f"{prefix}{getattr(node, 'name', '')}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            seen[name] = seen.get(name, 0) + 1  # a property and its setter have one name
            first = min([node.body[0].lineno, *(each.lineno for each in getattr(node.body[0], "decorator_list", []))])
            if first > max([node.lineno, *(each.end_lineno or 0 for each in node.args.args), _returns(node)]):
                yield f"{name}#{seen[name]}", (first, node.end_lineno or first)
        elif isinstance(node, ast.ClassDef):
            yield from _bodies(node, f"{name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _bodies(node, prefix)


def _returns(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return node.returns.end_lineno or 0 if node.returns is not None else 0


class Tree:
    """The code of a folder: what it is made of, and what each test file rests on."""

    def __init__(self, root: Path):
        self.root = root
        paths = sorted(path for path in root.rglob("*.py") if not {"mutants", ".venv", "var"} & set(path.parts))
        named = {str(path.relative_to(root)): path for path in paths}
        self.tests = [name for name, path in named.items() if path.name.startswith("test_")]
        self.sources = {name: Source(path.read_text()) for name, path in named.items() if not name.startswith("tests/")}
        self._imports: dict[str, list[str]] = {}
        self.helpers = {name: path.read_text() for name, path in named.items() if name.startswith("tests/")}

    def rests_on(self, test_file: str, ran: dict[str, list[str]]) -> str:
        """A digest of a test file, its helpers, the functions it runs through (`ran`: file -> names) and what these
        find at the top of their files and of those they import from."""
        bodies = [
            f"{path} {name} {self.sources[path].digests.get(name, '')}" if path in self.sources else f"{path} {name}"
            for path, names in sorted(ran.items())
            for name in sorted(names)
        ]
        near = {each for path in ran if path in self.sources for each in (path, *self._imported(path))}
        tops = [f"{path} {self.sources[path].digests[AT_IMPORT]}" for path in sorted(near)]
        helpers = [f"{name} {self.helpers[name]}" for name in sorted(self._with_helpers(test_file))]
        return sha256(*helpers, *tops, *bodies)

    def _imported(self, path: str) -> list[str]:
        if path not in self._imports:
            modules = [
                each
                for module, names in IMPORTS.findall(self.sources[path].text)
                for each in [module, *(f"{module}.{part.strip()}" for part in names.strip("()").split(","))]
            ]
            files = [f"{module.replace('.', '/')}{end}" for module in modules for end in (".py", "/__init__.py")]
            self._imports[path] = [file for file in files if file in self.sources]
        return self._imports[path]

    def _with_helpers(self, test_file: str) -> set[str]:
        above = [str(folder / "conftest.py") for folder in Path(test_file).parents]
        found, left = set(), [test_file, *(name for name in above if name in self.helpers)]
        while left:
            name = left.pop()
            found.add(name)
            for module, names in HELPERS.findall(self.helpers[name]):
                for each in [module, *(f"{module}.{part.strip()}" for part in names.split(","))]:
                    path = f"{each.replace('.', '/')}.py"
                    if path in self.helpers and path not in found:
                        left.append(path)
        return found
