"""Tell the talk while it goes on: who says what, when, after which silence."""

from collections import deque

from .measure.events import HouseEvent
from .porch.ears import Ears
from .terminal import Terminal
from .visit import Line

_NOTES = {
    "conversation_started": "The pumpkin wakes up.",
    "conversation_ended": "The conversation is over.",
    "paused": "The pumpkin pauses: it heard something.",
    "interrupted": "The pumpkin lets itself be interrupted.",
    "resumed": "It was nothing: the pumpkin goes on.",
}


class Narrator:
    """Join what is heard at the door with the words that Home Assistant tells."""

    def __init__(self, terminal: Terminal, ears: Ears, visitor: str) -> None:
        """Count seconds from the doorbell, which rings now."""
        self._terminal = terminal
        self._ears = ears
        self._visitor = visitor
        self.zero_ms = ears.heard.now_ms
        self._before_ms = self.zero_ms
        self._words: deque[str] = deque()
        self._sounds: deque[int] = deque()
        self._speaking_ms = self.zero_ms

    async def follow(self) -> None:
        """Tell the pumpkin's sounds until cancelled."""
        after = self.zero_ms
        while True:
            started = await self._ears.wait_for_sound(after)
            self.heard_sound(started)
            await self._ears.wait_for_quiet(700)
            after = self._ears.heard.last_sound_ms

    def heard_sound(self, started_ms: int) -> None:
        """Hear that the pumpkin has begun to sound."""
        self._sounds.append(started_ms)
        self._tell_pumpkin()

    def visitor_says(self, line: Line, quiet_ms: int) -> None:
        """Tell a line of the visitor, who starts to speak now."""
        self._flush()
        after = f"after {quiet_ms} ms of silence"
        self._terminal.said(
            self._at(self._ears.heard.now_ms),
            self._visitor,
            line.text,
            "into the pumpkin's words" if line.interrupts else after,
            "visitor",
        )

    def visitor_said(self, ended_ms: int) -> None:
        """Hear that the visitor's line has ended."""
        self._before_ms = ended_ms
        self._sounds.clear()

    def take(self, event: HouseEvent) -> None:
        """Tell what Home Assistant says that happened."""
        match event.name:
            case "assistant_transcript" if event.text:
                self._words.append(event.text)
                self._tell_pumpkin()
            case "user_transcript":
                self._note(f"The pumpkin heard: “{event.text}”")
            case "tool_called":
                self._note(f"It calls {event.data.get('name')}.")
            case "error":
                self._note(f"Error: {event.data.get('message')}", "bad")
            case "conversation_ended":
                self._flush()
                self._note(_NOTES["conversation_ended"])
            case str(name) if name in _NOTES:
                self._note(_NOTES[name])

    def _tell_pumpkin(self) -> None:
        """Tell words as soon as they are heard."""
        while self._words and self._sounds:
            started = self._sounds[0]
            pause = started - self._before_ms
            after = "" if started == self._speaking_ms else f"after {pause} ms"
            self._speaking_ms = started
            words = self._words.popleft()
            self._terminal.said(self._at(started), "Pumpkin", words, after, "pumpkin")

    def _flush(self) -> None:
        """Tell words that came with no sound of their own."""
        while self._words:
            words = self._words.popleft()
            at = self._at(self._ears.heard.now_ms)
            self._terminal.said(at, "Pumpkin", words, "", "pumpkin")

    def _note(self, text: str, style: str = "faint") -> None:
        """Tell something that is not said."""
        self._terminal.said(self._at(self._ears.heard.now_ms), "", text, "", style)

    def _at(self, ms: int) -> float:
        """Return a time in seconds since the doorbell."""
        return (ms - self.zero_ms) / 1000
