"""The local server with `--canned`, whose answers carry the time they were sent at.

It notes how long each frame of a microphone took to arrive, and prints the delays in ms
as one line of JSON for each line that it reads, forgetting them.
"""

import asyncio
from base64 import b64decode, b64encode
import json
import re
import sys
from typing import Any

from custom_components.realtime_pumpkin.rehearsal import CannedSession
from custom_components.realtime_pumpkin.rehearsal.outputs import Input, Output, SendText
from demo.realtime_server.brain import Doorkeeper
from demo.realtime_server.ears import Ears
from demo.realtime_server.server import RealtimeServer
from demo.realtime_server.settings import read_command_line, settings_from
from demo.realtime_server.voices import Voices

from .stamps import SIZE, now, read, stamped

_TURN_MS = 1000
"""After so much of a microphone there is an answer, of two seconds."""

_LETTERS = SIZE * 4 // 3
_DELTA = b'"delta":"'
_AUDIO = re.compile(rb'"audio":\s*"(.{%d})' % _LETTERS)


class StampedSession:
    """A canned session whose sound carries the time, both ways."""

    def __init__(self, delays_ms: list[float], **canned: Any) -> None:
        """Note how late frames arrive."""
        self._inner = CannedSession(**canned)
        self._delays_ms = delays_ms

    def close(self) -> None:
        """Be over."""
        self._inner.close()

    @property
    def next_wake(self) -> float | None:
        """Return when the session wants to be woken."""
        return self._inner.next_wake

    def open(self, at: float, *, unix_time: float | None = None) -> list[Output]:
        """Begin."""
        return self._inner.open(at, unix_time=unix_time)

    def feed(self, event: Input, at: float) -> list[Output]:
        """Take in a client event."""
        frame = event.encode() if isinstance(event, str) else event
        found = _AUDIO.search(frame) if isinstance(frame, bytes) else None
        sent = read(b64decode(found[1])) if found else None
        if sent is not None:
            self._delays_ms.append((now() - sent) / 1e6)
        return [_stamp(output) for output in self._inner.feed(event, at)]

    def wake(self, at: float) -> list[Output]:
        """Send the deltas that are due."""
        return [_stamp(output) for output in self._inner.wake(at)]


def _stamp(output: Output) -> Output:
    """Return a delta of sound with the time in its first samples."""
    match output:
        case SendText(frame) if b'"response.output_audio.delta"' in frame:
            start = frame.rindex(_DELTA) + len(_DELTA)
            time = b64encode(stamped(bytes(SIZE)))
            return SendText(frame[:start] + time + frame[start + len(time) :])
        case _:
            return output


async def main() -> None:
    """Serve until the standard input ends."""
    delays_ms: list[float] = []
    given = read_command_line(["--canned", "--port", "0", *sys.argv[1:]])
    ears = Ears("")
    server = RealtimeServer(
        settings_from(given),
        Doorkeeper,
        ears,
        Voices(),
        canned=lambda **canned: StampedSession(delays_ms, turn_ms=_TURN_MS, **canned),
    )
    loop = asyncio.get_running_loop()
    async with server.listening(given.host, given.port) as port:
        print(port, flush=True)
        while await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps(delays_ms), flush=True)
            delays_ms.clear()
