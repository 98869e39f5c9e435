"""Fill each queue while nobody takes anything out of it.

Each function pushes so many pieces and returns how much is kept, and the most that may
be, in a unit of its own.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, cast

from custom_components.realtime_pumpkin import porch_check, rehearsal_socket
from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.realtime import (
    calls,
    connection,
    conversation,
    history,
    microphone,
    outbox,
    playback,
    turn,
)
from custom_components.realtime_pumpkin.realtime.config import Behaviour, SessionConfig
from custom_components.realtime_pumpkin.realtime.events import FunctionCall
from custom_components.realtime_pumpkin.realtime.runner import RealtimeSession
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.realtime.signals import Message, Role
from custom_components.realtime_pumpkin.rehearsal import ServerOptions, ServerSession
from custom_components.realtime_pumpkin.rehearsal.items import (
    Conversation as Items,
    Item,
    Part,
)
from custom_components.realtime_pumpkin.theatre import stage_lock
from custom_components.realtime_pumpkin.turns import turns
from tests.backpressure import link_filling
from tests.backpressure.link_filling import FRAME, SECOND, Fill, Kept
from tests.links.virtual_time import now
from tests.realtime.world import VOICE


async def waiting_for_a_session(pushes: int) -> Kept:
    """Hear without a session, and then what is never written down."""
    gate = microphone.MicrophoneGate()
    for _ in range(pushes):
        list(gate.hear(FRAME))
    kept = sum(map(len, gate._kept._frames))
    list(gate.open())
    gate.mark()
    for _ in range(pushes):
        list(gate.hear(FRAME))
    sent = sum(map(len, gate._sent._frames))
    return max(kept, sent), microphone.BUFFERED_BYTES


async def outgoing_sound(pushes: int) -> Kept:
    """Speak to a service that takes nothing."""
    box = outbox.Outbox()
    for _ in range(pushes):
        box.put_audio(FRAME)
    assert len(box._events) == len(box._audio)
    return len(box._audio), outbox.LONGEST_AUDIO_BACKLOG


async def outgoing_events(pushes: int) -> Kept:
    """Say and show a lot to a service that takes nothing."""
    session = _session()
    for number in range(pushes):
        session._queue({"type": "conversation.item.create", "n": number})
    kept = len(session._outbox._events)
    session._outbox.clear()
    for _ in range(pushes):
        session._queue({"image_url": "x" * 500_000})
    size = sum(map(len, session._outbox._events))
    assert size <= outbox.LARGEST_BACKLOG + 600_000
    return kept, outbox.LONGEST_BACKLOG


async def incoming_frames(pushes: int) -> Kept:
    """Look at how the library is asked to read."""
    options = cast("Any", connection._options(_client(), None, cast("Any", None)))
    assert options["max_size"] == connection.LARGEST_FRAME
    return options["max_queue"], connection.MOST_FRAMES


async def messages(pushes: int) -> Kept:
    """Tell a session things before it is there."""
    core = SessionCore(_config(), Behaviour())
    for number in range(pushes):
        core.feed(Message(Role.SYSTEM, f"{number}", respond=False), now())
    return len(core._talk.messages), conversation.BUFFERED_MESSAGES


async def answers(pushes: int) -> Kept:
    """Receive answers that nobody hears, in items and answers without number."""
    kept, many = playback.Playback(), playback.Playback()
    for number in range(pushes):
        kept.receive("resp", "item", 0, VOICE * 25)
        many.receive("resp", f"item_{number}", 0, VOICE)
        many.receive(f"resp_{number}", "item", 0, VOICE)
    assert len(many._utterances) == playback.MOST_UTTERANCES
    assert max(len(each.parts) for each in many._utterances) == playback.MOST_PARTS
    return sum(each.size for each in kept._utterances), playback.LONGEST_HELD


async def effects(pushes: int) -> Kept:
    """Play sounds behind an answer that never ends."""
    kept = playback.Playback()
    for _ in range(pushes):
        kept.add_sound(FRAME)
    return len(kept._sounds), playback.MOST_SOUNDS


async def turn_sound(pushes: int) -> Kept:
    """Answer somebody who does not listen."""
    answer = turn.Turn(is_spoken=True)
    for _ in range(pushes):
        answer.sounds(SECOND)
    return sum(map(len, answer.sound._pieces)), turn.LONGEST_SOUND


async def turn_words(pushes: int) -> Kept:
    """Answer somebody who does not read."""
    answer = turn.Turn(is_spoken=False)
    for _ in range(pushes):
        answer.say("Boo! " * 100)
    return len(answer.text), turn.LONGEST_TEXT


async def turn_calls(pushes: int) -> Kept:
    """Call tools without an end."""
    answer = turn.Turn(is_spoken=False)
    for number in range(pushes):
        answer.call(FunctionCall(f"call_{number}", "fog", "{}"))
    return len(answer._calls), turn.MOST_CALLS


async def tool_calls(pushes: int) -> Kept:
    """Call tools whose results never come, in responses that never end."""
    open_ones = calls.ToolCalls()
    for number in range(pushes):
        call = FunctionCall(f"call_{number}", "fog", "{}")
        open_ones.accept(f"resp_{number % 7}", call)
    kept = sum(len(batch.names) for batch in open_ones._batches.values())
    return kept, calls.MOST_OPEN_CALLS


async def said(pushes: int) -> Kept:
    """Say more than anybody remembers, one line of it without an end."""
    kept = history.History()
    for number in range(pushes):
        kept.grow("user", f"item_{number}", "Boo! " * 50)
        kept.grow("assistant", "endless", "Boo! " * 50)
    assert max(len(line.text) for line in kept._lines) <= history.LONGEST_LINE
    return len(kept._lines), history.LONGEST_HISTORY


async def refused_turns(pushes: int) -> Kept:
    """Refuse conversations in Assist that nobody asks about again."""
    kept: dict[str, int] = {}
    for number in range(pushes):
        turns._keep_newest(kept, f"conversation_{number}", number)
    return len(kept), turns.MOST_CONVERSATIONS


async def stage(pushes: int) -> Kept:
    """Let voices wait for a stage that is taken."""
    lock = stage_lock.StageLock()
    lock.try_enter("voice")
    waiting = [
        asyncio.ensure_future(lock.async_enter(f"voice_{number}", 60.0))
        for number in range(pushes)
    ]
    await asyncio.sleep(0.01)
    kept = len(lock._waiting)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return kept, stage_lock.MOST_WAITING


async def tape(pushes: int) -> Kept:
    """Record more than a check takes."""
    kept = porch_check._Tape()
    for number in range(pushes):
        kept.add(float(number), SECOND)
    return sum(len(frame) for _, frame in kept.frames), porch_check.LONGEST_TAPE


async def rehearsed_events(pushes: int) -> Kept:
    """Ask a rehearsal for answers and read none."""
    session = ServerSession(model="rehearsal", options=ServerOptions())
    socket = rehearsal_socket.RehearsalSocket(session, cast("Any", None))
    for _ in range(pushes):
        if socket._end is None:
            await socket.send_text(b'{"type": "nonsense"}')
    kept = socket._frames.qsize()
    await socket.close()
    return kept, rehearsal_socket._MOST_WAITING + 1


async def rehearsed_ears(pushes: int) -> Kept:
    """Speak to a rehearsal without a pause."""
    session = ServerSession(model="rehearsal", options=ServerOptions())
    session.open(0.0)
    session._update({"session": {"type": "realtime", "audio": {}}})
    for _ in range(pushes):
        session._input._buffer += VOICE * 25
        session._input._trim(detecting=False)
    slack = PCM_24K.bytes_of(2000)
    return len(session._input._buffer), PCM_24K.bytes_of(600_000) + slack


async def rehearsed_memory(pushes: int) -> Kept:
    """Say so much in a rehearsal that its sound is forgotten."""
    keep = int(rehearsal_socket._OPTIONS.keep_audio_s) * len(SECOND)
    items = Items("conv", keep)
    for number in range(pushes):
        part = Part("output_audio", audio=bytearray(SECOND))
        items.add(Item(f"item_{number}", "message", role="assistant", parts=[part]))
    return sum(len(part.audio) for item in items for part in item.parts), keep


def _config() -> SessionConfig:
    """Return a session's configuration."""
    return SessionConfig("You are a pumpkin.", "echo", "gpt-transcribe")


