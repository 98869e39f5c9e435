"""What one frame of the microphone and one delta of an answer may cost.

No clock: instructions and calls are counted, so that a slow machine fails nothing and a
slow change fails everywhere. Budgets are what was needed when they were written, see
docs/performance.md; who needs less lowers them.
"""

import asyncio
from base64 import b64encode
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
import sys
from typing import Any, Final

from openai import AsyncOpenAI
from openai.types.realtime import ResponseAudioDeltaEvent
import orjson
from pydantic import TypeAdapter
import pytest
from websockets.asyncio.server import ServerConnection

from custom_components.realtime_pumpkin.realtime import runner
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.connection import (
    Connect,
    RealtimeConnection,
    open_connection,
)
from custom_components.realtime_pumpkin.realtime.events import (
    ConversationUpdate,
    Phase,
    SessionStarted,
    ToolCalled,
)
from custom_components.realtime_pumpkin.realtime.runner import RealtimeSession
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.realtime.wire import read_event
from tests.realtime.effort import Counter, Effort, allocated
from tests.realtime.world import CONFIG
from tests.realtime_server import MODEL, SESSION_CREATED, realtime_server, say

pytestmark = [
    pytest.mark.usefixtures("socket_enabled"),
    pytest.mark.skipif(
        sys.version_info[:2] != (3, 14), reason="each Python has other instructions"
    ),
]

FRAME: Final = bytes(960)
DELTA: Final = bytes(9600)
MANY: Final = 20
MARGIN: Final = 1.1
UNSPENT: Final = 0.7


@dataclass(frozen=True, slots=True)
class Budget:
    """What `MANY` pieces may cost."""

    instructions: int
    """With a margin: other versions of what we stand on have others."""

    calls: int
    """Exactly: what is written in C shows in nothing else."""

    def allows(self, effort: Effort) -> bool:
        """Tell whether what was done for all pieces is within it."""
        return (
            effort.instructions <= self.instructions * MARGIN
            and effort.calls <= self.calls
        )

    def is_spent_by(self, effort: Effort) -> bool:
        """Tell whether so much is needed that it means something."""
        return effort.instructions >= self.instructions * UNSPENT


OF_FRAMES: Final = Budget(instructions=6_471, calls=502)
OF_DELTAS: Final = Budget(instructions=15_290, calls=1_401)
COPIES_OF_A_FRAME: Final = 5.6
"""Base64, the event, its mask and the masked event, each by a third longer."""


class Nobody:
    """A speaker that plays nothing, and an observer that only waits for the start."""

    def __init__(self) -> None:
        """Wait."""
        self.has_started = asyncio.Event()

    def begin(self, utterance: str) -> None:
        """Start an utterance."""

    def write(self, pcm: bytes) -> None:
        """Take sound."""

    def finish(self) -> None:
        """End an utterance."""

    def clear(self) -> int:
        """Fall silent."""
        return 0

    def conversation_updated(self, update: ConversationUpdate) -> None:
        """Hear that the session listens now, or anything else."""
        if isinstance(update, SessionStarted):
            self.has_started.set()

    def phase_changed(self, phase: Phase) -> None:
        """Hear what the voice does."""

    def tool_called(self, call: ToolCalled) -> None:
        """Run nothing."""


class Script:
    """A `Socket` that is read to its end, and counts what that takes."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        """Say these events, the last `MANY` of them while it is counted."""
        self._frames = deque(orjson.dumps(event) for event in events)
        self._counter = Counter()
        self.effort = self._counter.effort
        self.was_read = asyncio.Event()

    async def recv_bytes(self) -> bytes:
        """Return the next event."""
        if len(self._frames) == MANY:
            self._counter.start()
        if not self._frames:
            self._counter.stop()
            self.was_read.set()
            await asyncio.Event().wait()
        return self._frames.popleft()

    async def send_text(self, data: bytes) -> None:
        """Take what is sent."""

    def send_now(self, data: bytes) -> bool:
        """Take what is sent."""
        return True

    async def close(self) -> None:
        """Hang up."""


def _session(connect: Connect, nobody: Nobody) -> RealtimeSession:
    """Return a session at nobody's door."""
    behaviour = Behaviour(opening="", trims_silence=False)
    return RealtimeSession(
        CONFIG, behaviour, connect=connect, speaker=nobody, observer=nobody
    )


async def _serve(connection: ServerConnection) -> None:
    """Open a session, and take what comes."""
    await say(connection, SESSION_CREATED)
    async for frame in connection:
        if "session.update" in str(frame):
            await say(connection, {"type": "session.updated", "session": {}})


