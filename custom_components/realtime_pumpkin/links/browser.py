"""The tab of a browser that lends a voice its microphone and its speaker.

Upward a tab sends binary messages: one byte for the kind, then PCM s16le mono
or a report in JSON. Downward it gets JSON messages, sound in base64.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
import itertools
from typing import Any, Final

from homeassistant.util.json import json_loads_object

from ..const import LOGGER
from .errors import BrowserHeld, BrowserLost, LinkError

KIND_SOUND: Final = 1
KIND_REPORT: Final = 2

# A phone that changes its network is back within this time.
GRACE_S: Final = 5.0
# More than a second of sound at once is no microphone's frame.
_LONGEST_PAYLOAD: Final = 96_000


@dataclass(frozen=True, slots=True)
class BrowserTab:
    """One tab on one connection; its user comes back under the same `client_id`."""

    client_id: str
    owner: str
    """Whose tab it is, in words for other people."""

    echo_cancelled: bool
    """Its microphone does not hear its own speaker."""

    send: Callable[[Mapping[str, Any]], None]
    """Send it a message; nothing happens where the connection is closed."""

    utterance: int = 0
    """The number of the utterance that it is playing, 0 for none."""

    received_bytes: int = 0
    """How much it has of that utterance, PCM s16le mono 24 kHz."""

    user_id: str = ""
    """Whose tab it is, for Home Assistant."""

    @property
    def who(self) -> tuple[str, str]:
        """Return whose tab it is; who watches a voice knows its `client_id` as well."""
        return self.user_id, self.client_id


class BrowserEnd:
    """What an end hears of the tab that it lives in."""

    def attached(self, tab: BrowserTab, *, is_known: bool) -> None:
        """Hear that a tab came, or came back where it `is_known`."""

    def sound_came(self, pcm: bytes) -> None:
        """Hear what its microphone heard."""

    def reported(self, report: Mapping[str, Any]) -> None:
        """Hear what it tells, unchecked."""

    def lost(self, error: LinkError) -> None:
        """Hear that it will not come back."""


class BrowserPort:
    """The place where one tab at a time stands in for a voice's devices."""

    def __init__(self, name: str, on_change: Callable[[], None]) -> None:
        """Wait for a tab; `on_change` is called when another one holds it."""
        self.name = name
        self._on_change = on_change
        self._tab: BrowserTab | None = None
        self._last: tuple[str, str] | None = None
        self._ends: list[BrowserEnd] = []
        self._timer: asyncio.TimerHandle | None = None
        self._numbers = itertools.count(1)

    @property
    def tab(self) -> BrowserTab | None:
        """Return the tab that is there now."""
        return self._tab

    @property
    def is_in_use(self) -> bool:
        """Tell whether a conversation goes through the tab."""
        return bool(self._ends)

    def next_number(self) -> int:
        """Return a number that no utterance here had before."""
        return next(self._numbers)

    def attach(self, tab: BrowserTab, *, take_over: bool = False) -> None:
        """Let a tab stand in; a running conversation goes on in it.

        Raises `BrowserHeld` where another one does and is not to be replaced.
        """
        holder = self._tab
        if holder is not None and holder.who != tab.who:
            if not take_over:
                raise BrowserHeld(owner=holder.owner)
            holder.send({"type": "taken_over", "owner": tab.owner})
        self._stop_waiting()
        is_known = tab.who == self._last
        self._tab, self._last = tab, tab.who
        tab.send({"type": "attached", "known": is_known})
        for end in tuple(self._ends):
            end.attached(tab, is_known=is_known)
        self._on_change()

    def detach(self, tab: BrowserTab, *, for_good: bool) -> None:
        """Let a tab go: `for_good`, or until its connection is back."""
        if self._tab is not tab:
            return
        self._tab = None
        if for_good:
            self._give_up()
        elif self._ends:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(GRACE_S, self._give_up)
        self._on_change()

    def receive(self, tab: BrowserTab, payload: bytes) -> None:
        """Take a binary message; what cannot be read is ignored."""
        if tab is not self._tab or not 1 < len(payload) <= _LONGEST_PAYLOAD:
            return
        if payload[0] == KIND_SOUND:
            for end in tuple(self._ends):
                end.sound_came(payload[1:])
        elif payload[0] == KIND_REPORT:
            self._receive_report(payload[1:])

    def send(self, message: Mapping[str, Any]) -> None:
        """Send the tab a message, where one is there."""
        if self._tab is not None:
            self._tab.send(message)

    def join(self, end: BrowserEnd) -> None:
        """Tell an end of what the tab does, until it leaves."""
        if end not in self._ends:
            self._ends.append(end)

    def leave(self, end: BrowserEnd) -> None:
        """Tell an end nothing more."""
        if end in self._ends:
            self._ends.remove(end)
        if not self._ends:
            self._stop_waiting()

    def close(self) -> None:
        """Send the tab away: the voice is removed."""
        self.send({"type": "closed"})
        self._tab = None
        self._stop_waiting()

    def _receive_report(self, text: bytes) -> None:
        """Pass a report on."""
        try:
            report = json_loads_object(text)
        except ValueError:
            LOGGER.debug("%s: a report of the browser cannot be read", self.name)
            return
        for end in tuple(self._ends):
            end.reported(report)

    def _give_up(self) -> None:
        """Tell both ends that the tab will not come back."""
        self._stop_waiting()
        self._last = None
        for end in tuple(self._ends):
            end.lost(BrowserLost(voice=self.name))

    def _stop_waiting(self) -> None:
        """Wait for no tab any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