def _session() -> RealtimeSession:
    """Return a session that is not open."""
    nobody = cast("Any", None)
    return RealtimeSession(
        _config(), Behaviour(), connect=nobody, speaker=nobody, observer=nobody
    )


def _client() -> Any:
    """Return what the address is asked of."""

    class Client:
        """An account at a server without TLS."""

        class base_url:  # noqa: N801 - named as the library names it
            """Its address."""

            scheme = "http"

    return Client()


FILLS: Final[Mapping[str, tuple[Fill, int]]] = {
    "microphone": (link_filling.frames, 1000),
    "browser microphone": (link_filling.browser_frames, 1000),
    "satellite's event": (link_filling.satellite_event, 100),
    "waiting for a session": (waiting_for_a_session, 2000),
    "outgoing sound": (outgoing_sound, 1000),
    "outgoing events": (outgoing_events, 1500),
    "incoming frames": (incoming_frames, 1),
    "messages": (messages, 50),
    "answers": (answers, 700),
    "sound effects": (effects, 20),
    "satellite's speaker": (link_filling.satellite_speech, 400),
    "browser's speaker": (link_filling.browser_speech, 400),
    "media player's speaker": (link_filling.player_speech, 400),
    "fetches": (link_filling.fetches, 40),
    "orders": (link_filling.orders, 20),
    "turn's sound": (turn_sound, 700),
    "turn's words": (turn_words, 300),
    "turn's calls": (turn_calls, 100),
    "calls": (tool_calls, 100),
    "history": (said, 300),
    "turns": (refused_turns, 10),
    "stage": (stage, 10),
    "tape": (tape, 200),
    "rehearsal's events": (rehearsed_events, 5000),
    "rehearsal's ears": (rehearsed_ears, 700),
    "rehearsal's memory": (rehearsed_memory, 100),
}
"""How each is filled, and how many pieces are more than it takes."""
