"""Small changes of a rule, one at a time: what a test has to notice.

Each operator looks at one node of a module's syntax tree and names the nodes that could stand in its place. Nothing
here runs anything; positions stay those of the source, so that coverage and tracebacks still fit.

The list is short, for a run has to end while somebody waits for it. It holds what stands for a fault that people make
and that nobody sees at once: a boundary off by one, a condition or a filter that is missing, a scope or a permission
that is not asked for, another limit, an answer that is always the same. Left out is what fails loudly whatever is
tested (`==` turned round, a step left out, None for an answer), what another change of the list says already (`and` for
`or`: the test that notices a missing operand notices that, too), and what is no rule: order, wording, formats, options
of bulk writes.
"""

import ast
import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BOUNDARIES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
UNIONS: dict[type[ast.operator], type[ast.operator]] = {ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
LOOKUPS = {"__lt": "__lte", "__lte": "__lt", "__gt": "__gte", "__gte": "__gt"}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
# Links of a QuerySet that may be left out: those that say which rows are meant.
LINKS = {
    "filter", "exclude", "visible_to", "in_division", "in_force", "in_force_on", "offered_in",
    "located", "unlocated", "known_at", "surveyed_at", "registered_at", "counted_at", "verified_at", "open_at", "open",
    "standing", "valid_on", "valid_at", "overdue", "due_soon", "needing_recheck", "to_verify", "on_register",
}  # fmt: skip
CONDITIONS = {"filter", "exclude", "get", "Q", "When"}
PERMISSIONS = {"require", "has_permission", "prefixes", "visible_to", "within_prefixes", "permission_classes"}
REFUSING = ("require", "check", "_check", "refuse", "_refuse")  # how calls begin that answer nothing, but may raise
ASKING = {"asks", "permission_required", "login_required"}  # decorators
TABLES = ("accounts/roles.py", "inspections/moves.py")  # of which each entry says who may do what, and when
WORDS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
UNTOUCHED_CLASSES = {"Meta", "TextChoices", "IntegerChoices", "StrEnum"}


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, what stood there, what stands there now."""

    path: str
    function: str  # qualified name of the function or class it is in, "" at the top of the module
    first_line: int  # of the statement that holds it
    last_line: int
    line: int
    column: int
    before: str
    after: str
    kind: str
    at_import: bool
    place: int  # of the node among the module's nodes
    choice: int  # among what could stand there

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names the change in the list of survivors: stays the same when lines are added above."""
        return (self.path, self.function, self.before, self.after)

    @property
    def asks_permission(self) -> bool:
        return any(f"{name}(" in self.before for name in PERMISSIONS)

    @property
    def joined(self) -> str:
        return "|".join(self.key)

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.before}  ->  {self.after}"


def mutants_of(path: str, source: str, *, only_permissions: bool = False) -> list[Mutant]:
    """Every change of a module's source; `only_permissions` leaves those that decide who may see or do what."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for place, node in enumerate(ast.walk(tree)):
        above = list(_above(node, parents))
        if _untouched(node, above):
            continue
        for choice, (kind, after) in enumerate(_alternatives(node, above)):
            if only_permissions and not _is_permission(node, above, kind):
                continue
            if kind == "element" and path not in TABLES and not _is_of_permissions(above):
                continue
            first, last = _lines(node, above)
            function = _qualified(above)
            found.append(
                Mutant(
                    path,
                    function,
                    first,
                    last,
                    node.lineno,
                    node.col_offset,
                    _text(node),
                    _text(after),
                    kind,
                    not any(isinstance(each, ast.FunctionDef | ast.Lambda) for each in _running(node, above)),
                    place,
                    choice,
                )  # fmt: skip
            )
    return found


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """The module's tree with the change in it."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    node = next(each for place, each in enumerate(ast.walk(tree)) if place == mutant.place)
    _kind, after = list(_alternatives(node, list(_above(node, parents))))[mutant.choice]
    _replace(parents[node], node, after)
    return ast.fix_missing_locations(tree)


# --- What could stand there


