"""The device's media player: announcements beside music, as the firmware has them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from aiohttp import ClientSession, ClientTimeout
import numpy as np

from .description import MEDIA_PLAYER_KEY
from .frames import Message, pb
from .media import MediaError, play
from .mischief import Mischief
from .record import Record
from .sound import Card

_DUCKED = 10 ** (-20 / 20)
_STEP = 0.05
_CONNECT_S = 5.0


class _Pipeline:
    """One playlist: a new address replaces it, or queues behind it."""

    def __init__(
        self, play_one: Callable[[str], Awaitable[None]], changed: Callable[[], None]
    ) -> None:
        """Play nothing; `changed` hears when it starts and stops to play."""
        self.running = False
        self._play_one = play_one
        self._changed = changed
        self._playlist: deque[str] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, url: str) -> None:
        """Play an address instead of everything else."""
        self._cancel()
        self._begin(url)

    def enqueue(self, url: str) -> None:
        """Play an address after everything else."""
        if self.running:
            self._playlist.append(url)
        else:
            self._begin(url)

    def stop(self) -> None:
        """Play nothing."""
        self._cancel()
        self._set_running(False)

    async def close(self) -> None:
        """Play nothing and wait until that is so."""
        self.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, url: str) -> None:
        """Play an address where nothing plays."""
        self._playlist.append(url)
        task = asyncio.create_task(self._run(), name="pipeline")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._set_running(True)

    def _cancel(self) -> None:
        """Forget the playlist and drop what plays."""
        self._playlist.clear()
        for task in self._tasks:
            task.cancel()

    async def _run(self) -> None:
        """Play the playlist to its end."""
        while self._playlist:
            await self._play_one(self._playlist.popleft())
        self._set_running(False)

    def _set_running(self, running: bool) -> None:
        """Tell a change."""
        if running is not self.running:
            self.running = running
            self._changed()


class Player:
    """Plays addresses on the sound card in real time."""

    def __init__(
        self,
        card: Card,
        record: Record,
        mischief: Mischief,
        announcing: Callable[[bool], None],
        publish: Callable[[Message], None],
    ) -> None:
        """Be idle. `announcing` hears of announcements, `publish` of every state."""
        self.volume = 1.0
        self.muted = False
        self._card = card
        self._record = record
        self._mischief = mischief
        self._announcing = announcing
        self._publish = publish
        self._session: ClientSession | None = None
        self._announcements = _Pipeline(self._announce, self._announcements_changed)
        self._media = _Pipeline(self._play_media, self.publish_state)

    async def close(self) -> None:
        """Be silent and close every connection."""
        await self._announcements.close()
        await self._media.close()
        if self._session:
            await self._session.close()

    def announce(self, url: str, after: bool) -> None:
        """Announce an address at once, or after what is announced already."""
        (self._announcements.enqueue if after else self._announcements.start)(url)

    def silence(self) -> None:
        """Stop announcements; music goes on."""
        self._announcements.stop()

    def lose_power(self) -> None:
        """Be silent at once."""
        self._announcements.stop()
        self._media.stop()

    def command(self, request: Message) -> None:
        """Obey Home Assistant."""
        pipeline = self._announcements if request.announcement else self._media
        queued = (
            request.has_command and request.command == pb.MEDIA_PLAYER_COMMAND_ENQUEUE
        )
        if request.has_media_url:
            (pipeline.enqueue if queued else pipeline.start)(request.media_url)
            return
        if request.has_volume:
            self.volume = min(max(request.volume, 0.0), 1.0)
        if request.has_command:
            self._obey(request.command, pipeline)
        self.publish_state()

    def _obey(self, command: int, pipeline: _Pipeline) -> None:
        """Obey a command without an address."""
        name = str(pb.MediaPlayerCommand.Name(command))
        match name.removeprefix("MEDIA_PLAYER_COMMAND_"):
            case "STOP":
                pipeline.stop()
            case "MUTE" | "UNMUTE" as muting:
                self.muted = muting == "MUTE"
            case "VOLUME_UP":
                self.volume = min(self.volume + _STEP, 1.0)
            case "VOLUME_DOWN":
                self.volume = max(self.volume - _STEP, 0.0)
            case _:
                self._record.complain(f"{name}, which this device does not know")

    @property
    def state(self) -> Message:
        """Return what it tells of itself: an announcement is told as playing."""
        playing = self._announcements.running or self._media.running
        return pb.MediaPlayerStateResponse(
            key=MEDIA_PLAYER_KEY,
            state=pb.MEDIA_PLAYER_STATE_PLAYING
            if playing
            else pb.MEDIA_PLAYER_STATE_IDLE,
            volume=self.volume,
            muted=self.muted,
        )

    def publish_state(self) -> None:
        """Tell Home Assistant how it is."""
        self._publish(self.state)

    def _announcements_changed(self) -> None:
        """Tell the assistant first, as the firmware's callbacks do."""
        self._announcing(self._announcements.running)
        self.publish_state()

    async def _announce(self, url: str) -> None:
        """Play one announcement, loud."""
        await self._play(url, "announcement", lambda: 1.0)

    async def _play_media(self, url: str) -> None:
        """Play one piece of music, low under an announcement."""
        await self._play(
            url, "media", lambda: _DUCKED if self._announcements.running else 1.0
        )

    async def _play(self, url: str, kind: str, level: Callable[[], float]) -> None:
        """Play an address, remember how it went."""
        self._record.note("fetch", url=url, kind=kind)
        if self._mischief.refuse_media:
            self._record.note("refused", url=url, kind=kind, why="as it was told to")
            return
        session = self._open_session()
        first = True
        try:
            async with (
                aclosing(play(session, url, self._card.rate)) as sound,
                self._card.playing() as write,
            ):
                async for pcm in sound:
                    if first:
                        self._record.note("sound", url=url, kind=kind)
                        first = False
                    await write(self._at_level(pcm, level()))
        except MediaError as err:
            self._record.note("refused", url=url, kind=kind, why=str(err))
        except asyncio.CancelledError:
            self._record.note("dropped", url=url, kind=kind)
            raise
        else:
            self._record.note("played", url=url, kind=kind)

    def _open_session(self) -> ClientSession:
        """Return the HTTP session; a response may take as long as it takes."""
        if self._session is None:
            timeout = ClientTimeout(total=None, sock_connect=_CONNECT_S)
            self._session = ClientSession(timeout=timeout)
        return self._session

    def _at_level(self, pcm: bytes, level: float) -> bytes:
        """Return samples at the volume that is set."""
        level *= 0.0 if self.muted else self.volume
        if level == 1.0:
            return pcm
        return (np.frombuffer(pcm, "<i2") * level).astype("<i2").tobytes()
