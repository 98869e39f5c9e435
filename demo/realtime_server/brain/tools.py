"""Choosing one of the tools that a session offers."""

from collections.abc import Mapping, Sequence
import re
from typing import Any

from custom_components.realtime_pumpkin.rehearsal.plan import Call

from .understanding import plain

FINISH = "finish_conversation"
LOOK = "look"
_NO_SUBJECTS = frozenset(
    ["a", "an", "and", "any", "are", "can", "call", "conversation", "could", "end", "for", "from", "get", "give", "have", "here", "in", "it", "its", "make", "me", "my", "now", "of", "off", "on", "or", "out", "please", "put", "right", "set", "some", "switch", "tell", "that", "the", "them", "then", "there", "this", "to", "tool", "turn", "turns", "use", "user", "visitor", "what", "when", "with", "you", "your", "is", "i", "do", "does", "did", "we", "be", "know", "riddle", "answer"]
)  # fmt: skip
type Tool = Mapping[str, Any]


def offered(tools: Sequence[Tool], name: str) -> Tool | None:
    """Return the tool with a name."""
    return next((tool for tool in tools if tool.get("name") == name), None)


def allowed(tools: Sequence[Tool], choice: str | Mapping[str, Any]) -> list[Tool]:
    """Return the functions that a `tool_choice` leaves."""
    functions = [tool for tool in tools if tool.get("type", "function") == "function"]
    if choice == "none":
        return []
    if isinstance(choice, Mapping):
        return [tool for tool in functions if tool.get("name") == choice.get("name")]
    return functions


def matching(tools: Sequence[Tool], said: str) -> Tool | None:
    """Return the tool whose name or description is about what was said."""
    words = _subjects(said)
    scored = [
        (len(words & _subjects(_about(tool))), -index)
        for index, tool in enumerate(tools)
        if tool.get("name") != FINISH
    ]
    best = max(scored, default=(0, 0))
    others = [tool for tool in tools if tool.get("name") != FINISH]
    wanted = [
        tool for tool in others if len(words & _subjects(_about(tool))) == best[0]
    ]
    return wanted[0] if best[0] and wanted else None


def call(tool: Tool, said: str, known: Mapping[str, str]) -> Call:
    """Return a call with arguments as plain as what was said."""
    schema = tool.get("parameters") or {}
    properties: Mapping[str, Any] = schema.get("properties") or {}
    required = set(schema.get("required") or ())
    arguments = {
        name: _argument(name, kind, said, known)
        for name, kind in properties.items()
        if name in required or name in known or _named(kind, said) is not None
    }
    return Call(str(tool["name"]), arguments)


def _argument(
    name: str, kind: Mapping[str, Any], said: str, known: Mapping[str, str]
) -> Any:
    """Return the value of one argument."""
    named = _named(kind, said)
    if named is not None:
        return named
    match kind.get("type"):
        case "boolean":
            return " off" not in f" {said}"
        case "integer" | "number":
            found = re.search(r"\d+", said)
            return int(found[0]) if found else kind.get("minimum", 0)
        case "array":
            return []
        case "object":
            return {}
        case _:
            choices = kind.get("enum")
            return choices[0] if choices else known.get(name, said)


def _named(kind: Mapping[str, Any], said: str) -> Any:
    """Return the one of several allowed values that was said."""
    return next(
        (each for each in kind.get("enum") or () if plain(str(each)) in plain(said)),
        None,
    )


def _about(tool: Tool) -> str:
    """Return what a tool is about."""
    return f"{tool.get('name', '')} {tool.get('description', '')}".replace("_", " ")


def _subjects(text: str) -> set[str]:
    """Return the words that say what a text is about, without plural s."""
    return {
        word.removesuffix("s")
        for word in plain(text).split()
        if word not in _NO_SUBJECTS and len(word) > 2
    }
