"""One answer on its way into the chat log, with the tools that it needs."""

from collections.abc import AsyncIterator
import json
from typing import Any, Final

from homeassistant.components.conversation import (
    AssistantContentDeltaDict,
    ToolResultContentDeltaDict,
)
from homeassistant.helpers import llm

from ..bus import event_of
from ..const import DOMAIN, EventName
from ..issues import as_home_assistant_error
from ..realtime.calls import BadArguments, parse_arguments
from ..realtime.errors import RealtimeError
from ..realtime.events import FunctionCall, ToolCalled, ToolFinished
from ..realtime.finish import FINISH_TOOL, GOODBYE
from ..realtime.turn import ResponseEnded, Turn
from ..realtime.turn_session import TurnSession
from ..tools import Outcome, Toolbox, failed
from ..voice_events import VoiceEvents

type Delta = AssistantContentDeltaDict | ToolResultContentDeltaDict

MOST_ROUNDS: Final = 8
"""How often in a turn the model may call tools."""

SPEAKS: Final = f"{DOMAIN}__speak"


class Answer:
    """Pass the model's words on as they come, and run what it calls."""

    def __init__(
        self,
        conversation_id: str,
        session: TurnSession,
        turn: Turn,
        toolbox: Toolbox,
        events: VoiceEvents,
    ) -> None:
        """Answer with a turn that has begun."""
        self.turn = turn
        self.was_heard = False
        """It answers something spoken, so whoever spoke may speak again."""

        self._conversation_id = conversation_id
        self._session = session
        self._toolbox = toolbox
        self._events = events
        self._pieces = turn.pieces()
        self._speaks: llm.ToolInput | None = None

    async def deltas(self) -> AsyncIterator[Delta]:
        """Yield the answer for a chat log; raise a translated `HomeAssistantError`."""
        try:
            async for delta in self._rounds():
                yield delta
        except RealtimeError as error:
            raise as_home_assistant_error(error) from error
        finally:
            await self._session.give_up(self.turn)

    async def _rounds(self) -> AsyncIterator[Delta]:
        """Yield response after response until none calls a tool."""
        for _ in range(MOST_ROUNDS):
            yield {"role": "assistant"}
            calls: tuple[FunctionCall, ...] = ()
            async for piece in self._pieces:
                match piece:
                    case ResponseEnded(calls):
                        break
                    case str(words):
                        yield {"content": words}
                        if (speaks := self._begins_to_speak()) is not None:
                            yield {"tool_calls": [speaks]}
            if not await self._goes_on(calls):
                break
            async for delta in self._run(calls):
                yield delta
        self.turn.end()
        if (speaks := self._speaks) is not None:
            yield _result(speaks, "{}")

    def _begins_to_speak(self) -> llm.ToolInput | None:
        """Return what makes Home Assistant fetch the sound, once in a turn.

        Short texts would come from its cache, where older sounds are: only
        what is streamed does not, and this begins a stream.
        """
        if self._speaks is not None or not self.turn.is_spoken:
            return None
        self._speaks = llm.ToolInput(tool_name=SPEAKS, tool_args={}, external=True)
        return self._speaks

    async def _goes_on(self, calls: tuple[FunctionCall, ...]) -> bool:
        """Tell whether another response follows; a goodbye is always said."""
        finishing = next((call for call in calls if call.name == FINISH_TOOL), None)
        if finishing is None:
            return bool(calls)
        self._finish(finishing)
        return not self.turn.text.strip()

    def _finish(self, call: FunctionCall) -> None:
        """Note that the model has ended the conversation."""
        self.turn.is_finished = True
        said = _arguments(call)
        reason, summary = said.get("reason", ""), said.get("summary", "")
        self._fire(EventName.FINISHED, reason=str(reason), summary=str(summary))

    async def _run(self, calls: tuple[FunctionCall, ...]) -> AsyncIterator[Delta]:
        """Run what the model called, and let it go on."""
        for call in calls:
            arguments = _arguments(call)
            tool = llm.ToolInput(
                tool_name=f"{DOMAIN}__{call.name}",
                tool_args=arguments,
                id=call.call_id,
                external=True,
            )
            yield {"tool_calls": [tool]}
            output = await self._output(call, arguments)
            await self._session.tool_finished(call.call_id, output)
            yield _result(tool, output)
        goodbye = GOODBYE if self.turn.is_finished else None
        await self._session.respond(self.turn, goodbye)

    async def _output(self, call: FunctionCall, arguments: dict[str, Any]) -> str:
        """Return a tool's result as JSON, or what went wrong."""
        if call.name == FINISH_TOOL:
            return "{}"
        self._fire(
            EventName.TOOL_CALLED,
            call_id=call.call_id,
            name=call.name,
            arguments=arguments,
        )
        done = await self._async_outcome(call)
        came = (done.outcome, done.actions, done.reason)
        finished = event_of(ToolFinished(call.call_id, call.name, *came))
        if finished is not None:
            self._fire(finished.name, **finished.data)
        return done.output

    async def _async_outcome(self, call: FunctionCall) -> Outcome:
        """Return what came of a call."""
        try:
            checked = parse_arguments(call)
        except BadArguments as error:
            return failed(error)
        return await self._toolbox.async_run(
            ToolCalled(call.call_id, call.name, checked)
        )

    def _fire(self, name: EventName, /, **data: Any) -> None:
        """Tell automations what happened."""
        self._events.fire(name, self._conversation_id, **data)


def _arguments(call: FunctionCall) -> dict[str, Any]:
    """Return a call's arguments, none where they cannot be read."""
    try:
        return parse_arguments(call)
    except BadArguments:
        return {}


def _result(tool: llm.ToolInput, output: str) -> ToolResultContentDeltaDict:
    """Return a tool's result for a chat log."""
    data = json.loads(output)
    if not isinstance(data, dict):
        data = {"result": data}
    return {
        "role": "tool_result",
        "tool_call_id": tool.id,
        "tool_name": tool.tool_name,
        "result": llm.ToolResult(data=data, error="error" in data),
    }
