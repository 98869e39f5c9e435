"""What keeps each queue from growing for as long as nobody takes anything out of it."""

from collections.abc import Mapping
from typing import Any, Final

from tests.mutants.mutant import Guard
from tests.mutants.stand_ins import nothing

MANY: Final = 10**12
BOUNDS: Final[Mapping[str, tuple[str, Any]]] = {
    "microphone": ("links.frames:_QUEUE_BYTES", MANY),
    "browser microphone": ("links.frames:_QUEUE_BYTES", MANY),
    "satellite's event": ("links.wyoming_wire:_LONGEST_PART", MANY),
    "waiting for a session": ("realtime.microphone:BUFFERED_BYTES", MANY),
    "outgoing sound": ("realtime.outbox:LONGEST_AUDIO_BACKLOG", MANY),
    "outgoing events": ("realtime.outbox:LONGEST_BACKLOG", MANY),
    "incoming frames": ("realtime.connection:MOST_FRAMES", None),
    "messages": ("realtime.conversation:BUFFERED_MESSAGES", MANY),
    "answers": ("realtime.playback:LONGEST_HELD", MANY),
    "sound effects": ("realtime.playback:MOST_SOUNDS", MANY),
    "satellite's speaker": ("links.room:_MOST_BYTES", MANY),
    "browser's speaker": ("links.room:_MOST_BYTES", MANY),
    "media player's speaker": ("links.room:_MOST_BYTES", MANY),
    "fetches": ("links.stream:MOST_FETCHES", MANY),
    "orders": ("links.deck:MOST_ORDERS", MANY),
    "turn's sound": ("realtime.turn:LONGEST_SOUND", MANY),
    "turn's words": ("realtime.turn:LONGEST_TEXT", MANY),
    "turn's calls": ("realtime.turn:MOST_CALLS", MANY),
    "calls": ("realtime.calls:MOST_OPEN_CALLS", MANY),
    "history": ("realtime.history:LONGEST_HISTORY", MANY),
    "turns": ("turns.turns:MOST_CONVERSATIONS", MANY),
    "stage": ("theatre.stage_lock:MOST_WAITING", MANY),
    "tape": ("porch_check:LONGEST_TAPE", MANY),
    "rehearsal's events": ("rehearsal_socket:_MOST_WAITING", MANY),
    "rehearsal's ears": ("rehearsal.turns:InputAudio._trim", nothing),
    "rehearsal's memory": ("rehearsal.items:Conversation._forget_old_audio", nothing),
}
"""The bound of each queue of `tests/backpressure`, and what is none."""

QUEUES: Final = tuple(
    Guard(
        f"a queue is bounded: {queue}",
        target,
        instead,
        (
            f"tests/backpressure/test_queues.py::test_a_queue_keeps_to_its_bound[{queue}]",
        ),
    )
    for queue, (target, instead) in BOUNDS.items()
)
