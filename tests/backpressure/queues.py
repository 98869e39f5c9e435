"""Every queue of the integration: where it is, its bound, and what happens when full.

The table in `docs/reliability.md` is made of this; `filling.py` fills each of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Policy(StrEnum):
    """What becomes of what comes when there is no room."""

    OLDEST = "the oldest makes way"
    NEWEST = "the new is not taken"
    CLOSE = "the other side is hung up on"


@dataclass(frozen=True, slots=True)
class Queue:
    """Something that waits for somebody who may never come."""

    what: str
    bound: str
    policy: Policy
    places: tuple[str, ...] = ()
    """`module.py: Class.attribute`; none: a library's, under our setting, or another one's."""


QUEUES: Final = {
    "microphone": Queue(
        "Frames of a microphone that nobody takes yet",
        "5 s",
        Policy.OLDEST,
        ("links/frames.py: FrameQueue._frames",),
    ),
    "browser microphone": Queue(
        "The same of a browser's tab",
        "5 s",
        Policy.OLDEST,
    ),
    "satellite's event": Queue(
        "One event of a Wyoming satellite while it is read",
        "1 MiB",
        Policy.CLOSE,
    ),
    "waiting for a session": Queue(
        "The microphone while there is no session, and speech whose words are not known",
        "16 s each",
        Policy.OLDEST,
        ("realtime/microphone.py: _Frames._frames",),
    ),
    "outgoing sound": Queue(
        "Frames that the service has not taken",
        "250 frames (5 to 25 s)",
        Policy.OLDEST,
        ("realtime/outbox.py: Outbox._audio",),
    ),
    "outgoing events": Queue(
        "Everything that the service has not taken",
        "1000 events or 16 MiB",
        Policy.CLOSE,
        ("realtime/outbox.py: Outbox._events",),
    ),
    "incoming frames": Queue(
        "What the service has sent and was not read",
        "16 frames of at most 16 MiB",
        Policy.CLOSE,
    ),
    "messages": Queue(
        "Messages for a session that is not open yet",
        "20",
        Policy.OLDEST,
        ("realtime/conversation.py: Conversation.messages",),
    ),
    "answers": Queue(
        "Sound that was received and not heard to its end, and its items",
        "5 min, 32 answers of 64 items",
        Policy.NEWEST,
        (
            "realtime/playback.py: Playback._utterances",
            "realtime/utterance.py: Utterance.parts",
            "realtime/utterance.py: ItemAudio.pcm",
        ),
    ),
    "sound effects": Queue(
        "Sounds of the show behind what is being said",
        "4",
        Policy.OLDEST,
        ("realtime/playback.py: Playback._sounds",),
    ),
    "satellite's speaker": Queue(
        "Speech that a Wyoming satellite has not been sent",
        "5 min",
        Policy.NEWEST,
        (
            "links/queued.py: QueuedSpeaker._queue",
            "links/wyoming_utterance.py: Utterance._pcm",
        ),
    ),
    "browser's speaker": Queue(
        "Speech for a browser's tab",
        "5 min",
        Policy.NEWEST,
        (
            "links/browser_speaker.py: BrowserSpeaker._queue",
            "links/browser_utterance.py: Utterance._pcm",
        ),
    ),
    "media player's speaker": Queue(
        "Speech for a media player, as MP3",
        "5 min",
        Policy.NEWEST,
        ("links/stream.py: AudioStream._data",),
    ),
    "fetches": Queue(
        "Requests of a media player for the same sound",
        "16",
        Policy.CLOSE,
        ("links/stream.py: AudioStream._fetches",),
    ),
    "orders": Queue(
        "Actions that a media player has not answered",
        "8",
        Policy.OLDEST,
        ("links/deck.py: Deck._tasks", "links/deck.py: Deck._done_with"),
    ),
    "turn's sound": Queue(
        "The sound of one answer in Assist",
        "8 min, 10,000 pieces",
        Policy.NEWEST,
        ("realtime/feed.py: Feed._pieces",),
    ),
    "turn's words": Queue(
        "The words of one answer in Assist",
        "64,000 letters, 10,000 pieces",
        Policy.NEWEST,
    ),
    "turn's calls": Queue(
        "Tools that one answer in Assist calls",
        "64",
        Policy.NEWEST,
        ("realtime/turn.py: Turn._calls",),
    ),
    "calls": Queue(
        "Tool calls whose results were not sent yet",
        "64",
        Policy.NEWEST,
        (
            "realtime/calls.py: ToolCalls._batches",
            "realtime/calls.py: ToolCalls._seen",
            "realtime/calls.py: _Batch.names",
            "realtime/calls.py: _Batch.outputs",
            "realtime/calls.py: _Batch.waiting",
        ),
    ),
    "history": Queue(
        "What was said in a conversation",
        "200 lines of at most 16,000 letters",
        Policy.OLDEST,
        ("realtime/history.py: History._lines",),
    ),
    "turns": Queue(
        "Conversations in Assist that wait for their next turn",
        "4, for 5 min",
        Policy.OLDEST,
        (
            "turns/turns.py: Turns._conversations",
            "turns/turns.py: Turns._refused",
            "turns/turns.py: Turns._timers",
            "turns/turns.py: Turns._voiced",
        ),
    ),
    "stage": Queue(
        "Voices that wait for the stage",
        "4",
        Policy.NEWEST,
        ("theatre/stage_lock.py: StageLock._waiting",),
    ),
    "tape": Queue(
        "What a porch check records",
        "3 min",
        Policy.NEWEST,
        ("porch_check.py: _Tape.frames",),
    ),
    "rehearsal's events": Queue(
        "What the rehearsal has said and nobody read",
        "4096 events",
        Policy.CLOSE,
        ("rehearsal_socket.py: RehearsalSocket._frames",),
    ),
    "rehearsal's ears": Queue(
        "What a rehearsal hears of one turn",
        "5 s of silence, 10 min of speech",
        Policy.OLDEST,
        ("rehearsal/turns.py: InputAudio._buffer",),
    ),
    "rehearsal's memory": Queue(
        "The sound of what was said in a rehearsal",
        "1 min and the newest item",
        Policy.OLDEST,
        ("rehearsal/items.py: Part.audio",),
    ),
}

_MEASURED: Final = "a fixed number of measurements"
_REGISTERED: Final = "one for each that is there, taken out when it leaves"
_STORED: Final = "one for each voice"
_STEP: Final = "lives for one step"
_REHEARSED: Final = "small, and ends with its session of an hour at most"
_GIVEN: Final = "given once, not added to"

KEPT: Final = {
    "audio/level.py: Envelope._windows": "25 numbers a second of an answer that waits",
    "call.py: Call._tasks": "one for each open tool call, and the microphone",
    "disabled_entries.py: DisabledEntries._ids": "one for each disabled entry",
    "disabled_entries.py: DisabledEntries._in_hand": "one for each disabled entry",
    "event.py: VoiceEvent._attr_event_types": _GIVEN,
    "fields.py: Input.errors": _STEP,
    "fields.py: Input.values": _STEP,
    "fields.py: Input.wrong": _STEP,
    "flows/base.py: VoiceSteps._data": _STEP,
    "flows/base.py: VoiceSteps._stored": _STEP,
    "flows/voice.py: VoiceFlow._data": _STEP,
    "guard/house.py: House._automations": _STEP,
    "guard/house.py: House._groups": _STEP,
    "guard/reach.py: Reach._events": _STEP,
    "guard/reach.py: Reach._paths": _STEP,
    "house/witness.py: Witness._contexts": "lives for one tool call of 15 s",
    "house/witness.py: Witness.actions": "50, for one tool call",
    "ledger.py: Ledger._ends": _STORED,
    "ledger.py: Ledger._voices": _STORED,
    "links/announcements.py: Announcements._running": "one for each media player",
    "links/announcements.py: Announcements._watchers": _REGISTERED,
    "links/assist_start.py: SatelliteStart._tokens": "the clips of one start",
    "links/browser.py: BrowserPort._ends": _REGISTERED,
    "links/deck.py: Deck._tokens": "an address lives 10 s longer than its answer",
    "links/meter.py: Ear._levels": _MEASURED,
    "links/meter.py: LevelFeed._listeners": _REGISTERED,
    "links/meter.py: MeteredSink._envelopes": "one for each answer that waits",
    "links/stay.py: Stay._open": "the volume and the music of one player",
    "links/stream_view.py: AudioStreams._leases": "those of the decks",
    "links/tap.py: Tap._ended_at": "one for each satellite",
    "links/tap.py: Tap._expected": "one for each satellite",
    "links/wyoming.py: WyomingSatellite._ends": "microphone and speaker",
    "links/wyoming_handshake.py: _Greeting._at": _GIVEN,
    "links/wyoming_handshake.py: _Greeting._satellite": _GIVEN,
    "loans.py: Loans._loans": "one for each thing that is borrowed",
    "loans.py: Loans._waiting": "one for each thing that is borrowed",
    "manners.py: OptionGroup.readers": _GIVEN,
    "pipelines.py: Pipelines._made": _STORED,
    "porch_check.py: PorchCheck._finished": "three chirps",
    "porch_check.py: PorchCheck._started_at": "three chirps",
    "realtime/barge_in.py: BargeIn._recent": "30 frames",
    "realtime/barge_in.py: BargeIn._sound": "150 frames, measured",
    "realtime/barge_in.py: BargeIn.cuts": "of the answers that waited",
    "realtime/barge_in.py: BargeIn.doubtful_items": "16",
    "realtime/barge_in.py: BargeIn.rest": "of the answers that waited",
    "realtime/connection.py: RealtimeConnection.first_words": "two events",
    "realtime/deadlines.py: Deadlines._at": "one for each clock and open tool call",
    "realtime/gate.py: ResponseGate._pending": "the parameters of one response",
    "realtime/playback.py: Playback._closed": "32 names",
    "realtime/playback.py: Playback._named": "32 names",
    "realtime/playback.py: Playback._unheard": "32 names",
    "realtime/usage.py: Usage.tokens": "one number for each kind of token",
    "realtime/verbatim.py: HeldBack._sound": "one sentence of a turn's sound",
    "rehearsal/clips.py: Clips._sounds": _GIVEN,
    "rehearsal/hearing.py: Hearing._held": _REHEARSED,
    "rehearsal/hearing.py: Hearing._pending": _REHEARSED,
    "rehearsal/hearing.py: Hearing._untold": _REHEARSED,
    "rehearsal/hearing.py: Hearing._waiting": _REHEARSED,
    "rehearsal/items.py: Conversation._items": _REHEARSED,
    "rehearsal/items.py: Item.extra": _REHEARSED,
    "rehearsal/items.py: Item.parts": _REHEARSED,
    "rehearsal/journal.py: Journal._entries": "100,000; only tests keep one",
    "rehearsal/journal.py: Journal.endings": "only tests keep one",
    "rehearsal/ladder.py: Ladder._sounds": "the sentences of one answer",
    "rehearsal/ladder.py: Ladder._wanted": "the sentences of one answer",
    "rehearsal/line.py: Line._outputs": _STEP,
    "rehearsal/line.py: Line._timers": _REHEARSED,
    "rehearsal/response.py: Response.items": _REHEARSED,
    "rehearsal/response.py: Response.status_details": _GIVEN,
    "rehearsal/responses.py: Responses._others": _REHEARSED,
    "rehearsal/rules.py: RuleBrain._rules": _GIVEN,
    "rehearsal/script.py: Script._facts": "only tests have one",
    "rehearsal/script.py: Script._steps": "only tests have one",
    "rehearsal/script.py: Script.errors": "only tests have one",
    "rehearsal/scripted.py: ScriptedBrain._heard": "only tests have one",
    "rehearsal/scripted.py: ScriptedBrain._replies": "only tests have one",
    "rehearsal/scripted.py: ScriptedBrain.requests": "only tests have one",
    "rehearsal/session.py: ServerSession._handlers": _GIVEN,
    "rehearsal/striking.py: FaultStrikes._seen": _REHEARSED,
    "theatre/ensemble.py: Ensemble._locks": "one for each stage in use",
    "theatre/ensemble.py: Ensemble.seats": _STORED,
    "theatre/flicker.py: Flicker._ends": _GIVEN,
    "theatre/flicker.py: Flicker._heights": _GIVEN,
    "theatre/hand_over.py: HandOverAct._others": _GIVEN,
    "theatre/memory.py: NightKeeper._stop": "two listeners",
    "theatre/memory.py: _Talk.last_words": "one line of each side",
    "theatre/memory.py: _Talk.told": "what one finish tool told",
    "theatre/motion.py: Motion._calls": "one for each call that a second may have",
    "theatre/nights.py: Nights._nights": "one for each voice: 20 visits, 20 jokes",
    "theatre/puppetry.py: Puppetry._strings": "one for each thing that moves",
    "theatre/puppets.py: Light._once": _STEP,
    "tools.py: Toolbox._tools": _GIVEN,
    "voice_events.py: VoiceEvents._contexts": "one for each conversation",
    "voice_events.py: VoiceEvents._delta_listeners": _REGISTERED,
    "voice_events.py: VoiceEvents._listeners": _REGISTERED,
    "voice_events.py: VoiceEvents._update_listeners": _REGISTERED,
    "websocket_api.py: Spectator._last_state": _GIVEN,
}
"""What can grow and is no queue, and why it does not."""


def table() -> str:
    """Return the queues as a table for people."""
    rows = [
        f"| {queue.what} | {queue.bound} | {queue.policy} |"
        for queue in QUEUES.values()
    ]
    head = "| what waits | at most | when it is full |\n| --- | --- | --- |"
    return "\n".join([head, *rows])
