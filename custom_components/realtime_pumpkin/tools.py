"""The tools that a voice offers to the model beside the finish tool."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .realtime.calls import error_output
from .realtime.events import ToolCalled
from .realtime.finish import FINISH_SPEC


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may call: its spec and what runs it.

    `spec` is a function tool of the Realtime API; `run` takes the parsed
    arguments and returns JSON for the model.
    """

    spec: dict[str, Any]
    run: Callable[[dict[str, Any]], Awaitable[str]]


class Toolbox:
    """What the model of one conversation may call."""

    def __init__(
        self,
        tools: Mapping[str, Tool] | None = None,
        *,
        finish: dict[str, Any] | None = FINISH_SPEC,
    ) -> None:
        """Offer tools by name, and `finish_conversation` as its spec says it."""
        self._tools = dict(tools or {})
        self._own = (finish,) if finish else ()

    @property
    def specs(self) -> tuple[dict[str, Any], ...]:
        """Return the tools as the service wants to read them."""
        return (*self._own, *(tool.spec for tool in self._tools.values()))

    async def async_run(self, call: ToolCalled) -> str:
        """Run a call; an unknown tool gives an error the model can talk about."""
        tool = self._tools.get(call.name)
        if tool is None:
            return error_output(f"There is no tool named {call.name}.")
        return await tool.run(call.arguments)
