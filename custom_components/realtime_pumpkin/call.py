"""One conversation: its two audio ends, its session and the tasks between them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from .links.errors import AssistSatelliteTakenOver, LinkError
from .links.meter import Ear
from .links.protocols import AudioSink, AudioSource
from .realtime.events import ConversationUpdate, ToolCalled, ToolFinished
from .realtime.finish import EndReason
from .realtime.protocols import ConversationSession
from .theatre.performance import Performance
from .tools import Toolbox

type OnLinkLost = Callable[[LinkError], None]
type Tell = Callable[[ConversationUpdate], None]
type Carrier = Coroutine[Any, Any, None]


class Call:
    """Carry sound between a link and a session until the conversation ends."""

    def __init__(
        self,
        source: AudioSource,
        sink: AudioSink,
        session: ConversationSession,
        toolbox: Toolbox,
        on_link_lost: OnLinkLost,
        is_muted: Callable[[], bool] = lambda: False,
        performance: Performance | None = None,
        tell: Tell = lambda _: None,
        visitor: Ear | None = None,
    ) -> None:
        """Take the ends as they are, closed, and the show as it is to be.

        While `is_muted`, nothing that the microphone hears leaves the house. What
        came of tools is told.
        """
        self.session = session
        self._source = source
        self._sink = sink
        self._toolbox = toolbox
        self._on_link_lost = on_link_lost
        self._is_muted = is_muted
        self._performance = performance or Performance()
        self._tell = tell
        self._visitor = visitor
        self._tasks: set[asyncio.Task[None]] = set()
        self._started_at = asyncio.get_running_loop().time()
        self.is_open = False

    def summary(self, model: str) -> dict[str, Any]:
        """Return how it was: duration (s), turns, words, tokens, cost (USD)."""
        session = self.session
        duration = asyncio.get_running_loop().time() - self._started_at
        return {
            "duration": round(duration, 1),
            "turns": session.turns,
            "transcript": session.transcript(),
            "tokens": dict(session.usage.tokens),
            "cost_usd": session.usage.cost(model),
        }

    async def async_open(self) -> None:
        """Open microphone, speaker and socket side by side.

        Raises `LinkError` or `RealtimeError`; nothing stays open then.
        """
        opening = [
            asyncio.ensure_future(coro)
            for coro in (
                self._source.open(),
                self._sink.open(self),
                self.session.open(),
                self._performance.async_open(self.session),
            )
        ]
        try:
            await asyncio.gather(*opening)
            self.is_open = True
        except BaseException:
            for task in opening:
                task.cancel()
            await asyncio.gather(*opening, return_exceptions=True)
            await self.async_close()
            raise

    async def async_run(self) -> str:
        """Hold the conversation; return the reason for its end."""
        self._spawn(self._listen())
        try:
            return await self.session.run()
        finally:
            await self.async_close()

    async def async_close(self) -> None:
        """End every task and free both ends; never raises."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(
            self._sink.close(),
            self._source.close(),
            self.session.close(),
            self._performance.async_close(),
        )

    async def _listen(self) -> None:
        """Pass the microphone's frames on until it ends."""
        try:
            async for frame in self._source.frames():
                pcm = bytes(len(frame)) if self._is_muted() else frame
                if self._visitor is not None:
                    self._visitor.hear(pcm)
                self.session.hear(pcm)
        except AssistSatelliteTakenOver:
            # What the house says there is not talked over.
            self.session.stop(EndReason.TAKEN_OVER, goodbye=False)
        except LinkError as error:
            self._on_link_lost(error)
            self.session.stop(EndReason.MICROPHONE_LOST, goodbye=True)
        else:
            self.session.stop(EndReason.USER_ENDED, goodbye=False)

    def run_tool(self, call: ToolCalled) -> None:
        """Run a tool in the background."""
        self._spawn(self._run_tool(call))

    async def _run_tool(self, call: ToolCalled) -> None:
        """Give the model a tool's result, or what went wrong."""
        done = await self._toolbox.async_run(call)
        came = (done.outcome, done.actions, done.reason)
        self._tell(ToolFinished(call.call_id, call.name, *came))
        self.session.tool_finished(call.call_id, done.output)

    def _spawn(self, coro: Carrier) -> None:
        """Run a task that ends with the call at the latest."""
        task = asyncio.get_running_loop().create_task(coro)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def audio_started(self, utterance: str) -> None:
        """Pass on that an utterance became audible."""
        self.session.audio_started(utterance)

    def audio_finished(self, utterance: str, heard_ms: int) -> None:
        """Pass on that an utterance was heard to its end."""
        self.session.audio_finished(utterance, heard_ms)

    def audio_taken(self, is_taken: bool) -> None:
        """Pass on that the house says something at the speaker, or does no more."""
        self.session.speaker_taken(is_taken)

    def audio_failed(self, error: Exception) -> None:
        """End the conversation: nobody can hear it."""
        if isinstance(error, LinkError):
            self._on_link_lost(error)
        self.session.stop(EndReason.SPEAKER_LOST, goodbye=False)
