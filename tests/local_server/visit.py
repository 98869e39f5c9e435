"""A visit at the door, in words: a conversation with the brain."""

from collections.abc import Sequence
from typing import Any

from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Item,
    Part,
    Plan,
    Reason,
    ResponseRequest,
    Say,
)
from demo.realtime_server.brain import Doorkeeper

INSTRUCTIONS = (
    "You are a jack-o'-lantern on a porch on Halloween night. Greet whoever comes to"
    " the door, ask them a riddle, wait for their answer and react to it. Say goodbye"
    " after two interactions, then call the tool finish_conversation."
)
FINISH = {
    "type": "function",
    "name": "finish_conversation",
    "description": "End the conversation.",
    "parameters": {
        "type": "object",
        "properties": {
            "reason": {"type": "string"},
            "summary": {"type": "string"},
        },
        "required": ["reason"],
    },
}
LIGHT = {
    "type": "function",
    "name": "set_porch_light",
    "description": "Turns the light on the porch on or off.",
    "parameters": {
        "type": "object",
        "properties": {"state": {"type": "string", "enum": ["on", "off"]}},
        "required": ["state"],
    },
}


class Visit:
    """A conversation with the doorkeeper, written down."""

    def __init__(
        self,
        instructions: str = INSTRUCTIONS,
        tools: Sequence[dict[str, Any]] = (FINISH,),
        **style: Any,
    ) -> None:
        """Begin with nothing said."""
        self._instructions = instructions
        self._tools = tools
        self._brain = Doorkeeper(**style)
        self._items: list[Item] = []
        self._answered = 0

    def add(self, role: str, words: str) -> None:
        """Add something said by a user (heard) or the system (written)."""
        if role == "user":
            part = Part("input_audio", heard=words, spoken_ms=1000)
        else:
            part = Part("input_text", text=words)
        self._items.append(
            Item(f"i{len(self._items)}", "message", role=role, parts=[part])
        )

    def returned(self, call_id: str, output: str) -> None:
        """Add the output of a tool."""
        extra = {"call_id": call_id, "output": output}
        self._items.append(
            Item(f"i{len(self._items)}", "function_call_output", extra=extra)
        )

    def plan(self, **request: Any) -> Plan:
        """Ask for an answer and take it into the conversation."""
        settings: dict[str, Any] = {
            "reason": Reason.CREATE,
            "instructions": self._instructions,
            "tools": self._tools,
            "history": list(self._items),
            "news": self._items[self._answered :],
        }
        plan = self._brain.plan(ResponseRequest(**(settings | request)))
        for output in plan.outputs:
            self._items.append(_as_item(output, len(self._items)))
        self._answered = len(self._items)
        return plan

    def hear(self, words: str) -> str:
        """Say something and return what is answered in words."""
        self.add("user", words)
        return said(self.plan())


def _as_item(output: Say | Call, number: int) -> Item:
    """Return an output as the item it becomes."""
    if isinstance(output, Say):
        part = Part("output_audio", transcript=output.text)
        return Item(f"o{number}", "message", role="assistant", parts=[part])
    extra = {"name": output.name, "call_id": f"call_{number}"}
    return Item(f"o{number}", "function_call", extra=extra)


def said(plan: Plan) -> str:
    """Return the words of a plan."""
    return " ".join(output.text for output in plan.outputs if isinstance(output, Say))


def calls(plan: Plan) -> list[str]:
    """Return the names of the tools that a plan calls."""
    return [output.name for output in plan.outputs if isinstance(output, Call)]
