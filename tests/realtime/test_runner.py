"""The session's shell on a real socket."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import override

from openai import AsyncOpenAI
import pytest

from custom_components.realtime_pumpkin.realtime import events
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.connection import (
    RealtimeConnection,
    open_connection,
)
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from custom_components.realtime_pumpkin.realtime.finish import EndReason
from custom_components.realtime_pumpkin.realtime.outbox import (
    LONGEST_AUDIO_BACKLOG,
    Outbox,
)
from custom_components.realtime_pumpkin.realtime.runner import RealtimeSession
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Reply, Say
from tests.realtime.world import CONFIG, SILENCE, VOICE
from tests.realtime_server import realtime_server
from tests.scripted_server import LocalServer

GOODBYE = Plan((Say("Goodbye!"), Call("finish_conversation", {"reason": "done"})))

pytestmark = pytest.mark.usefixtures("socket_enabled")


@dataclass
class Porch:
    """A speaker that is heard at once, and everything that was told."""

    session: RealtimeSession | None = None
    pcm: dict[str, bytearray] = field(default_factory=dict)
    updates: list[events.ConversationUpdate] = field(default_factory=list)
    phases: list[events.Phase] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    utterance: str = ""

    def begin(self, utterance: str) -> None:
        """Start an utterance."""
        self.utterance = utterance
        self.pcm[utterance] = bytearray()

    def write(self, pcm: bytes) -> None:
        """Keep the sound."""
        self.pcm[self.utterance] += pcm

    def finish(self) -> None:
        """Be heard at once."""
        session, utterance = self.session, self.utterance
        assert session is not None
        loop = asyncio.get_running_loop()
        loop.call_soon(session.audio_started, utterance)
        heard_ms = len(self.pcm[utterance]) // 48
        loop.call_soon(session.audio_finished, utterance, heard_ms)

    def clear(self) -> int:
        """Fall silent; nothing was heard."""
        return 0

    def conversation_updated(self, update: events.ConversationUpdate) -> None:
        """Keep what happened."""
        self.updates.append(update)
        self.news.set()

    def phase_changed(self, phase: events.Phase) -> None:
        """Keep what the voice does."""
        self.phases.append(phase)

    def tool_called(self, call: events.ToolCalled) -> None:
        """Answer every tool."""
        assert self.session is not None
        self.session.tool_finished(call.call_id, "{}")

    async def until(self, kind: type, count: int = 1) -> None:
        """Wait for so many updates of a kind."""
        async with asyncio.timeout(10):
            while sum(isinstance(u, kind) for u in self.updates) < count:
                self.news.clear()
                await self.news.wait()


@contextlib.asynccontextmanager
async def _session(
    server: LocalServer, behaviour: Behaviour, porch: Porch | None = None
) -> AsyncIterator[tuple[RealtimeSession, Porch]]:
    """Yield an open session at a server, and close it."""
    client = AsyncOpenAI(api_key="k", base_url=server.url)

    async def connect() -> RealtimeConnection:
        """Open a socket."""
        return await open_connection(client, "gpt-realtime-2.1-mini", ssl_context=None)

    porch = porch or Porch()
    porch.session = session = RealtimeSession(
        CONFIG, behaviour, connect=connect, speaker=porch, observer=porch
    )
    try:
        await session.open()
        yield session, porch
    finally:
        await session.close()
        await client.close()


async def _hold(*replies: Reply, behaviour: Behaviour) -> tuple[str, Porch]:
    """Hold a conversation to its end; return the reason and what was told."""
    async with (
        LocalServer(replies).listening() as server,
        _session(server, behaviour) as (session, porch),
        asyncio.timeout(10),
    ):
        return await session.run(), porch


async def test_a_conversation_runs_over_a_real_socket() -> None:
    """The article's updates arrive and the sound is whole."""
    behaviour = Behaviour(opening="Hi.", finish_grace=0)
    reason, porch = await _hold(
        Plan((Say("Bye!", duration_ms=700), *GOODBYE.outputs[1:])), behaviour=behaviour
    )
    assert reason == "finished"
    assert [len(pcm) for pcm in porch.pcm.values()] == [700 * 48]
    kinds = {type(update) for update in porch.updates}
    assert kinds >= {
        events.SessionStarted,
        events.AudioStarted,
        events.AssistantTranscript,
        events.ItemFinished,
        events.Finished,
    }
    assert porch.phases[-1] is events.Phase.IDLE


async def test_a_tool_is_run_and_its_answer_spoken() -> None:
    """The follow-up comes by itself."""
    behaviour = Behaviour(opening="Hi.", finish_grace=0)
    _, porch = await _hold(Call("fog"), GOODBYE, behaviour=behaviour)
    called = [u.name for u in porch.updates if isinstance(u, events.ToolCalled)]
    assert called == ["fog", "finish_conversation"]


async def test_the_microphone_is_heard_while_the_voice_speaks() -> None:
    """Frames are sent at any time; the service answers what it hears."""
    server = LocalServer(["Hello!", GOODBYE], heard=["Hi."])
    async with (
        server.listening(),
        _session(server, Behaviour(opening="Hi.")) as (session, porch),
        asyncio.timeout(10),
    ):
        run = asyncio.create_task(session.run())
        await porch.until(events.AssistantTranscript)
        for pcm in (*[VOICE] * 25, *[SILENCE] * 25):
            session.hear(pcm)
        assert await run == "finished"
    said = [u.text for u in porch.updates if isinstance(u, events.UserTranscript)]
    assert said == ["Hi."]


