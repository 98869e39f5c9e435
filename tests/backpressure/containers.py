"""Find every container that an object of the integration keeps for later."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PACKAGE: Final = (
    Path(__file__).resolve().parents[2] / "custom_components/realtime_pumpkin"
)
_GROWING: Final = frozenset(
    {
        *("Counter", "OrderedDict", "Queue", "bytearray", "defaultdict"),
        *("deque", "dict", "list", "set"),
    }
)


def containers() -> Iterator[str]:
    """Yield `module.py: Class.attribute` for all that can grow, in order."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        place = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for name in sorted(set(_attributes(node))):
                    yield f"{place}: {node.name}.{name}"


def _attributes(node: ast.ClassDef) -> Iterator[str]:
    """Yield the attributes of a class that hold something which can grow."""
    is_frozen = any("frozen=True" in ast.unparse(each) for each in node.decorator_list)
    for statement in node.body:
        # A container of a frozen dataclass is given, not filled.
        is_field = isinstance(statement, ast.AnnAssign) and not is_frozen
        if is_field and _is_growing(_default(statement.value)):
            yield ast.unparse(statement.target)
    for inner in ast.walk(node):
        match inner:
            case ast.Assign(
                targets=[ast.Attribute(ast.Name("self"), name)], value=value
            ):
                pass
            case ast.AnnAssign(
                target=ast.Attribute(ast.Name("self"), name), value=value
            ):
                pass
            case _:
                continue
        if _is_growing(value):
            yield name


def _default(value: ast.expr | None) -> ast.expr | None:
    """Return what a field of a dataclass begins with."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "field":
        for keyword in value.keywords:
            match keyword:
                case ast.keyword("default_factory", ast.Lambda(body=made)):
                    return made
                case ast.keyword("default_factory", ast.Name() as made):
                    return ast.Call(made, [], [])
        return None
    return value


def _is_growing(value: ast.expr | None) -> bool:
    """Tell whether something is a container that can be added to."""
    match value:
        case ast.List() | ast.Dict() | ast.Set() | ast.ListComp() | ast.DictComp():
            return True
        case ast.Call(func):
            made = ast.unparse(func).partition("[")[0]
            return made.rpartition(".")[2] in _GROWING
    return False
