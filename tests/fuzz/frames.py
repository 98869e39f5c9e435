"""Frames of the service's websocket: read into declared types, whatever they hold."""

import json
from typing import Any

import orjson

from custom_components.realtime_pumpkin.realtime.connection import RealtimeConnection
from custom_components.realtime_pumpkin.realtime.events import AudioDelta
from custom_components.realtime_pumpkin.realtime.wire import read_event

from .dice import Dice
from .ladders import kinds
from .odd import mutated, odd
from .typed import assert_typed

KEY = "tweety0bird0in0a0coal0mine"


class Frames:
    """A socket that has frames and then nothing more."""

    def __init__(self, *frames: bytes) -> None:
        """Hold these frames."""
        self._frames = list(frames)

    async def recv_bytes(self) -> bytes:
        """Return the next frame; raise `IndexError` after the last."""
        return self._frames.pop(0)

    async def send_text(self, data: bytes) -> None:
        """Take a frame."""

    def send_now(self, data: bytes) -> bool:
        """Take a frame."""
        return True

    async def close(self) -> None:
        """Close."""


def received(*frames: bytes) -> list[dict[str, Any]]:
    """Return what our connection reads from frames."""
    connection = RealtimeConnection(Frames(*frames), KEY)
    read = []
    for _ in frames:
        try:
            connection.recv().send(None)  # Nothing in it waits: no loop is needed.
        except StopIteration as done:
            read.append(done.value)
        except IndexError:
            break
    return read


def encode(message: Any) -> bytes:
    """Return a frame as a server may write it, with what JSON does not know."""
    text = json.dumps(message, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def frame(dice: Dice) -> bytes:
    """Return a frame: an event with something wrong, or bytes of any kind."""
    match dice.number(8):
        case 0 | 1 | 2 | 3:
            return encode(mutated(dice, dice.pick(kinds())))
        case 4:
            data = bytearray(encode(dice.pick(kinds())))
            data[dice.number(len(data))] ^= 1 << dice.number(8)
            return bytes(data)
        case 5:
            data = bytearray(encode(dice.pick(kinds())))
            return bytes(data[: dice.number(len(data))])
        case 6:
            return encode(odd(dice))
        case _:
            return dice.rest()


def fuzz_frames(data: bytes) -> None:
    """Read one frame; raise where an exception or a wrong type comes of it."""
    for message in received(frame(Dice(data))):
        event = read_event(message)
        if event is None:
            continue
        assert_typed(event)
        orjson.dumps(event, default=len)  # Of all but sound, JSON can be made.
        if isinstance(event, AudioDelta):
            assert event.pcm
            assert len(event.pcm) % 2 == 0
