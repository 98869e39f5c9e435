"""What the integration reads of others that they did not promise to keep.

The list is data; `tests/test_private_apis.py` compares it with the code, writes it into
`docs/reliability.md`, and has a test for each entry.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
import inspect
from pathlib import Path
from types import ModuleType
from typing import Final

PACKAGE: Final = "custom_components.realtime_pumpkin"
ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = ROOT / "custom_components" / "realtime_pumpkin"


@dataclass(frozen=True)
class PrivateApi:
    """One thing that is read, in one place."""

    place: str
    """File and function of the integration."""

    reads: str
    """What is read there, in words for the page."""

    marks: frozenset[str]
    """What `marks_of` finds in the file because of it."""

    otherwise: str
    """What happens where it is gone."""

    test: str
    """The test that takes it away, below `tests/`."""


def _api(
    place: str, reads: str, marks: set[str], otherwise: str, test: str
) -> PrivateApi:
    """Return an entry; a test without a file is in `test_private_apis.py`."""
    file = test if "::" in test else f"test_private_apis.py::{test}"
    return PrivateApi(place, reads, frozenset(marks), otherwise, file)


PRIVATE_APIS: Final = (
    _api(
        "guard/house.py `_component`",
        "the entities of scripts and automations, as objects",
        {"hass.data", "getattr script", "getattr action_script"},
        "strangers may use no script and no automation",
        "test_scripts_that_lie_elsewhere_are_kept_from_strangers",
    ),
    _api(
        "guard/house.py `House._template_sequences`",
        "the actions of template entities",
        {"getattr _action_scripts"},
        "strangers may use no template entity",
        "test_template_actions_that_lie_elsewhere_are_kept_from_strangers",
    ),
    _api(
        "guard/house.py `House._watches`",
        "what sets an automation off",
        {"getattr _trigger_config"},
        "every automation counts as set off, so strangers may use next to nothing",
        "test_triggers_that_lie_elsewhere_are_taken_for_the_worst",
    ),
    _api(
        "house/exposure.py `_set`",
        "which entities are exposed to an assistant",
        {"import homeassistant.components.homeassistant.exposed_entities"},
        "a voice has no tools of Assist or of MCP servers",
        "test_tools_are_not_offered_where_exposure_cannot_be_told",
    ),
    _api(
        "answering.py `_running`",
        "the record of pipeline runs that Assist's debug page shows",
        {"hass.data[ASSIST_PIPELINE_DOMAIN]"},
        "typed and turn-by-turn conversations may answer a moment later",
        "test_a_run_that_is_recorded_elsewhere_is_asked_of_all_pipelines",
    ),
    _api(
        "pipelines.py `async_delete_pipeline`",
        "the store of pipelines, to delete a voice's own",
        {"hass.data[ASSIST_PIPELINE_DOMAIN]"},
        "the pipeline of a removed voice stays, and the log says so",
        "test_a_pipeline_that_cannot_be_deleted_stays_and_is_told",
    ),
    _api(
        "turns/said.py `said_before`",
        "where Assist keeps its chat logs",
        {
            "import homeassistant.components.conversation.chat_log",
            "hass.data[chat_logs.DATA_CHAT_LOGS]",
        },
        "a turn that is spoken in the Assist dialog knows of nothing before it",
        "test_chat_logs_that_lie_elsewhere_hold_nothing",
    ),
    _api(
        "assist_satellite.py `VoiceSatellite._handle_coordinator_update`",
        "the state of Home Assistant's satellite entity",
        {"getattr _set_state"},
        "the entity's state stays as it is; conversations go on",
        "test_a_state_that_cannot_be_set_harms_nothing_else",
    ),
    _api(
        "assist_satellite.py `VoiceSatellite._matched`",
        "how Home Assistant matches an answer with sentences",
        {"getattr _question_response_to_answer"},
        "an answer is known if it is one of the sentences, word for word",
        "test_answers_are_matched_word_for_word_where_nobody_else_does",
    ),
    _api(
        "services.py `_as_home_assistant_checks`",
        "how Home Assistant checks sentences",
        {
            "import homeassistant.components.assist_satellite.services",
            "getattr of satellite_services",
        },
        "the action takes any sentence, and one that cannot be read never fits",
        "test_sentences_are_taken_as_they_are_where_nobody_checks_them",
    ),
    _api(
        "dashboard.py `async_offer_card`",
        "whether there is a frontend",
        {"hass.data[DATA_EXTRA_MODULE_URL]"},
        "dashboards are not offered the card by themselves",
        "test_dashboard.py::test_a_house_without_a_frontend_needs_no_card",
    ),
    _api(
        "flows/discovery.py `async_found`",
        "the alias of what zeroconf has cached",
        {"getattr alias"},
        "the form offers no satellites that announce themselves",
        "test_records_without_an_alias_are_no_satellites",
    ),
    _api(
        "links/stream_view.py `_NoTokens.filter`",
        "what aiohttp's log of requests is made of",
        {"getattr first_request_line"},
        "the line itself is cleaned all the same",
        "test_a_log_that_is_made_of_something_else_is_cleaned_all_the_same",
    ),
    _api(
        "realtime/connection.py, at its top",
        "a module that the openai SDK loads late",
        {"import openai.lib._websocket"},
        "it is loaded with the first conversation, which blocks the loop for a moment",
        "test_the_connection_needs_no_private_module_of_the_sdk",
    ),
    _api(
        "realtime/websocket.py `WebSocket.send_now`",
        "the parts of a connection of websockets, to send without waiting",
        {"getattr protocol", "getattr transport"},
        "each frame is sent as the library does it, which costs more",
        "test_a_socket_that_is_made_of_something_else_sends_as_the_library_does",
    ),
    _api(
        "realtime/websocket.py `WebSocket._leave_parser`",
        "what websockets reads frames with",
        {"getattr parser"},
        "Python's garbage collector gives it back, later",
        "test_a_connection_that_receives_otherwise_is_lost_all_the_same",
    ),
    _api(
        "realtime/websocket.py `WebSocket._leave_transport`",
        "where websockets keeps the transport of a connection that is over",
        {"getattr recv_messages", "getattr logger"},
        "Python's garbage collector gives it back, later",
        "test_a_connection_that_receives_otherwise_is_lost_all_the_same",
    ),
    _api(
        "realtime/websocket.py `WebSocket.handshake`",
        "where websockets decides on redirects",
        set(),
        "redirects would be followed, so the test fails",
        "realtime/test_secrecy.py::test_a_redirect_carries_the_key_nowhere",
    ),
    _api(
        "audio/pyav.py `release`",
        "what PyAV's resamplers and encoders hold of FFmpeg",
        {"gc.get_referents"},
        "Python's garbage collector gives it back, later",
        "audio/test_pyav.py::test_what_holds_nothing_is_released_as_well",
    ),
)

OWN: Final = frozenset({"sorted_input._add"})
"""What looks like somebody else's and is not."""

