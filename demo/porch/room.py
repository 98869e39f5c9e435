"""Run the porch's sound card as a process: `python -m demo.porch.room`.

Programs connect to an abstract Unix socket and say in one line who they are:
`microphone` and `speaker` (see `device.py`), or `visitor`, who sends `{"say":
FILE}` or `{"echo": {"db": …, "delay_ms": …}}` and is told every 10 ms how loud it is.
What visitor and speaker do in the first half hour is recorded, without the echo in
the microphone.
"""

import argparse
import contextlib
from dataclasses import dataclass, field
from io import FileIO
import json
from pathlib import Path
import selectors
import signal
import socket
import time
from typing import Any

from .soundcard import PERIOD_MS, Echo, Period, SoundCard

_SOCKET_BUFFER = 4096
_HEADER_LIMIT = 64
_RECORDED_MS = 30 * 60 * 1000
"""A house that is kept until tomorrow does not fill the disk tonight."""

_COMMAND_LIMIT = 65536


@dataclass(slots=True)
class _Guest:
    """A program that is connected."""

    connection: socket.socket
    role: str = ""
    unread: bytearray = field(default_factory=bytearray)
    ended: bool = False

    @property
    def key(self) -> int:
        """Return the number by which the sound card knows its stream."""
        return self.connection.fileno()


class Room:
    """Give the sound card its clock and its programs."""

    def __init__(self, card: SoundCard, address: str, directory: Path) -> None:
        """Listen at the address; record into the directory."""
        self._card = card
        self._selector = selectors.DefaultSelector()
        self._guests: dict[int, _Guest] = {}
        self._directory = directory
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER)
        self._server.bind("\0" + address)
        self._server.listen()
        self._server.setblocking(False)
        self._selector.register(self._server, selectors.EVENT_READ)
        self._latest = 0.0

    def run(self) -> None:
        """Let time pass until the process is told to end."""
        with (
            (self._directory / "microphone.pcm").open("wb", buffering=0) as microphone,
            (self._directory / "speaker.pcm").open("wb", buffering=0) as speaker,
        ):
            started = self._start_clock()
            periods = 0
            while True:
                due = started + periods * PERIOD_MS / 1000
                # What arrives now is heard from the next period on, never before.
                while (late := time.monotonic() - due) >= 0:
                    self._latest = max(self._latest, late)
                    self._pass(self._card.period(), microphone, speaker)
                    periods += 1
                    due = started + periods * PERIOD_MS / 1000
                self._attend(due - time.monotonic())

    def _start_clock(self) -> float:
        """Note the wall-clock time of sample 0 and return the monotonic one."""
        facts = {
            "started_at": time.time(),
            "microphone_rate": self._card.microphone_rate,
            "speaker_rate": self._card.speaker_rate,
        }
        started = time.monotonic()
        (self._directory / "room.json").write_text(json.dumps(facts), encoding="utf-8")
        return started

    def _pass(self, period: Period, microphone: FileIO, speaker: FileIO) -> None:
        """Record a period and tell it to everybody."""
        if period.start_ms < _RECORDED_MS:
            microphone.write(period.visitor)
            speaker.write(period.speaker)
        for guest in list(self._guests.values()):
            match guest.role:
                case "microphone":
                    self._send(guest, period.microphone)
                case "visitor":
                    self._tell(guest, period)
        for key in period.drained:
            self._leave(self._guests[key])

    def _tell(self, guest: _Guest, period: Period) -> None:
        """Tell a visitor what can be heard."""
        level = {
            "ms": period.start_ms,
            "speaker": period.speaker_peak,
            "line_ended": period.line_ended,
            "latest_ms": round(self._latest * 1000, 1),
        }
        self._send(guest, json.dumps(level).encode() + b"\n")

    def _send(self, guest: _Guest, data: bytes) -> None:
        """Send without waiting; who does not listen misses it, as in life."""
        try:
            guest.connection.send(data)
        except BlockingIOError:
            pass
        except OSError:
            self._leave(guest)

    def _attend(self, timeout: float) -> None:
        """Let programs in and take what they say until the next period is due."""
        self._watch_streams()
        for key, _ in self._selector.select(max(timeout, 0)):
            if key.fileobj is self._server:
                self._welcome()
            elif key.fd in self._guests:
                self._hear(self._guests[key.fd])

    def _watch_streams(self) -> None:
        """Listen to a speaker only where the card has room for more."""
        for guest in self._guests.values():
            if guest.role != "speaker":
                continue
            watched = guest.key in self._selector.get_map()
            wanted = not guest.ended and self._card.free(guest.key) > 0
            if wanted and not watched:
                self._selector.register(guest.connection, selectors.EVENT_READ)
            elif watched and not wanted:
                self._selector.unregister(guest.connection)

    def _welcome(self) -> None:
        """Let a program in."""
        connection, _ = self._server.accept()
        connection.setblocking(False)
        self._guests[connection.fileno()] = _Guest(connection)
        self._selector.register(connection, selectors.EVENT_READ)

    def _hear(self, guest: _Guest) -> None:
        """Take what a program says."""
        limit = self._limit(guest)
        try:
            data = guest.connection.recv(limit)
        except OSError:
            data = b""
        if data:
            guest.unread += data
            self._understand(guest)
        elif guest.role == "speaker":
            guest.ended = True
            self._card.end(guest.key)
        else:
            self._leave(guest)

    def _limit(self, guest: _Guest) -> int:
        """Return how many bytes a program may say now."""
        match guest.role:
            case "speaker":
                return self._card.free(guest.key)
            case "visitor":
                return _COMMAND_LIMIT
        # One byte at a time: what follows the line belongs to the card's buffer.
        return 1

    def _understand(self, guest: _Guest) -> None:
        """Act on what a program has said so far."""
        match guest.role:
            case "speaker":
                self._card.write(guest.key, bytes(guest.unread))
                guest.unread.clear()
            case "visitor":
                *lines, rest = bytes(guest.unread).split(b"\n")
                guest.unread = bytearray(rest)
                for line in lines:
                    self._obey(json.loads(line))
            case "" if guest.unread.endswith(b"\n"):
                guest.role = guest.unread.decode().strip()
                guest.unread.clear()
                if guest.role == "speaker":
                    self._card.open(guest.key)
            case "" if len(guest.unread) > _HEADER_LIMIT:
                self._leave(guest)

    def _obey(self, wish: dict[str, Any]) -> None:
        """Do what a visitor wants."""
        match wish:
            case {"say": file}:
                self._card.say(Path(file).read_bytes())
            case {"echo": echo}:
                self._card.let_echo(Echo(**echo) if echo else None)

    def _leave(self, guest: _Guest) -> None:
        """Let a program go."""
        key = guest.key
        if key in self._selector.get_map():
            self._selector.unregister(guest.connection)
        self._guests.pop(key, None)
        guest.connection.close()


def main() -> None:
    """Run the sound card until the process is told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--microphone-rate", type=int, default=16000)
    parser.add_argument("--speaker-rate", type=int, required=True)
    parser.add_argument("--echo-db", type=float)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    echo = None if options.echo_db is None else Echo(options.echo_db)
    card = SoundCard(
        microphone_rate=options.microphone_rate,
        speaker_rate=options.speaker_rate,
        echo=echo,
    )
    with contextlib.suppress(KeyboardInterrupt):
        Room(card, options.address, options.directory).run()


if __name__ == "__main__":
    main()
