"""Frames of ESPHome's native API in plain text: 0x00, length, type, protobuf."""

from collections.abc import Iterator
from typing import Any

from aioesphomeapi import api_pb2
from aioesphomeapi.core import MESSAGE_TYPE_TO_PROTO

type Message = Any
"""A protobuf message; its classes are made at run time and have no types."""

pb: Any = api_pb2

_NUMBERS = {kind: number for number, kind in MESSAGE_TYPE_TO_PROTO.items()}
_PREAMBLE = 0x00
_CONTINUES = 0x80
_LONGEST = 65535


class FrameError(Exception):
    """What came is no frame of the plain-text protocol."""


def encode(message: Message) -> bytes:
    """Return a message as a frame."""
    body: bytes = message.SerializeToString()
    header = _varint(len(body)) + _varint(_NUMBERS[type(message)])
    return bytes((_PREAMBLE,)) + header + body


class Decoder:
    """Read messages from bytes that come in any portions."""

    def __init__(self) -> None:
        """Start with nothing unread."""
        self._unread = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield every message that is complete now; raise `FrameError` on other bytes."""
        self._unread += data
        while (message := self._next()) is not None:
            yield message

    def _next(self) -> Message | None:
        """Take one message from what is unread, None where it is not complete."""
        if self._unread and self._unread[0] != _PREAMBLE:
            raise FrameError(f"A frame began with {self._unread[0]:#04x}")
        if (length := self._number(1)) is None or (
            kind := self._number(length[1])
        ) is None:
            return None
        size, (number, start) = length[0], kind
        if size > _LONGEST or number not in MESSAGE_TYPE_TO_PROTO:
            raise FrameError(f"There is no message {number} of {size} bytes")
        if len(self._unread) < start + size:
            return None
        message = MESSAGE_TYPE_TO_PROTO[number].FromString(
            bytes(self._unread[start : start + size])
        )
        del self._unread[: start + size]
        return message

    def _number(self, start: int) -> tuple[int, int] | None:
        """Return the number at a place and the place behind it."""
        value = shift = 0
        for place in range(start, len(self._unread)):
            byte = self._unread[place]
            value |= (byte & ~_CONTINUES) << shift
            if not byte & _CONTINUES:
                return value, place + 1
            shift += 7
        return None


def _varint(value: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first."""
    groups = bytearray()
    while value >= _CONTINUES:
        groups.append(value & ~_CONTINUES & 0xFF | _CONTINUES)
        value >>= 7
    groups.append(value)
    return bytes(groups)