@asynccontextmanager
async def _listening() -> AsyncIterator[RealtimeSession]:
    """Yield a session on a real socket that has sent a few frames already."""
    async with realtime_server(_serve) as url:
        client = AsyncOpenAI(api_key="k", base_url=url)

        async def connect() -> RealtimeConnection:
            """Open a socket."""
            return await open_connection(client, MODEL, ssl_context=None)

        session = _session(connect, nobody := Nobody())
        await session.open()
        run = asyncio.create_task(session.run())
        await asyncio.wait_for(nobody.has_started.wait(), 10)
        # A second is remembered: from then on one frame goes as one comes.
        for _ in range(100):
            session.hear(FRAME)
            await asyncio.sleep(0)
        yield session
        session.stop("done", goodbye=False)
        await run
        await session.close()


def effort_of_frames() -> Effort:
    """Return what many frames cost, on a real socket."""

    async def measure() -> Effort:
        """Let a session hear them."""
        async with _listening() as session:
            with Counter() as effort:
                for _ in range(MANY):
                    session.hear(FRAME)
        return effort

    return asyncio.run(measure(), debug=False)


def effort_of_deltas() -> Effort:
    """Return what many deltas cost, from a socket's frame to the speaker."""
    response = {"response_id": "resp_1", "item_id": "item_1", "content_index": 0}
    delta = {
        "type": "response.output_audio.delta",
        **response,
        "delta": b64encode(DELTA).decode(),
    }
    events: list[dict[str, Any]] = [
        SESSION_CREATED,
        {"type": "session.updated", "session": {}},
        {"type": "response.created", "response": {"id": "resp_1"}},
        *[delta] * (MANY + 10),
    ]

    async def measure() -> Effort:
        """Let a session read them."""
        script = Script(events)

        async def connect() -> RealtimeConnection:
            """Open the script."""
            return RealtimeConnection(script)

        session = _session(connect, Nobody())
        await session.open()
        run = asyncio.create_task(session.run())
        await asyncio.wait_for(script.was_read.wait(), 10)
        session.stop("done", goodbye=False)
        await run
        await session.close()
        return script.effort

    return asyncio.run(measure(), debug=False)


def copies_of_a_frame() -> float:
    """Return how many times its own size a long frame takes on its way to the socket."""
    size = 24 * 1024

    async def measure() -> int:
        """Let a session hear it."""
        async with _listening() as session:
            frame = bytes(size)
            return allocated(lambda: session.hear(frame))

    return asyncio.run(measure(), debug=False) / size


@pytest.mark.parametrize(
    ("measure", "budget"),
    [
        pytest.param(effort_of_frames, OF_FRAMES, id="frames"),
        pytest.param(effort_of_deltas, OF_DELTAS, id="deltas"),
    ],
)
def test_the_hot_path_stays_within_its_budget(
    measure: Callable[[], Effort], budget: Budget
) -> None:
    """It does not, and it is no slip: write the new budget, and why it has to be."""
    effort = measure()
    assert budget.allows(effort), effort
    assert budget.is_spent_by(effort), f"lower the budget: {effort}"


def test_what_it_costs_is_no_matter_of_chance() -> None:
    """Two runs do exactly the same, or the budget would mean nothing."""
    assert effort_of_frames() == effort_of_frames()


def test_a_frame_is_copied_no_more_than_it_has_to_be() -> None:
    """What is held at once while it is sent, in times of its own size."""
    assert copies_of_a_frame() <= COPIES_OF_A_FRAME * MARGIN


def test_a_frame_that_takes_the_long_way_is_over_the_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As each did once: an event, an action and two generators."""
    monkeypatch.setattr(SessionCore, "pass_on", lambda *_: None)
    assert not OF_FRAMES.allows(effort_of_frames())


def test_a_timeout_for_each_event_is_over_the_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is a context, a timer and a task's cancellation for what never happens."""
    recv = RealtimeConnection.recv

    async def in_time(connection: RealtimeConnection) -> dict[str, Any]:
        """Receive within ten seconds."""
        async with asyncio.timeout(10):
            return await recv(connection)

    monkeypatch.setattr(RealtimeConnection, "recv", in_time)
    assert not OF_DELTAS.allows(effort_of_deltas())


def test_a_model_of_each_event_is_over_the_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As openai-agents makes one: all of that is written in Rust."""
    model = TypeAdapter(ResponseAudioDeltaEvent)

    def read(message: dict[str, Any]) -> object:
        """Check an event before reading it."""
        if "delta" in message:
            model.validate_python({**message, "event_id": "", "output_index": 0})
        return read_event(message)

    monkeypatch.setattr(runner, "read_event", read)
    assert not OF_DELTAS.allows(effort_of_deltas())