CONVENTIONS: Final[dict[str, str]] = {
    "_async_abort_entries_match": "flows",
    "_async_handle_message": "conversation entities",
    "_async_write_ha_state": "entities",
    "_domain_specs": "conditions",
    "_get_entry": "flows",
    "_get_reauth_entry": "flows",
    "_get_reconfigure_entry": "flows",
    "_get_reconfigure_subentry": "flows",
    "_handle_coordinator_update": "coordinated entities",
    "_handle_entities_update": "targets",
    "_hass": "triggers and conditions",
    "_schema": "conditions",
    "_states": "conditions",
    "_trigger_event": "event entities",
    "_unrecorded_attributes": "entities",
}
"""Names with an underscore that Home Assistant means its integrations to use."""


def files() -> Iterator[Path]:
    """Yield the modules of the integration."""
    yield from sorted(SOURCES.rglob("*.py"))


def marks_of(path: Path) -> set[str]:
    """Return what a module reads of others that they may move without a word."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    keys = _own_keys(tree)
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names) | ast.ImportFrom(names=names):
                found |= set(_imports(node, names))
            case ast.Attribute(value, name) if _is_private(name):
                if ast.unparse(value) not in ("self", "cls", "super()"):
                    found.add(f"{ast.unparse(value)}.{name}")
            case ast.Call(ast.Name("getattr" | "hasattr" | "setattr"), [of, name, *_]):
                found |= _by_name(of, name)
            case ast.Call(ast.Attribute(ast.Name("gc"), name)):
                found.add(f"gc.{name}")
            case ast.Call(args=args) if any(map(_is_data, args)):
                found.add("hass.data")
    found |= _of_data(tree, keys)
    return (found | _inherited(path, tree)) - OWN


def _is_private(name: str) -> bool:
    """Tell whether a name is one that its owner keeps for itself."""
    return name.startswith("_") and not name.startswith("__")


def _imports(node: ast.AST, names: list[ast.alias]) -> Iterator[str]:
    """Yield the private modules and names of an import, and submodules of components."""
    if isinstance(node, ast.ImportFrom) and (node.level or not node.module):
        return
    base = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    for alias in names:
        whole = f"{base}{alias.name}"
        is_private = any(map(_is_private, whole.split(".")))
        if is_private or _is_inside_a_component(whole):
            yield f"import {whole}"


@cache
def _is_inside_a_component(whole: str) -> bool:
    """Tell whether a name lies where a component of Home Assistant does not show it.

    What it shows are the names in its own module, and its constants.
    """
    parts = whole.split(".")
    if parts[:2] != ["homeassistant", "components"] or len(parts) < 4:
        return False
    component = import_module(".".join(parts[:3]))
    if parts[3] == "const":
        return False
    shown = getattr(component, parts[-1], None)
    return shown is None or (len(parts) == 4 and isinstance(shown, ModuleType))


def _by_name(of: ast.expr, name: ast.expr) -> set[str]:
    """Return what is asked for by its name of something that is not ours."""
    if isinstance(name, ast.Constant):
        return {f"getattr {name.value}"}
    return set() if ast.unparse(of) == "self" else {f"getattr of {ast.unparse(of)}"}


def _own_keys(tree: ast.Module) -> set[str]:
    """Return the keys of Home Assistant's data that a module makes itself."""
    return {
        node.target.id
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.value is not None
        and ast.unparse(node.value).startswith("HassKey(")
    }