def _alternatives(node: ast.AST, above: list[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """(kind, node) of everything that could stand in the place of `node`."""
    match node:
        case ast.Compare(ops=[*ops]):
            for index, op in enumerate(ops):
                if type(op) in BOUNDARIES:
                    yield "boundary", _with(node, ops=[*ops[:index], BOUNDARIES[type(op)](), *ops[index + 1 :]])
        case ast.BoolOp(values=values) if not any(_is_empty(each) for each in values):
            for index in range(len(values)):
                left = values[:index] + values[index + 1 :]
                yield "operand", left[0] if len(left) == 1 else _with(node, values=left)
        case ast.BinOp(op=op) if type(op) in UNIONS and not _is_annotation(node, above):
            yield "and/or", _with(node, op=UNIONS[type(op)]())
        case ast.IfExp(body=body, orelse=orelse) if not any(_is_wording(each) for each in (body, orelse)):
            yield "branch", orelse
        case ast.Constant(value=int() as value) if not isinstance(value, bool) and _is_limit(node, above):
            yield "constant", _with(node, value=value + 1)
        case ast.If(test=test):
            yield "condition", _with(node, test=_at(ast.Constant(False), test))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            for index, part in enumerate(node.generators):
                if part.ifs:
                    every = [*node.generators[:index], _with(part, ifs=[]), *node.generators[index + 1 :]]
                    yield "filter", _with(node, generators=every)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant | ast.BoolOp):
            yield from (("result", _with(node, value=_at(ast.Constant(given), value))) for given in _results(above))
        case ast.Expr(value=ast.Call() as call) if _name(call).startswith(REFUSING):
            yield "statement", _at(ast.Pass(), node)
        case ast.keyword(arg=str() as name) if name.endswith(tuple(LOOKUPS)) and _is_condition(above[0]):
            stem, _, lookup = name.rpartition("__")
            yield "lookup", _with(node, arg=f"{stem}{LOOKUPS[f'__{lookup}']}")
        case ast.Call():
            yield from _alternatives_of_call(node)
        case ast.FunctionDef(decorator_list=decorators) | ast.ClassDef(decorator_list=decorators):
            for index, decorator in enumerate(decorators):
                if _name(decorator) in ASKING:
                    yield "decorator", _with(node, decorator_list=decorators[:index] + decorators[index + 1 :])
        case ast.Set(elts=elements) | ast.List(elts=elements) | ast.Tuple(elts=elements) if _is_table(above):
            for index in range(len(elements)):
                yield "element", _with(node, elts=elements[:index] + elements[index + 1 :])
        case ast.Dict(keys=keys, values=values) if _is_table(above):
            for index in range(len(keys)):
                yield (
                    "element",
                    _with(node, keys=keys[:index] + keys[index + 1 :], values=values[:index] + values[index + 1 :]),
                )


def _alternatives_of_call(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    name = _name(node)
    if isinstance(node.func, ast.Name) and name in SWAPPED:
        yield "swap", _with(node, func=_at(ast.Name(SWAPPED[name], ast.Load()), node.func))
    conditions = len(node.keywords) + len(node.args) if name in CONDITIONS else 0
    if isinstance(node.func, ast.Attribute) and name in LINKS and _is_queryset(node.func.value) and conditions < 2:
        yield "link", node.func.value
    if conditions > 1:
        for index, keyword in enumerate(node.keywords):
            if keyword.arg not in (None, "then", "default"):
                yield "filter", _with(node, keywords=node.keywords[:index] + node.keywords[index + 1 :])
        for index in range(len(node.args)):
            if name not in ("When", "get"):
                yield "filter", _with(node, args=node.args[:index] + node.args[index + 1 :])
    if name in ("require", "has_permission") and len(node.args) == 3:
        yield "anywhere", _with(node, args=node.args[:2])
    if name == "has_permission":
        yield "permitted", _at(ast.Constant(True), node)
    if name == "prefixes" and node.args and ast.unparse(node.args[0]) != "Permission.SEE":  # which goes without saying
        yield "permission", _with(node, args=[])


def _results(above: list[ast.AST]) -> list[object]:
    """What a function could answer instead, by what it says it returns."""
    function = next((each for each in above if isinstance(each, ast.FunctionDef)), None)
    says = ast.unparse(function.returns) if function is not None and function.returns is not None else ""
    return [True, False] if says == "bool" else []


# --- Where it stands


def _above(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node


def _untouched(node: ast.AST, above: list[ast.AST]) -> bool:
    """Texts, annotations, names of choices, columns of tables, whether a value is frozen: not rules."""
    for child, parent in zip([node, *above], above, strict=False):
        if isinstance(parent, ast.Call) and _name(parent) in WORDS | {
            "TypeVar",
            "dataclass",
            "extend_schema",
            "format_html",
        }:
            return True
        if isinstance(parent, ast.ClassDef) and (
            parent.name in UNTOUCHED_CLASSES or any(_name(base) in UNTOUCHED_CLASSES for base in parent.bases)
        ):
            return True
        if isinstance(parent, ast.ClassDef) and isinstance(child, ast.Assign) and _is_column(child):
            return True
        if isinstance(parent, ast.JoinedStr | ast.AnnAssign) and child is getattr(parent, "annotation", parent):
            return True
        if isinstance(parent, ast.FunctionDef) and child is parent.returns or isinstance(parent, ast.arg):
            return True
        if isinstance(parent, ast.FormattedValue | ast.JoinedStr | ast.Raise):
            return True
    return False


def _is_column(assignment: ast.Assign) -> bool:
    """A column of a table: `name = models.CharField(…)`, or a manager."""
    call = assignment.value
    return isinstance(call, ast.Call) and (
        isinstance(call.func, ast.Attribute)
        and _name(call.func.value) in ("models", "serializers", "forms")
        or _name(call) == "as_manager"
    )


def _is_annotation(node: ast.AST, above: list[ast.AST]) -> bool:
    return any(isinstance(each, ast.arg) or isinstance(each, ast.AnnAssign) and each.value is None for each in above)


def _is_table(above: list[ast.AST]) -> bool:
    """Within a literal that is assigned, at the top of a module or class, to a NAME or to `permission_classes`."""
    for node in above:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return not _in_function(above) and (name.isupper() or name == "permission_classes")
            case ast.stmt():
                return False
    return False


def _is_of_permissions(above: list[ast.AST]) -> bool:
    return any(isinstance(each, ast.Assign) and _name(each.targets[0]) == "permission_classes" for each in above)


def _is_limit(node: ast.AST, above: list[ast.AST]) -> bool:
    """A number that is compared or reckoned with, or has a NAME at the top of a module; not a place in a row."""
    if any(isinstance(each, ast.Subscript | ast.Slice) for each in above[:3]):
        return False
    named = any(isinstance(each, ast.Assign) and ast.unparse(each.targets[0]).isupper() for each in above)
    days = isinstance(above[0], ast.keyword) and _name(above[1]) == "timedelta"
    return isinstance(above[0], ast.Compare | ast.BinOp) or days or named and not _in_function(above)


def _is_empty(node: ast.AST) -> bool:
    """What stands for nothing: 0, "", (), None."""
    if isinstance(node, ast.Constant):
        return not node.value
    return isinstance(node, ast.Tuple | ast.List | ast.Dict) and not ast.unparse(node).strip("()[]{}")


def _is_wording(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.JoinedStr)
        or isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        or isinstance(each, ast.Call)
        and _name(each) in WORDS
        for each in ast.walk(node)
    )


def _is_condition(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _name(node) in CONDITIONS


def _is_queryset(node: ast.expr) -> bool:
    """Not a module or a class: `self.open()` and `rounds.open()`, never `Image.open()` or `file.open()`."""
    return not (isinstance(node, ast.Name) and (node.id[0].isupper() or node.id in ("file", "photos", "path")))


def _is_permission(node: ast.AST, above: list[ast.AST], kind: str) -> bool:
    """Whether the change is one of a call or a table that decides who may see or do what."""
    if kind in ("anywhere", "permitted", "permission"):
        return True
    if kind == "decorator":
        return True
    if kind == "element":
        return _is_of_permissions(above)
    if kind == "link":
        return isinstance(node, ast.Call) and _name(node) in PERMISSIONS
    return kind in ("statement", "operand", "and/or", "condition") and any(
        isinstance(each, ast.Call) and _name(each) in PERMISSIONS for each in ast.walk(_head(node))
    )


def _head(node: ast.AST) -> ast.AST:
    return node.test if isinstance(node, ast.If) else node


def _running(node: ast.AST, above: list[ast.AST]) -> list[ast.AST]:
    """The functions in whose body the node is; a decorator or a default is none of the function's own."""
    found = []
    for child, parent in zip([node, *above], above, strict=False):
        if isinstance(parent, ast.FunctionDef) and child in parent.body or isinstance(parent, ast.Lambda):
            found.append(parent)
    return found


def _in_function(above: list[ast.AST]) -> bool:
    return any(isinstance(each, ast.FunctionDef) for each in above)


def _lines(node: ast.AST, above: list[ast.AST]) -> tuple[int, int]:
    """First and last line that run when the node does: its statement's, of a compound statement only the head's."""
    statement = next((each for each in [node, *above] if isinstance(each, ast.stmt)), node)
    if isinstance(statement, ast.If):
        statement = statement.test
    if isinstance(statement, ast.For | ast.With | ast.Try | ast.FunctionDef | ast.ClassDef):
        statement = node
    return statement.lineno, statement.end_lineno or statement.lineno


def _qualified(above: Iterable[ast.AST]) -> str:
    names = [each.name for each in above if isinstance(each, ast.FunctionDef | ast.ClassDef)]
    return ".".join(reversed(names))


# --- Trees


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _at(new: ast.AST, old: ast.AST) -> ast.AST:
    return ast.copy_location(new, old)


def _name(node: ast.AST) -> str:
    """The last name of what is called or referred to."""
    match node:
        case ast.Call(func=func):
            return _name(func)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _text(node: ast.AST) -> str:
    """One line of source; of a compound statement its head, of a decorated function its decorators."""
    match node:
        case ast.FunctionDef(name=name, decorator_list=decorators) | ast.ClassDef(name=name, decorator_list=decorators):
            return " ".join([f"@{ast.unparse(each)}" for each in decorators] + [name])
        case ast.If(test=test):
            return f"if {ast.unparse(test)}:"
    return " ".join(ast.unparse(node).split())


def _replace(parent: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for name, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, name, new)
        elif isinstance(value, list):
            value[:] = [new if each is old else each for each in value]
