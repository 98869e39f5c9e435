"""Names that more than one room of the integration uses."""

from enum import StrEnum
import logging
from typing import Final

DOMAIN: Final = "realtime_pumpkin"
LOGGER: Final = logging.getLogger(__package__)

CAMERA_DOMAIN: Final = "camera"
SCENE_DOMAIN: Final = "scene"
SCRIPT_DOMAIN: Final = "script"
SUBENTRY_VOICE: Final = "voice"

DEFAULT_BASE_URL: Final = "https://api.openai.com/v1"
XAI_BASE_URL: Final = "https://api.x.ai/v1"

ATTR_CONVERSATION_ID: Final = "conversation_id"

CONF_BARGE_IN: Final = "barge_in"
CONF_BASE_URL: Final = "base_url"
CONF_CALIBRATION: Final = "calibration"
CONF_CHARACTERS: Final = "characters"
CONF_CONFIRMATION_PHRASE: Final = "confirmation_phrase"
CONF_DISABLED_ENTRY_ID: Final = "disabled_entry_id"
CONF_DISPLACED: Final = "displaced"
CONF_ENTITY_ID: Final = "entity_id"
CONF_HOST: Final = "host"
CONF_INSTRUCTIONS: Final = "instructions"
CONF_JOINS_BROADCASTS: Final = "joins_broadcasts"
CONF_KIND: Final = "kind"
CONF_MICROPHONE: Final = "microphone"
CONF_MODEL: Final = "model"
CONF_OPENINGS: Final = "openings"
CONF_ORGANIZATION: Final = "organization"
CONF_PERSONA: Final = "persona"
CONF_PORT: Final = "port"
CONF_PROVIDER: Final = "provider"
CONF_SCRIPTS: Final = "scripts"
CONF_SPEAKER: Final = "speaker"
CONF_SPEAKER_VOLUME: Final = "speaker_volume"
CONF_TRANSCRIPT_DELTAS: Final = "transcript_deltas"
CONF_TRANSCRIPTS: Final = "transcripts"
CONF_UNREADABLE: Final = "unreadable"
CONF_VOICE: Final = "voice"

DEFAULT_MODEL: Final = "gpt-realtime-2.1-mini"
DEFAULT_SATELLITE_PORT: Final = 10700
DEFAULT_TRANSCRIPTION_MODEL: Final = "gpt-transcribe"
DEFAULT_VOICE: Final = "echo"
DEFAULT_INSTRUCTIONS: Final = (
    "You are a jack-o'-lantern on a porch on Halloween night. You are spooky, "
    "witty and kind to children. Greet whoever comes to the door, ask them a "
    "riddle, wait for their answer and react to it. Keep every answer to one or "
    "two short sentences. Say goodbye after two interactions, then call the "
    "tool finish_conversation."
)

VOICE_ENTITY: Final = "voice"
"""The key of the entity that stands for a voice; part of its unique id."""

STT_ENTITY: Final = "stt"
AGENT_ENTITY: Final = "agent"
TTS_ENTITY: Final = "tts"
"""The keys of the engines of a voice's pipeline; parts of their unique ids."""

CONVERSATION_OVER: Final = "\u2063conversation over"
"""What the microphone's stage of a pipeline ends with; nobody says it."""


TURN_REFUSED: Final = "\u2063…"
"""What a turn ends with that nobody listened to; the agent says why."""


class Provider(StrEnum):
    """Whose Realtime server an account is at."""

    OPENAI = "openai"
    AZURE = "azure"
    XAI = "xai"
    COMPATIBLE = "compatible"
    """Any other server that speaks OpenAI's Realtime protocol."""
    REHEARSAL = "rehearsal"
    """None: the integration answers itself, with prepared lines."""


class Transcripts(StrEnum):
    """Where Home Assistant tells what was said."""

    ALL = "all"
    """In events and in entities."""
    EVENTS = "events"
    ENTITIES = "entities"
    NONE = "none"

    @property
    def in_events(self) -> bool:
        """Tell whether the bus is told, which the recorder stores."""
        return self in (Transcripts.ALL, Transcripts.EVENTS)

    @property
    def in_entities(self) -> bool:
        """Tell whether entities show it."""
        return self in (Transcripts.ALL, Transcripts.ENTITIES)


