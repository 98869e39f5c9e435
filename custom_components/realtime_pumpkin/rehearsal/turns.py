"""The input audio buffer and who decides when a turn ends."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from .config import SessionConfig
from .errors import buffer_too_small, invalid_value
from .items import Conversation, Item, Part
from .line import Line, Timer
from .outputs import JsonObject
from .schema import read_base64
from .sound import BYTES_PER_MS, RATE, Decoder
from .vad import Probabilities

_SAMPLES_PER_MS = RATE // 1000
_ONSET_MS = 60
"""A voice this long is speech and not a click."""
_HYSTERESIS = 0.15
"""Speech may get this much less certain before it counts as a pause."""
_KEPT_SILENT_MS = 5_000
"""Audio before speech that is kept while turns are detected."""
_KEPT_MANUAL_MS = 600_000
_MOST_APPEND = 15 * 1024 * 1024
"""Letters of base64 in one event."""
_EAGERNESS_MS = {"high": 2000, "medium": 4000, "auto": 4000, "low": 8000}
_WHOLE_THOUGHT_PAUSE_MS = 600
_WHOLE_THOUGHT_MS = 600


@dataclass(slots=True)
class _Speech:
    """Speech in progress; places are samples since the session began."""

    item_id: str
    start: int
    voiced: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class TurnListener:
    """Who is told about turns."""

    started: Callable[[], None]
    """Speech began."""
    committed: Callable[[Item], None]
    """A user's audio became an item."""
    ended: Callable[[bool], None]
    """Turn detection finished a turn; True when nobody spoke (idle timeout)."""


