"""A browser's tab as a test moves it: it plays what it is told to have played."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from typing import Any

from custom_components.realtime_pumpkin.links.browser import (
    KIND_REPORT,
    KIND_SOUND,
    BrowserPort,
    BrowserTab,
)


@dataclass
class Tab:
    """One tab at a port, with all that it was sent."""

    port: BrowserPort
    client_id: str = "tab"
    owner: str = "Ada"
    messages: list[dict[str, Any]] = field(default_factory=list)
    sound: dict[int, bytearray] = field(default_factory=dict)
    this: BrowserTab | None = None

    def attach(self, *, take_over: bool = False, **position: int) -> None:
        """Come, or come back with what was received so far."""
        self.this = BrowserTab(self.client_id, self.owner, True, self._take, **position)
        self.port.attach(self.this, take_over=take_over)

    def detach(self, *, for_good: bool) -> None:
        """Be closed, or lose the connection."""
        assert self.this
        self.port.detach(self.this, for_good=for_good)

    def hear(self, pcm: bytes) -> None:
        """Send what the microphone heard."""
        self.send(KIND_SOUND, pcm)

    def report(self, **report: Any) -> None:
        """Send a report."""
        self.send(KIND_REPORT, json.dumps(report).encode())

    def play(self, number: int, played: float, **more: Any) -> None:
        """Report that so many ms of an utterance have left the buffer."""
        report = {"latency": 0, "playing": True, **more}
        self.report(type="speaker", n=number, played=played, **report)

    def send(self, kind: int, payload: bytes) -> None:
        """Send a binary message."""
        assert self.this
        self.port.receive(self.this, bytes((kind,)) + payload)

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of a kind."""
        return [message for message in self.messages if message["type"] == kind]

    def _take(self, message: Mapping[str, Any]) -> None:
        """Keep a message, and sound in its place."""
        self.messages.append(dict(message))
        if message["type"] == "audio":
            sound = self.sound.setdefault(message["n"], bytearray())
            pcm = b64decode(message["pcm"])
            sound[message["at"] : message["at"] + len(pcm)] = pcm


def port_and_tab() -> tuple[BrowserPort, Tab]:
    """Return a port with a tab at it."""
    port = BrowserPort("Pumpkin", lambda: None)
    tab = Tab(port)
    tab.attach()
    return port, tab