class MicrophoneKind(StrEnum):
    """Where a voice listens."""

    WYOMING = "wyoming"
    """A satellite that we connect to ourselves."""
    BROWSER = "browser"
    """The tab of a browser that shows the card."""
    ASSIST = "assist"
    """A satellite that Home Assistant has connected, through its pipelines."""


class SpeakerKind(StrEnum):
    """Where a voice speaks."""

    SATELLITE = "satellite"
    MEDIA_PLAYER = "media_player"
    BROWSER = "browser"
    """The tab of a browser that shows the card."""


class BargeIn(StrEnum):
    """Whether a visitor can interrupt the voice by speaking."""

    AUTO = "auto"
    """Where the microphone does not hear the speaker; else a half-duplex gate."""
    ON = "on"
    OFF = "off"


class TurnDetection(StrEnum):
    """What tells that a visitor has finished speaking."""

    SERVER_VAD = "server_vad"
    """Silence."""
    SEMANTIC_VAD = "semantic_vad"
    """That what was said is a whole thought."""


class Effect(StrEnum):
    """A sound of the show; `audio/effects.py` makes it."""

    LAUGH = "laugh"
    CREAK = "creak"
    THUNDER = "thunder"
    BATS = "bats"
    WIND = "wind"
    BELL = "bell"


class Eagerness(StrEnum):
    """How soon a voice answers where thoughts end a turn."""

    AUTO = "auto"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class NoiseReduction(StrEnum):
    """What the service takes away from the microphone's sound."""

    FAR_FIELD = "far_field"
    NEAR_FIELD = "near_field"
    NONE = "none"


class BusyPolicy(StrEnum):
    """What a second ring does while the voice is in a conversation."""

    TELL = "tell"
    """The voice is told that somebody else is at the door as well."""
    IGNORE = "ignore"
    RESTART = "restart"
    """The conversation ends without a goodbye and a new one starts."""
    QUEUE = "queue"
    """One ring at most waits for the end; further ones are ignored."""


class BudgetPeriod(StrEnum):
    """What a budget is for."""

    DAILY = "daily"
    MONTHLY = "monthly"


class Connection(StrEnum):
    """How it stands with the session of a voice."""

    CLOSED = "closed"
    CONNECTING = "connecting"
    OPEN = "open"
    RECONNECTING = "reconnecting"
    """The session was lost or has to be renewed, and the conversation goes on."""


class EventName(StrEnum):
    """What a conversation tells Home Assistant.

    On the bus each has the prefix `realtime_pumpkin_`; the event entity uses
    the names as they are. `script/docs` writes the page of the events from here.
    """

    CONVERSATION_STARTED = "conversation_started"
    """Somebody is about to be talked to."""
    SESSION_STARTED = "session_started"
    """The server is ready, also after a reconnection."""
    SPEECH_STARTED = "speech_started"
    """Somebody speaks."""
    SPEECH_STOPPED = "speech_stopped"
    """They pause."""
    USER_TRANSCRIPT = "user_transcript"
    """What the visitor said is known."""
    ASSISTANT_TRANSCRIPT_DELTA = "assistant_transcript_delta"
    """A piece of what the voice says; only where the voice tells pieces."""
    ASSISTANT_TRANSCRIPT = "assistant_transcript"
    """What the voice says is known."""
    AUDIO_STARTED = "audio_started"
    """The first sound of an answer is heard."""
    PAUSED = "paused"
    """A sound came into an answer, or the house speaks there: the voice is silent."""
    INTERRUPTED = "interrupted"
    """It was speech, and the answer is cut."""
    RESUMED = "resumed"
    """It was no speech, or the house has spoken: the voice goes on."""
    ITEM_FINISHED = "item_finished"
    """An item of the conversation is complete."""
    TOOL_CALLED = "tool_called"
    """The model calls a tool."""
    TOOL_FINISHED = "tool_finished"
    """A tool call is over."""
    FINISHED = "finished"
    """The model ends the conversation."""
    CONVERSATION_ENDED = "conversation_ended"
    """Everything is closed."""
    BUDGET_REACHED = "budget_reached"
    """A budget is spent, by a conversation or a text that was read."""
    NIGHT_ENDED = "night_ended"
    """A night is over, at its end or by its button, and forgotten."""
    ERROR = "error"
    """A device or the account failed."""