class InputAudio:
    """Buffer what the client appends and cut it into user items."""

    def __init__(
        self,
        line: Line,
        config: SessionConfig,
        conversation: Conversation,
        listener: TurnListener,
    ) -> None:
        """Start with an empty buffer."""
        self._line = line
        self._config = config
        self._conversation = conversation
        self._listener = listener
        self._detector = line.options.detector()
        self._decoder = Decoder(config.listening["format"])
        self._buffer = bytearray()
        self._buffer_start = 0
        self._judged = 0
        self._onset = 0
        self._speech: _Speech | None = None
        self._idle: Timer | None = None
        self._idle_since_ms = 0

    @property
    def _written(self) -> int:
        """Return the samples written since the session began."""
        return self._buffer_start + len(self._buffer) // 2

    def reconfigure(self, before: JsonObject) -> None:
        """Follow a `session.update`; `before` is `audio.input` as it was."""
        now = self._config.listening
        if now["format"] != before["format"]:
            self._decoder = Decoder(now["format"])
        if (now["turn_detection"] is None) != (before["turn_detection"] is None):
            self._forget_speech()
        self.stop_idle()

    def append(self, encoded: str) -> None:
        """Take base64 audio; raises `ApiError` when it is too much or no base64."""
        if len(encoded) > _MOST_APPEND:
            raise invalid_value("audio", "Invalid 'audio': more than 15 MiB of audio.")
        pcm = self._decoder.decode(read_base64(encoded, "audio", of="audio"))
        self._buffer += pcm
        detection = self._config.turn_detection
        if detection is not None:
            self._listen(np.frombuffer(pcm, np.int16), detection)
        else:
            self._judged = self._written
        self._trim(detection is not None)

    def commit(self) -> None:
        """Make a user item of the buffer; raises `ApiError` under 100 ms."""
        length = len(self._buffer) / BYTES_PER_MS
        if length < 100:
            raise buffer_too_small(length)
        item_id = self._speech.item_id if self._speech else self._line.ids.make("item")
        self._commit(item_id, self._buffer_start, self._written)
        self._forget_speech()

    def clear(self) -> None:
        """Drop the buffer."""
        self._drop_until(self._written)
        self._forget_speech()
        self._line.send("input_audio_buffer.cleared")

    def watch_silence(self, playing_ms: int) -> None:
        """Start the idle timeout, counted from the end of a playback."""
        self.stop_idle()
        timeout = (self._config.turn_detection or {}).get("idle_timeout_ms")
        if timeout is not None and self._speech is None:
            self._idle_since_ms = self._written // _SAMPLES_PER_MS
            self._idle = self._line.later((timeout + playing_ms) / 1000, self._time_out)

    def stop_idle(self) -> None:
        """Stop waiting for silence."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _time_out(self) -> None:
        """Commit an empty turn, because nobody spoke."""
        self._idle = None
        item_id = self._line.ids.make("item")
        self._line.send(
            "input_audio_buffer.timeout_triggered",
            audio_start_ms=self._idle_since_ms,
            audio_end_ms=self._written // _SAMPLES_PER_MS,
            item_id=item_id,
        )
        self._commit(item_id, self._written, self._written)
        self._listener.ended(True)

    def _listen(self, samples: np.ndarray[Any, Any], detection: JsonObject) -> None:
        """Run turn detection over new audio."""
        judged = self._detector.judge(samples)
        if self._is_quiet(judged, detection):
            self._judged += judged.size * self._detector.frame
            self._onset = 0
            return
        for probability in judged.tolist():
            self._judged += self._detector.frame
            if self._speech is None:
                self._wait_for_speech(probability, detection)
            else:
                self._wait_for_pause(self._speech, probability, detection)

    def _is_quiet(self, judged: Probabilities, detection: JsonObject) -> bool:
        """Tell whether nothing in this audio can begin or continue speech."""
        if self._speech is not None:
            return False
        return not judged.size or float(judged.max()) < detection.get("threshold", 0.5)

    def _wait_for_speech(self, probability: float, detection: JsonObject) -> None:
        """Look at one frame while nobody speaks."""
        if probability < detection.get("threshold", 0.5):
            self._onset = 0
            return
        self._onset += self._detector.frame
        if self._onset < _ONSET_MS * _SAMPLES_PER_MS:
            return
        prefix = detection.get("prefix_padding_ms", 300) * _SAMPLES_PER_MS
        start = max(self._judged - self._onset - prefix, self._buffer_start)
        self._speech = _Speech(self._line.ids.make("item"), start, self._onset)
        self._onset = 0
        self.stop_idle()
        self._line.send(
            "input_audio_buffer.speech_started",
            audio_start_ms=start // _SAMPLES_PER_MS,
            item_id=self._speech.item_id,
        )
        self._listener.started()

    def _wait_for_pause(
        self, speech: _Speech, probability: float, detection: JsonObject
    ) -> None:
        """Look at one frame while somebody speaks."""
        if probability >= detection.get("threshold", 0.5) - _HYSTERESIS:
            speech.voiced += self._detector.frame
            speech.silent = 0
            return
        speech.silent += self._detector.frame
        if speech.silent < self._pause(speech, detection) * _SAMPLES_PER_MS:
            return
        self._speech = None
        self._line.send(
            "input_audio_buffer.speech_stopped",
            audio_end_ms=self._judged // _SAMPLES_PER_MS,
            item_id=speech.item_id,
        )
        self._commit(speech.item_id, speech.start, self._judged)
        self._listener.ended(False)

    def _pause(self, speech: _Speech, detection: JsonObject) -> int:
        """Return the silence (ms) that ends this turn."""
        if detection["type"] == "server_vad":
            return int(detection["silence_duration_ms"])
        longest = _EAGERNESS_MS[detection["eagerness"]]
        if speech.silent < _WHOLE_THOUGHT_PAUSE_MS * _SAMPLES_PER_MS:
            return longest
        return _WHOLE_THOUGHT_PAUSE_MS if self._is_whole_thought(speech) else longest

    def _is_whole_thought(self, speech: _Speech) -> bool:
        """Guess whether the user said all, as semantic turn detection would."""
        if self._line.options.finished is not None:
            return self._line.options.finished(self._cut(speech.start, self._judged))
        return speech.voiced >= _WHOLE_THOUGHT_MS * _SAMPLES_PER_MS

    def _cut(self, start: int, end: int) -> bytes:
        """Return the buffered audio between two places."""
        base = self._buffer_start
        return bytes(self._buffer[max(start - base, 0) * 2 : max(end - base, 0) * 2])

    def _commit(self, item_id: str, start: int, end: int) -> None:
        """Turn a stretch of the buffer into a user item."""
        part = Part("input_audio")
        part.grow(self._cut(start, end))
        item = Item(item_id, "message", role="user", parts=[part])
        self._drop_until(end)
        previous = self._conversation.add(item)
        self._line.send(
            "input_audio_buffer.committed", previous_item_id=previous, item_id=item_id
        )
        self._line.send_item_added(item, previous)
        if self._line.options.vary and self._line.ids.flip():
            # Nothing says that it comes before `response.created`.
            self._line.later(0, partial(self._line.send_item_done, item, previous))
        else:
            self._line.send_item_done(item, previous)
        self._listener.committed(item)

    def _forget_speech(self) -> None:
        """Give up speech in progress."""
        self._speech = None
        self._onset = 0
        self._detector.reset()
        self._judged = self._written

    def _drop_until(self, place: int) -> None:
        """Forget the buffer up to a place."""
        del self._buffer[: (place - self._buffer_start) * 2]
        self._buffer_start = place

    def _trim(self, detecting: bool) -> None:
        """Keep the buffer bounded."""
        kept = (
            _KEPT_SILENT_MS if detecting and self._speech is None else _KEPT_MANUAL_MS
        )
        excess = self._written - self._buffer_start - kept * _SAMPLES_PER_MS
        # In steps, since every cut copies what is left.
        if excess > _KEPT_SILENT_MS * _SAMPLES_PER_MS // 4:
            self._drop_until(self._buffer_start + excess)
