"""The conversation that runs, and what becomes of it when somebody rings again."""

import asyncio
from collections.abc import Callable
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from .call import Call
from .const import DOMAIN, BusyPolicy
from .prompt import SECOND_RING
from .realtime.finish import EndReason

UNLOAD_TIMEOUT: Final = 5.0


class Running:
    """Hold on to one conversation, and let at most one other wait for its end."""

    def __init__(
        self, admit: Callable[[], None], is_shut_down: Callable[[], bool]
    ) -> None:
        """Hold nothing; `admit` raises where no conversation may follow one."""
        self._admit = admit
        self._is_shut_down = is_shut_down
        self.call: Call | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_awaited = False
        self.reason_if_cancelled = EndReason.UNLOADED

    def begin(self, call: Call, hold: Callable[[], asyncio.Task[None]]) -> None:
        """Hold a call, and the task in which it is held until `over`."""
        self.reason_if_cancelled = EndReason.UNLOADED
        self.call = call
        self._task = hold()

    def over(self) -> None:
        """Let go of what has ended."""
        self.call = self._task = None

    def stop(self, *, goodbye: bool) -> None:
        """End it, with a spoken goodbye or at once."""
        if self.call is not None and self.call.is_open:
            self.call.session.stop(EndReason.STOPPED, goodbye=goodbye)
        else:
            self._cancel(EndReason.STOPPED)

    async def async_wait(self) -> None:
        """Return once the conversation that runs now has ended."""
        if (task := self._task) is not None:
            await asyncio.wait([task])

    async def async_unload(self) -> None:
        """End it without a word, as its voice is no more."""
        self._cancel(EndReason.UNLOADED)
        if (task := self._task) is not None:
            await asyncio.wait([task], timeout=UNLOAD_TIMEOUT)

    async def async_make_way(self, policy: BusyPolicy) -> bool:
        """Do with a second ring as is set; tell whether it may start now.

        Raises `ServiceValidationError` where no conversation may follow.
        """
        match policy:
            case BusyPolicy.TELL if self.call is not None:
                self.call.session.add_message("system", SECOND_RING, respond=False)
                return False
            case BusyPolicy.RESTART:
                self._admit()
                await self._async_ended(cancels=True)
                return True
            case BusyPolicy.QUEUE if not self._is_awaited:
                await self._async_queue()
                self._admit()
                return True
            case _:
                return False

    def _cancel(self, reason: EndReason) -> None:
        """End it at once."""
        self.reason_if_cancelled = reason
        if self._task is not None:
            self._task.cancel()

    async def _async_queue(self) -> None:
        """Wait for its end, as the only one."""
        self._is_awaited = True
        try:
            await self._async_ended(cancels=False)
        finally:
            self._is_awaited = False

    async def _async_ended(self, *, cancels: bool) -> None:
        """Return once no conversation runs; raise where the voice is removed."""
        while (task := self._task) is not None:
            if cancels:
                self._cancel(EndReason.RESTARTED)
            await asyncio.wait([task])
        if self._is_shut_down():
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="voice_unloaded"
            )
