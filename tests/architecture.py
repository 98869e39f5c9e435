"""The rooms of the integration, and a reader of the imports between them.

The order is that of `docs/architecture.md`: a room may import from rooms on lower floors,
from itself, and, where it is named in `KNOWS`, from nothing else.
"""

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
import re

from homeassistant.const import Platform

PACKAGE = "custom_components.realtime_pumpkin"
FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(rooms.split())
    for rooms in (
        "const broadcast languages stored",
        "action_input audio calibration catalog fields lending manners personas",
        "staging lenders",
        "character disabled_entries realtime request options loans migration",
        "links rehearsal schema limits guard",
        "rehearsal_socket",
        "rehearsal_account",
        "tools prompt client bus issues ledger porch_check porch_report pipelines voice_state",
        "admission announcer answering checkup flows retirement session_setup unprotected tally unreadable voice_events",
        "theatre house",
        "call",
        "assembly heard running turns",
        "config_flow coordinator",
        "asking holding models saying",
        "entity voices",
        "assist_satellite binary_sensor button conversation event number select sensor stt switch tts condition diagnostics logbook system_health trigger",
        "repairs services websocket_api dashboard",
        "__init__",
    )
)
# Rooms that know less than their floor would allow.
KNOWS: dict[str, frozenset[str]] = {
    "audio": frozenset(),
    "realtime": frozenset({"const", "audio"}),
    "rehearsal": frozenset({"const", "audio"}),
    "schema": frozenset(
        {"const", "catalog", "fields", "languages", "manners", "personas", "staging"}
    ),
    "limits": frozenset({"manners"}),
    "guard": frozenset(),
    # A flow asks the account and the satellite, and names what went wrong; it never
    # meets what runs a conversation.
    "flows": frozenset(
        {
            *(
                "audio",
                "catalog",
                "client",
                "const",
                "disabled_entries",
                "fields",
                "guard",
                "links",
            ),
            *("migration", "personas", "realtime", "schema"),
        }
    ),
    "config_flow": frozenset({"const", "flows"}),
}
WITHOUT_HOME_ASSISTANT = frozenset({"const", "audio", "realtime", "rehearsal"})


@dataclass(frozen=True, slots=True)
class Arrow:
    """One module importing another, both by their full names."""

    importer: str
    imported: str

    def __str__(self) -> str:
        """Write the arrow as it reads in a failure."""
        return f"{self.importer} -> {self.imported}"


def module_name(path: Path, root: Path) -> str:
    """Return the full name of the module in `path` below the package folder `root`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join((PACKAGE, *parts)).removesuffix(".__init__")


def read_modules(root: Path) -> dict[str, Path]:
    """Return every module below the package folder `root` by its full name."""
    return {module_name(path, root): path for path in sorted(root.rglob("*.py"))}


def _base(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """Return the full name of what a `from … import` names as its source."""
    if not node.level:
        return node.module or ""
    up = node.level - is_package
    package = module.rsplit(".", up)[0] if up else module
    return f"{package}.{node.module}" if node.module else package


def _imported(tree: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    """Yield every name that a module imports, submodules as submodules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module, is_package)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _owner(name: str, modules: Container[str]) -> str:
    """Return the module of ours that defines an imported name; other names stay."""
    while name.startswith(f"{PACKAGE}.") and name not in modules:
        name = name.rsplit(".", 1)[0]
    return name


def read_arrows(root: Path) -> list[Arrow]:
    """Return all imports of the package in `root`; those inside it end at modules."""
    modules = read_modules(root)
    return [
        Arrow(module, _owner(name, modules))
        for module, path in modules.items()
        for name in _imported(
            ast.parse(path.read_text(encoding="utf-8")),
            module,
            is_package=path.name == "__init__.py",
        )
    ]


def room(module: str) -> str | None:
    """Return the room of a module of the integration, None for any other module."""
    if module == PACKAGE:
        return "__init__"
    if not module.startswith(f"{PACKAGE}."):
        return None
    return module.removeprefix(f"{PACKAGE}.").split(".")[0]


def stated_order(page: str) -> list[frozenset[str]]:
    """Return the rooms in the order in which a page writes them with arrows.

    It is written from what knows nothing to what knows all: `const ← audio, links ← …`;
    `platforms` stands for all rooms that are a platform of Home Assistant.
    """
    [row] = re.findall(r"^`([^`]*←[^`]*)`", page, re.MULTILINE)
    platforms = {platform.value for platform in Platform}
    return [
        frozenset(
            one
            for name in group.split(",")
            for one in (platforms if name.strip() == "platforms" else {name.strip()})
        )
        for group in row.split("←")
    ]


def arrows_against(root: Path, order: list[frozenset[str]]) -> list[str]:
    """Return the imports between rooms of a stated order that do not point left."""
    place = {name: at for at, names in enumerate(order) for name in names}
    return [
        str(arrow)
        for arrow in read_arrows(root)
        if (importer := room(arrow.importer)) in place
        and (imported := room(arrow.imported)) in place
        and importer != imported
        and place[imported] >= place[importer]
    ]


def floor(name: str) -> int | None:
    """Return the floor on which a room lies, None if it has none."""
    return next((at for at, rooms in enumerate(FLOORS) if name in rooms), None)


def homeless(root: Path) -> set[str]:
    """Return the rooms that stand on no floor."""
    rooms = {room(module) or "" for module in read_modules(root)}
    return {name for name in rooms if floor(name) is None}


def _points_wrong(importer: str, imported: str) -> bool:
    """Tell whether a room may not import from another."""
    if importer == imported:
        return False
    if importer in KNOWS:
        return imported not in KNOWS[importer]
    own, other = floor(importer), floor(imported)
    return own is not None and other is not None and other >= own


def wrong_arrows(root: Path) -> list[str]:
    """Return the imports that point up or sideways, or to what a room may not know."""
    return [
        str(arrow)
        for arrow in read_arrows(root)
        if (importer := room(arrow.importer))
        and (imported := room(arrow.imported))
        and _points_wrong(importer, imported)
    ]


def arrows_to(
    root: Path, package: str, rooms: frozenset[str] | None = None
) -> list[str]:
    """Return the imports of a foreign package, in all rooms or only in `rooms`."""
    return [
        str(arrow)
        for arrow in read_arrows(root)
        if arrow.imported.split(".")[0] == package
        and (rooms is None or room(arrow.importer) in rooms)
    ]


def cycle(root: Path) -> list[str]:
    """Return modules that import each other in a circle, or nothing."""
    graph: dict[str, set[str]] = {module: set() for module in read_modules(root)}
    for arrow in read_arrows(root):
        if arrow.imported in graph and arrow.imported != arrow.importer:
            graph[arrow.importer].add(arrow.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