async def test_a_lost_socket_is_replaced() -> None:
    """The server goes away and comes back; the conversation does not notice much."""
    server = LocalServer(["Hello!", GOODBYE])
    async with server.listening() as first:
        port = first.port
        session_context = _session(server, Behaviour(opening="Hi."))
        session, porch = await session_context.__aenter__()
        run = asyncio.create_task(session.run())
        await porch.until(events.AssistantTranscript)
    async with server.listening(port), asyncio.timeout(10):
        await porch.until(events.SessionStarted, 2)
        session.add_message("user", "Bye.", respond=True)
        assert await run == "finished"
        resumed = [
            u.resumed for u in porch.updates if isinstance(u, events.SessionStarted)
        ]
        assert resumed == [False, True]
        await session_context.__aexit__(None, None, None)


class SlowPorch(Porch):
    """A speaker that is heard when the test says so."""

    @override
    def finish(self) -> None:
        """Be heard later."""


async def test_a_server_that_leaves_during_the_goodbye_does_not_end_it() -> None:
    """The loop stays free, and the goodbye is heard before the end comes."""
    behaviour = Behaviour(opening="Hi.", finish_grace=0)
    client_side = contextlib.AsyncExitStack()
    async with client_side, asyncio.timeout(10):
        async with LocalServer([GOODBYE]).listening() as server:
            session, porch = await client_side.enter_async_context(
                _session(server, behaviour, SlowPorch())
            )
            run = asyncio.create_task(session.run())
            await porch.until(events.Finished)
        await asyncio.sleep(0.1)
        assert not run.done()
        session.audio_started(porch.utterance)
        session.audio_finished(porch.utterance, 500)
        assert await run == "finished"


async def test_a_key_that_is_refused_on_the_way_back_ends_the_conversation() -> None:
    """What only a person can mend is told with its reason, without another try."""
    async with contextlib.AsyncExitStack() as client_side, asyncio.timeout(10):
        async with LocalServer(["Hello!"]).listening() as server:
            port = server.port
            session, porch = await client_side.enter_async_context(
                _session(server, Behaviour(opening="Hi."))
            )
            run = asyncio.create_task(session.run())
            await porch.until(events.AssistantTranscript)
        async with realtime_server(status=HTTPStatus.UNAUTHORIZED, port=port):
            assert await run == EndReason.AUTH


async def test_a_server_that_is_not_there_is_told_by_kind() -> None:
    """Opening raises what can be translated."""
    server = LocalServer([])
    server.url = "http://127.0.0.1:9/v1"
    with pytest.raises(RealtimeError) as caught:
        async with _session(server, Behaviour()):
            pass
    assert caught.value.kind is ErrorKind.UNREACHABLE


async def test_a_cancelled_conversation_leaves_no_task() -> None:
    """Whoever runs it may end it at any time."""
    async with (
        LocalServer(["Hello!"]).listening() as server,
        _session(server, Behaviour(opening="Hi.")) as (session, porch),
    ):
        run = asyncio.create_task(session.run())
        await porch.until(events.AssistantTranscript)
        run.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await run
        await session.close()
        names = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr]
        assert not any("RealtimeSession" in name for name in names)


async def test_stopping_at_once_ends_at_once() -> None:
    """No goodbye, no waiting."""
    async with (
        LocalServer(["Hello!"]).listening() as server,
        _session(server, Behaviour(opening="Hi.")) as (session, porch),
        asyncio.timeout(10),
    ):
        run = asyncio.create_task(session.run())
        await porch.until(events.SessionStarted)
        session.stop("stopped", goodbye=False)
        assert await run == "stopped"


async def test_a_full_outbox_drops_the_oldest_audio_and_nothing_else() -> None:
    """What is said now matters more; client events keep their order."""
    outbox = Outbox()
    outbox.put({"type": "first"})
    for number in range(LONGEST_AUDIO_BACKLOG + 3):
        outbox.put_audio(number.to_bytes(2, "little"))
    outbox.put({"type": "last"})
    sent = [await outbox.get() for _ in range(LONGEST_AUDIO_BACKLOG + 2)]
    assert outbox.dropped_frames == 3
    assert sent[0] == b'{"type":"first"}'
    assert sent[1] == b'{"type":"input_audio_buffer.append","audio":"AwA="}'
    assert sent[-1] == b'{"type":"last"}'


async def test_audio_passes_an_outbox_by_only_while_nothing_waits_there() -> None:
    """What was to be sent before it is sent before it, also where it has to wait."""
    line: list[bytes] = []
    is_free = True

    def send_now(event: bytes) -> bool:
        """Take an event while the line is free."""
        if is_free:
            line.append(event)
        return is_free

    outbox = Outbox()
    outbox.open(send_now)
    outbox.put_audio(b"ab")
    outbox.put({"type": "first"})
    outbox.put_audio(b"cd")
    assert line == [b'{"type":"input_audio_buffer.append","audio":"YWI="}']
    assert await outbox.get() == b'{"type":"first"}'
    assert await outbox.get() == b'{"type":"input_audio_buffer.append","audio":"Y2Q="}'
    is_free = False
    outbox.put_audio(b"ef")
    assert await outbox.get() == b'{"type":"input_audio_buffer.append","audio":"ZWY="}'
    assert len(line) == 1


async def test_an_outbox_without_a_session_sends_nothing() -> None:
    """What is put there waits for the next one."""
    line: list[bytes] = []
    outbox = Outbox()
    outbox.open(lambda event: not line.append(event))
    outbox.clear()
    outbox.put_audio(b"ab")
    assert line == []
    assert await outbox.get() == b'{"type":"input_audio_buffer.append","audio":"YWI="}'
