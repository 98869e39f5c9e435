"""The voice assistant of the firmware: what it does on what it is told."""

import asyncio
from collections.abc import Callable
from enum import StrEnum

from .frames import Message, pb
from .mischief import Mischief
from .record import Record, Run

RATE = 16000
CHUNK = 1024
"""32 ms of the microphone: what goes out in one message, in bytes."""

_RING = 512 * RATE // 1000 * 2
_WATCHDOG_S = 2.0
"""How long an announcement may take to begin before it counts as over."""

type Send = Callable[[Message], None]


class Phase(StrEnum):
    """What the assistant is doing, in the firmware's words."""

    IDLE = "idle"
    STARTING_PIPELINE = "starting_pipeline"
    STREAMING_MICROPHONE = "streaming_microphone"
    AWAITING_RESPONSE = "awaiting_response"
    STREAMING_RESPONSE = "streaming_response"


_LISTENS = frozenset({Phase.STARTING_PIPELINE, Phase.STREAMING_MICROPHONE})


class Assistant:
    """The firmware's state machine; it knows the player only by two calls."""

    def __init__(
        self,
        send: Send,
        announce: Callable[[str, bool], None],
        silence: Callable[[], None],
        record: Record,
        mischief: Mischief,
        pace: float,
    ) -> None:
        """Be idle. `announce` plays an address, at once or after what plays."""
        self.phase = Phase.IDLE
        self._send = send
        self._announce = announce
        self._silence = silence
        self._record = record
        self._mischief = mischief
        self._pace = pace
        self._ring = bytearray()
        self._open_runs = 0
        self._listens_next = False
        self._response = ""
        self._response_url = ""
        self._timers: set[asyncio.TimerHandle] = set()
        self._watchdog: asyncio.TimerHandle | None = None

    # What a person does.

    def start(self, wake_word: str = "") -> None:
        """Hear the wake word or the button while idle: ask for a run."""
        if self._mischief.muted or self.phase is not Phase.IDLE:
            return
        self._ring.clear()
        self._record.runs.append(Run(self._record.clock(), wake_word))
        self._open_runs += 1
        self._become(Phase.STARTING_PIPELINE)
        settings = pb.VoiceAssistantAudioSettings(volume_multiplier=1.0)
        self._send(
            pb.VoiceAssistantRequest(
                start=True, audio_settings=settings, wake_word_phrase=wake_word
            )
        )

    def stop(self) -> None:
        """Hear the stop word, the button or the wake word while busy."""
        self._listens_next = False
        match self.phase:
            case Phase.STARTING_PIPELINE | Phase.STREAMING_MICROPHONE:
                self._signal_stop()
                self._become(Phase.IDLE)
            case Phase.AWAITING_RESPONSE:
                self._signal_stop()
            case Phase.STREAMING_RESPONSE:
                self._silence()

    def hear(self, pcm: bytes) -> None:
        """Take what the microphone heard: PCM s16le mono 16 kHz."""
        if self.phase not in _LISTENS or self._mischief.stalled:
            return
        self._ring += pcm
        del self._ring[: max(len(self._ring) - _RING, 0)]
        if self.phase is Phase.STREAMING_MICROPHONE:
            self._stream()

    def lose_client(self) -> None:
        """Notice that Home Assistant has gone."""
        self._open_runs = 0
        self._listens_next = False
        self._cancel_timers()
        self._become(Phase.IDLE)

    # What Home Assistant says.

    def answered(self, error: bool) -> None:
        """Hear that a run may begin, or not."""
        if self.phase is not Phase.STARTING_PIPELINE:
            self._signal_stop()
        elif error:
            self._become(Phase.IDLE)
        else:
            self._record.runs[-1].answered_at = self._record.clock()
            self._become(Phase.STREAMING_MICROPHONE)
            self._stream()

    def asked_to_announce(self, request: Message) -> None:
        """Play what is announced behind what is announced already."""
        if self.phase in _LISTENS:
            self._record.complain("an announcement while the microphone is open")
        self._response = "sent"
        if request.preannounce_media_id:
            self._announce(request.preannounce_media_id, False)
        self._listens_next = request.start_conversation
        self._become(Phase.STREAMING_RESPONSE)
        self._watch()
        self._announce(request.media_id, True)

    def told(self, kind: int, data: dict[str, str]) -> None:
        """Hear an event of a run."""
        name = str(pb.VoiceAssistantEvent.Name(kind)).removeprefix("VOICE_ASSISTANT_")
        if self._open_runs == 0:
            self._record.complain(f"{name} without a run")
            return
        run = self._record.runs[-1]
        run.events.append(name)
        match name:
            case "RUN_START":
                self._response_url = data.get("url", "")
            case "STT_VAD_END":
                self._become(Phase.AWAITING_RESPONSE)
            case "STT_END":
                run.stt_ended_at = self._record.clock()
                run.bytes_sent_before_end = run.bytes_sent
            case "INTENT_PROGRESS" | "INTENT_END" | "TTS_END":
                self._answer(name, data)
            case "ERROR":
                self._fail()
            case "RUN_END":
                self._end_run(run)

    def announcing(self, playing: bool) -> None:
        """Hear from the player that an announcement began, or that all are over."""
        if playing and self._response == "sent":
            self._response = "playing"
            self._cancel_watchdog()
        elif not playing and self._response == "playing":
            self._response = "finished"
            if self.phase is Phase.STREAMING_RESPONSE:
                self._finish()

    # What follows.

    def _answer(self, name: str, data: dict[str, str]) -> None:
        """Play the pipeline's spoken answer, or learn whether to listen on."""
        url = ""
        if name == "INTENT_END":
            self._listens_next = data.get("continue_conversation") == "1"
        elif name == "TTS_END":
            url = data.get("url", "")
        elif data.get("tts_start_streaming") == "1":
            url, self._response_url = self._response_url, ""
        if url and self.phase is not Phase.STREAMING_RESPONSE:
            self._response = "sent"
            self._become(Phase.STREAMING_RESPONSE)
            self._watch()
            self._announce(url, False)

    def _fail(self) -> None:
        """Hear of an error: signal a stop, light the red light."""
        if self.phase is not Phase.IDLE:
            self._signal_stop()
            self._become(Phase.IDLE)

    def _end_run(self, run: Run) -> None:
        """Close the microphone, where it is still open."""
        self._open_runs -= 1
        run.ended_at = self._record.clock()
        if run.stt_ended_at is None:
            run.bytes_sent_before_end = run.bytes_sent
        if self.phase in _LISTENS or self.phase is Phase.AWAITING_RESPONSE:
            self._become(Phase.IDLE)

    def _finish(self) -> None:
        """Say that an announcement is over, and listen where that was asked for."""
        if self._mischief.never_finish:
            self._become(Phase.IDLE)
        elif late_s := self._mischief.finish_late_s:
            self._later(late_s, self._finish_now)
        else:
            self._finish_now()

    def _finish_now(self) -> None:
        """Say that it is over, now."""
        self.say_finished()
        listens, self._listens_next = self._listens_next, False
        self._become(Phase.IDLE)
        if listens and not self._mischief.deaf:
            self.start()

    def say_finished(self) -> None:
        """Say that an announcement is over, whether there was one or not."""
        self._send(pb.VoiceAssistantAnnounceFinished(success=True))

    def end_audio(self) -> None:
        """Say that no more sound will come; not what the firmware does by itself."""
        self._mischief.stalled = True
        self._send(pb.VoiceAssistantAudio(end=True))

    def _stream(self) -> None:
        """Send whole chunks of what was heard."""
        while len(self._ring) >= CHUNK:
            chunk = bytes(self._ring[:CHUNK])
            del self._ring[:CHUNK]
            run = self._record.runs[-1]
            run.first_audio_at = run.first_audio_at or self._record.clock()
            run.bytes_sent += len(chunk)
            self._record.keep(chunk)
            self._send(pb.VoiceAssistantAudio(data=chunk))

    def _signal_stop(self) -> None:
        """Tell Home Assistant to drop the run."""
        self._send(pb.VoiceAssistantRequest(start=False))

    def _become(self, phase: Phase) -> None:
        """Be in another phase."""
        if phase is not self.phase:
            self.phase = phase
            self._record.note("phase", phase=phase.value)
        if phase is not Phase.STREAMING_RESPONSE:
            self._cancel_watchdog()
        if phase is Phase.IDLE:
            self._mischief.stalled = False

    def _watch(self) -> None:
        """Count an announcement that does not begin as over."""
        self._cancel_watchdog()
        loop = asyncio.get_running_loop()
        self._watchdog = loop.call_later(_WATCHDOG_S / self._pace, self._finish)

    def _cancel_watchdog(self) -> None:
        """Watch no more."""
        if self._watchdog:
            self._watchdog.cancel()
            self._watchdog = None

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something later, unless the client goes first."""
        self._timers.add(asyncio.get_running_loop().call_later(seconds, call))

    def _cancel_timers(self) -> None:
        """Forget what was to happen later."""
        self._cancel_watchdog()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