def _of_data(tree: ast.Module, keys: set[str]) -> set[str]:
    """Return which of Home Assistant's data a module reads that are not its own."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(data, key) if _is_data(data):
                found.add(ast.unparse(key))
            case ast.Call(ast.Attribute(data, _), [key, *_]) if _is_data(data):
                found.add(ast.unparse(key))
            case ast.Compare(key, [ast.In() | ast.NotIn()], [data]) if _is_data(data):
                found.add(ast.unparse(key))
    return {f"hass.data[{key}]" for key in found - keys}


def _is_data(node: ast.expr) -> bool:
    """Tell whether an expression is Home Assistant's data."""
    return ast.unparse(node).endswith("hass.data")


def _inherited(path: Path, tree: ast.Module) -> set[str]:
    """Return the private names of foreign base classes that a module's classes use."""
    module = import_module(_name_of(path))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            kind = getattr(module, node.name, None)
            if isinstance(kind, type):
                found |= _names_of_bases(kind) & _used_in(node)
    return {f"inherited {name}" for name in found - CONVENTIONS.keys()}


def _name_of(path: Path) -> str:
    """Return the dotted name of a module of the integration."""
    parts = path.relative_to(SOURCES).with_suffix("").parts
    return ".".join((PACKAGE, *(part for part in parts if part != "__init__")))


def _used_in(node: ast.ClassDef) -> set[str]:
    """Return the private names that a class defines, or uses of itself."""
    used = {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute)
        and ast.unparse(each.value) in ("self", "cls", "super()")
    }
    for each in node.body:
        match each:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
                used.add(name)
            case ast.Assign([ast.Name(name)]) | ast.AnnAssign(ast.Name(name)):
                used.add(name)
    return {name for name in used if _is_private(name) and name[:6] != "_attr_"}


def _names_of_bases(kind: type) -> set[str]:
    """Return the private names of the bases of a class that are not ours."""
    names: set[str] = set()
    for base in kind.__mro__[1:]:
        if base.__module__.startswith((PACKAGE, "builtins", "typing", "abc", "enum")):
            continue
        names |= vars(base).keys() | getattr(base, "__annotations__", {}).keys()
        names |= _assigned_in(base)
    return names


@cache
def _assigned_in(kind: type) -> frozenset[str]:
    """Return what a class assigns to itself in its methods."""
    try:
        tree = ast.parse(inspect.cleandoc(inspect.getsource(kind)))
    except OSError, TypeError, SyntaxError:
        return frozenset()
    return frozenset(
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node.value) == "self"
    )


def table() -> str:
    """Return the list as a page shows it."""
    rows = [
        f"| {api.reads} | {api.otherwise} | `{api.place.split(' ')[0].rstrip(',')}` "
        f"| [`{api.test.rpartition('::')[2]}`](../tests/{api.test.partition('::')[0]}) |"
        for api in PRIVATE_APIS
    ]
    head = "| what is read | what happens where it is gone | where | test |"
    return "\n".join([head, "| --- | --- | --- | --- |", *rows])
