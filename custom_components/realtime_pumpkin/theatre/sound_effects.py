"""Sounds that the model asks for, played between its sentences on the same speaker."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.helpers.json import json_dumps

from ..audio.effects import effect
from ..const import Effect
from ..options import VoiceOptions
from ..realtime.calls import error_output
from ..realtime.protocols import ConversationSession
from ..request import ConversationRequest
from ..staging import SoundEffects
from ..tools import Tool
from .act import Act, Stage

PLAY_EFFECT: Final = "play_effect"
DESCRIPTION: Final = (
    "Play one sound effect. It is heard right after what you have just said, and what "
    "you say next comes after it. At most {most} in a conversation."
)
RULE: Final = (
    "You can play sound effects with the tool play_effect. Use them seldom, where they "
    "surprise, and never describe them in words."
)
ENOUGH: Final = "No more sound effects in this conversation. Go on without."
NOT_NOW: Final = "The visitor is speaking. Listen, and play nothing."


class SoundEffectsAct(Act):
    """Play some sounds, and not too many."""

    def __init__(self, stage: Stage, chosen: SoundEffects) -> None:
        """Offer the sounds that the user chose."""
        super().__init__(stage)
        self._chosen = chosen
        self._left = chosen.most_effects
        self._session: ConversationSession | None = None

    @property
    @override
    def tools(self) -> Mapping[str, Tool]:
        """Return the tool that plays one of them."""
        names = [each.value for each in self._chosen.effects]
        spec = {
            "type": "function",
            "name": PLAY_EFFECT,
            "description": DESCRIPTION.format(most=self._chosen.most_effects),
            "parameters": {
                "type": "object",
                "properties": {"effect": {"type": "string", "enum": names}},
                "required": ["effect"],
            },
        }
        return {PLAY_EFFECT: Tool(spec, self._async_play)}

    @property
    @override
    def instructions(self) -> str:
        """Return how to use them."""
        return RULE

    @override
    async def async_open(self, session: ConversationSession) -> None:
        """Begin to make the sounds; only whoever plays one waits for it."""
        self._session = session
        for each in self._chosen.effects:
            self._sound(each)

    async def _async_play(self, arguments: dict[str, Any]) -> str:
        """Play a sound behind what is being said; errors are words for the model."""
        wanted = arguments.get("effect")
        if wanted not in self._chosen.effects or self._session is None:
            return error_output(f"There is no sound effect {wanted}.")
        if not self._left:
            return error_output(ENOUGH)
        if not self._session.play_sound(await self._sound(Effect(wanted))):
            return error_output(NOT_NOW)
        self._left -= 1
        return json_dumps({"plays": wanted, "left": self._left})

    def _sound(self, name: Effect) -> asyncio.Future[bytes]:
        """Return a sound: PCM s16le mono 24 kHz, which takes a moment to make."""
        return self.stage.hass.async_add_executor_job(effect, name.value)


def play_effects(
    stage: Stage, options: VoiceOptions, request: ConversationRequest
) -> Act | None:
    """Return the act of a voice that may play sounds to somebody."""
    if not (options.sounds.effects and request.listens):
        return None
    return SoundEffectsAct(stage, options.sounds)
