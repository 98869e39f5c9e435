"""A media player and the addresses that it may fetch from us."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from ..const import LOGGER
from .errors import LinkError, SpeakerNeverFetched, SpeakerRefused
from .media_utterance import silent_stream
from .owned import Clock, Spawn, async_cancel
from .player import MediaPlayer
from .stream import AudioStream
from .stream_view import AudioStreams, stream_path

_STOP_TIMEOUT_S: Final = 10.0
_SETTLE_TIMEOUT_S: Final = 3.0
# How long a silent clip plays; what is announced behind it may be held up.
_SILENT_S: Final = 0.4
# A player may come back for what it has already fetched, but not for long.
_TOKEN_GRACE_S: Final = 10.0
MOST_ORDERS: Final = 8
"""Orders that a player has not answered yet; of more, the oldest is given up."""

type OnError = Callable[[LinkError], None]


def _tell_nobody(error: LinkError) -> None:
    """Have nobody to tell of an error."""


class Deck:
    """Put streams into a player one after the other, and take them out."""

    def __init__(
        self,
        player: MediaPlayer,
        streams: AudioStreams,
        *,
        spawn: Spawn,
        clock: Clock,
    ) -> None:
        """Command a player."""
        self._player = player
        self._streams = streams
        self._spawn = spawn
        self._clock = clock
        self._on_error: OnError = _tell_nobody
        self._tokens: dict[str, asyncio.TimerHandle | None] = {}
        self._token = ""
        self._base_url = ""
        self._silent_until = 0.0
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._done_with: set[asyncio.Task[None]] = set()

    def open(self, on_error: OnError) -> None:
        """Raise `SpeakerUnavailable` or `NoInternalUrl` where it cannot play.

        Until it is closed, `on_error` is told when the player refuses to.
        """
        self._base_url = self._player.open()
        self._on_error = on_error

    async def async_settle(self) -> None:
        """Wait for the orders before: a late stop would hit the next stream."""
        if pending := self._tasks.keys() - self._done_with:
            await asyncio.wait(pending, timeout=_SETTLE_TIMEOUT_S)

    def play(self, stream: AudioStream) -> None:
        """Order the player to play a stream from now on."""
        self._token = self._add(stream)
        self._order(self._play(self._token), "play")

    def retire(self) -> None:
        """Keep the address of what was played for players that come back."""
        token, self._token = self._token, ""
        if token:
            self._forget_later(token)
        # Some players answer play_media only when all was played.
        self._done_with = set(self._tasks)

    def silence(self) -> None:
        """Order the player to be silent; its stream cannot be fetched again."""
        if self._token:
            self._forget(self._token)
            self._token = ""
            self._order(self._silence(), "silence")

    def never_fetched(self) -> SpeakerNeverFetched:
        """Return the error of a player that did not come for our stream."""
        url = self._base_url + stream_path("…")
        return SpeakerNeverFetched(entity_id=self._player.entity_id, url=url)

    async def async_close(self) -> None:
        """Let the last order through and forget all addresses; never raises."""
        await self.async_settle()
        await asyncio.sleep(max(0.0, self._silent_until - self._clock()))
        for task in tuple(self._tasks):
            await async_cancel(task)
        for token in tuple(self._tokens):
            self._forget(token)
        self._on_error = _tell_nobody

    def _add(self, stream: AudioStream) -> str:
        """Let a stream be fetched."""
        token = self._streams.add(stream)
        self._tokens[token] = None
        return token

    def _forget_later(self, token: str) -> None:
        """Let a stream be fetched for a while yet."""
        loop = asyncio.get_running_loop()
        forget = partial(self._forget, token)
        self._tokens[token] = loop.call_later(_TOKEN_GRACE_S, forget)

    def _forget(self, token: str) -> None:
        """Let a stream be fetched no more."""
        if (timer := self._tokens.pop(token, None)) is not None:
            timer.cancel()
        self._streams.remove(token)

    def _order(self, command: Coroutine[Any, Any, None], name: str) -> None:
        """Run a command in the background."""
        task = self._spawn(command, f"{name} {self._player.entity_id}")
        self._tasks[task] = None
        task.add_done_callback(self._answered)
        if len(self._tasks) > MOST_ORDERS:
            next(iter(self._tasks)).cancel()

    def _answered(self, task: asyncio.Task[None]) -> None:
        """Note that the player has answered an order, or never will."""
        self._tasks.pop(task, None)
        self._done_with.discard(task)

    async def _play(self, token: str) -> None:
        """Tell the player to fetch a stream."""
        try:
            await self._player.async_play(self._base_url + stream_path(token))
        except LinkError as err:
            self._tell(token, err)
        except Exception as err:  # noqa: BLE001 - integrations raise anything
            error = str(err).replace(token, "…") or type(err).__name__
            name = self._player.entity_id
            self._tell(token, SpeakerRefused(entity_id=name, error=error))

    def _tell(self, token: str, error: LinkError) -> None:
        """Tell why a stream is not played, where it is still to be."""
        if token == self._token:
            self._on_error(error)

    async def _silence(self) -> None:
        """Stop the player, or replace what it plays where no stop helps."""
        try:
            async with asyncio.timeout(_STOP_TIMEOUT_S):
                if self._player.is_taken:
                    return
                if self._player.stops_by_command:
                    await self._player.async_stop()
                else:
                    await self._play_silence()
        except Exception as err:  # noqa: BLE001 - integrations raise anything
            LOGGER.info("%s could not be stopped: %r", self._player.entity_id, err)

    async def _play_silence(self) -> None:
        """Play a silent clip in place of what plays."""
        token = self._add(silent_stream(self._clock))
        self._forget_later(token)
        await self._player.async_play(self._base_url + stream_path(token))
        self._silent_until = self._clock() + _SILENT_S
