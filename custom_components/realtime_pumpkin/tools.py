"""The tools that a voice offers to the model beside the finish tool."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
import json
from typing import Any

from .realtime.calls import error_output
from .realtime.events import ToolCalled, ToolOutcome
from .realtime.finish import FINISH_SPEC


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a tool call."""

    output: str
    """What the model is given, as JSON."""

    outcome: ToolOutcome = ToolOutcome.DONE
    actions: tuple[str, ...] = ()
    """The actions of Home Assistant that were performed, with their targets."""

    reason: str = ""
    """Why it was not done, for the owner's eyes."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may call: its spec and what runs it.

    `spec` is a function tool of the Realtime API; `run` takes the parsed
    arguments and returns JSON for the model, or all that came of it.
    """

    spec: dict[str, Any]
    run: Callable[[dict[str, Any]], Awaitable[str | Outcome]]


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

    async def async_run(self, call: ToolCalled) -> Outcome:
        """Run a call; one that fails gives an error the model can talk about."""
        tool = self._tools.get(call.name)
        if tool is None:
            unknown = error_output(f"There is no tool named {call.name}.")
            return Outcome(unknown, ToolOutcome.REFUSED, reason="no such tool")
        try:
            result = await tool.run(call.arguments)
        except Exception as error:  # noqa: BLE001  # A tool is foreign code.
            return failed(error)
        if isinstance(result, Outcome):
            return result
        return Outcome(result, _outcome_of(result))


def failed(error: Exception) -> Outcome:
    """Return what came of a tool that raised an error."""
    kind = type(error).__name__
    words = error_output(f"{kind}: {error}")
    return Outcome(words, ToolOutcome.FAILED, reason=kind)


def _outcome_of(output: str) -> ToolOutcome:
    """Tell whether an output says that something went wrong."""
    data = json.loads(output)
    is_error = isinstance(data, dict) and "error" in data
    return ToolOutcome.FAILED if is_error else ToolOutcome.DONE
