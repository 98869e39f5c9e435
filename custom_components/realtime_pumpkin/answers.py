"""What a voice says or writes outside of its conversations."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant

from .admission import Admission
from .issues import as_home_assistant_error
from .options import VoiceOptions
from .prompt import READ_ALOUD
from .realtime.config import SessionConfig
from .realtime.connection import Connect
from .realtime.errors import RealtimeError
from .realtime.single_answer import SingleAnswer, async_answer
from .session_setup import create_config


class Answers:
    """Ask the model for single answers; the voice's budgets hold for them, too."""

    def __init__(
        self, hass: HomeAssistant, connect: Connect, admission: Admission
    ) -> None:
        """Answer with sockets of `connect`."""
        self._hass = hass
        self._connect = connect
        self._admission = admission

    async def async_say(self, options: VoiceOptions, text: str) -> bytes:
        """Return a text as speech in the voice: PCM s16le mono 24 kHz.

        Raises a translated `HomeAssistantError` where it cannot be had.
        """
        config = replace(
            create_config(self._hass, options, None, ()), instructions=READ_ALOUD
        )
        answer = await self._async_ask(options, config, [("user", text)], spoken=True)
        return answer.pcm

    async def async_write(
        self, options: VoiceOptions, said: Iterable[tuple[str, str]]
    ) -> str:
        """Return the persona's written answer to what was said (role and text).

        Raises a translated `HomeAssistantError` where it cannot be had.
        """
        config = create_config(self._hass, options, None, ())
        answer = await self._async_ask(options, config, said, spoken=False)
        return answer.text

    async def _async_ask(
        self,
        options: VoiceOptions,
        config: SessionConfig,
        said: Iterable[tuple[str, str]],
        **how: Any,
    ) -> SingleAnswer:
        """Ask once and put into the books what it cost."""
        self._admission.check_budget(options.limits)
        try:
            answer = await async_answer(self._connect, config, said, **how)
        except RealtimeError as error:
            raise as_home_assistant_error(error) from error
        usage = answer.usage
        cost = usage.cost(options.model)
        self._admission.used(usage.tokens, cost)
        self._admission.show_budget(options.limits)
        return answer
