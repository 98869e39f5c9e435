"""The tool with which a voice lets another one of its stage go on."""

from collections.abc import Mapping, Sequence
import json
from typing import Any, Final, override

from homeassistant.exceptions import HomeAssistantError

from ..options import VoiceOptions
from ..realtime.calls import error_output
from ..realtime.finish import EndReason
from ..realtime.protocols import ConversationSession
from ..request import ConversationRequest
from ..tools import Tool
from .act import Act, Stage
from .ensemble import Seat

HAND_OVER: Final = "hand_over"
MOST_HAND_OVERS: Final = 3
"""In one visit, whoever handed over to whom."""

TOLD_LINES: Final = 12
TOLD_CHARACTERS: Final = 2000
DESCRIPTION: Final = (
    "Let another character of this porch go on with the visitor. Say first, in one "
    "sentence, who will go on; call this in the same answer. You fall silent then."
)
RULE: Final = (
    "You are not alone on this porch: with you are {others}. With the tool hand_over "
    "you can let one of them go on, as in: let the ghost tell you."
)
LAST_WORDS: Final = (
    "Say now, in character and in one short sentence, who of this porch goes on. "
    "Ask nothing."
)
TAKE_OVER: Final = (
    "{name}, who talked with the visitor before you, has let you go on. Go on now, in "
    "character and in one or two short sentences, with what you were asked for."
)
CONTEXT: Final = (
    "You take over from {name}, another voice of this porch. {wish}\n"
    "What was said so far:\n{said}"
)


class HandOverAct(Act):
    """Let another voice of the stage go on, which is prepared meanwhile."""

    def __init__(
        self, stage: Stage, others: Mapping[str, Seat], request: ConversationRequest
    ) -> None:
        """Know who else is there, and what the conversation was asked for with."""
        super().__init__(stage)
        self._others = dict(others)
        self._asked = request
        self._session: ConversationSession | None = None

    @property
    @override
    def tools(self) -> Mapping[str, Tool]:
        """Return the tool that hands over."""
        spec = {
            "type": "function",
            "name": HAND_OVER,
            "description": DESCRIPTION,
            "parameters": {
                "type": "object",
                "properties": {
                    "to": {"type": "string", "enum": list(self._others)},
                    "wish": {
                        "type": "string",
                        "description": "What they should tell or do, in a sentence.",
                    },
                },
                "required": ["to", "wish"],
            },
        }
        return {HAND_OVER: Tool(spec, self._async_hand_over)}

    @property
    @override
    def instructions(self) -> str:
        """Return who else is there."""
        return RULE.format(others=", ".join(self._others))

    @override
    async def async_open(self, session: ConversationSession) -> None:
        """Know the conversation that is to end."""
        self._session = session

    async def _async_hand_over(self, arguments: dict[str, Any]) -> str:
        """Prepare the other voice, then end; errors are words for the model."""
        other = self._others.get(str(arguments.get("to")))
        if other is None or self._session is None:
            return error_output("Nobody of that name is here.")
        try:
            await other.async_prepare()
        except HomeAssistantError as err:
            return error_output(f"{other.name} cannot come: {err}")
        wish = str(arguments.get("wish") or "")
        self.stage.seat.hand_over(other, self._request(self._session, wish))
        self._session.leave(EndReason.HANDED_OVER, LAST_WORDS)
        return json.dumps({"goes_on": other.name})

    def _request(self, session: ConversationSession, wish: str) -> ConversationRequest:
        """Return what the other voice is asked for."""
        name = self.stage.seat.name
        said = told(name, session.transcript())
        return ConversationRequest(
            direction=TAKE_OVER.format(name=name),
            context=CONTEXT.format(name=name, wish=wish[:TOLD_CHARACTERS], said=said),
            hand_overs=self._asked.hand_overs + 1,
            cause=self._asked.cause,
        )


def told(name: str, transcript: Sequence[Mapping[str, str]]) -> str:
    """Return the last of what was said, bounded, with whoever said it."""
    lines = [
        f"{name if line['role'] == 'assistant' else 'Visitor'}: {line['text']}"
        for line in transcript[-TOLD_LINES:]
    ]
    return "\n".join(lines)[-TOLD_CHARACTERS:]


def hands_over(
    stage: Stage, options: VoiceOptions, request: ConversationRequest
) -> Act | None:
    """Return the act of a voice that may hand over to others on its stage."""
    may = options.ensemble.hands_over and request.listens and not request.in_browser
    if not may or request.hand_overs >= MOST_HAND_OVERS:
        return None
    others = stage.seat.others
    return HandOverAct(stage, others, request) if others else None
