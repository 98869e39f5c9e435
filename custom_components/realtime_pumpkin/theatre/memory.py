"""What a voice remembers: told to the next conversation, forgotten when the night ends.

No second model sums up: the finish tool asks the one that talked. Where it did not
say anything, the last words stand for the conversation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..bus import ConversationEvent
from ..const import ATTR_CONVERSATION_ID, DOMAIN, EventName, Transcripts
from ..options import VoiceOptions
from ..realtime.finish import FINISH_TOOL, EndReason
from ..realtime.protocols import ConversationSession
from ..request import ConversationRequest
from ..voice_events import VoiceEvents
from .act import Act, Stage
from .dawn import next_dawn
from .night import LONGEST_SUMMARY, Conversation, Night
from .nights import async_get_nights

TELL: Final = (
    "When you call finish_conversation, say in its summary what happened, in one "
    "sentence of your own and without anybody's name, and list the jokes and riddles "
    "that you told: you will remember them tonight."
)
FINISH_ARGUMENTS: Final[Mapping[str, Any]] = {
    "jokes": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Each joke or riddle that you told, in at most ten words.",
    }
}


@dataclass(slots=True)
class _Talk:
    """What was heard of the conversation that runs."""

    conversation_id: str | None = None
    was_heard: bool = False
    last_words: dict[EventName, str] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    """What the model told when it finished."""

    def summary(self) -> str:
        """Return what the model said of it, else the last words of both sides."""
        if summary := str(self.told.get("summary") or "").strip():
            return summary
        half = LONGEST_SUMMARY // 2 - 20
        said = (("Visitor", EventName.USER_TRANSCRIPT), ("You", _SAID))
        words = ((who, self.last_words.get(name, "")[:half]) for who, name in said)
        return " ".join(f"{who} said last: {text}" for who, text in words if text)

    def jokes(self) -> tuple[str, ...]:
        """Return the jokes that the model says it told."""
        jokes = self.told.get("jokes")
        if not isinstance(jokes, list):
            return ()
        return tuple(joke for joke in jokes if isinstance(joke, str))


_SAID: Final = EventName.ASSISTANT_TRANSCRIPT


class NightKeeper:
    """Follow a voice's conversations through the night, and forget it at its end."""

    def __init__(
        self,
        hass: HomeAssistant,
        events: VoiceEvents,
        options: VoiceOptions,
        on_change: CALLBACK_TYPE,
    ) -> None:
        """Keep the night of one voice; words come from `events`, if they tell any."""
        self._on_change = on_change
        self._hass = hass
        self._events = events
        self._options = options
        self._nights = async_get_nights(hass)
        self._talk = _Talk()
        self._stop: list[CALLBACK_TYPE] = []
        self._cancel_dawn: CALLBACK_TYPE | None = None

    @property
    def night(self) -> Night | None:
        """Return what is remembered; None where nothing happened yet."""
        return self._nights.get(self._events.voice_id)

    def summary(self) -> dict[str, Any]:
        """Return how the night is so far, as the event tells it at its end."""
        return (self.night or Night(began_at=0.0)).summary()

    async def async_start(self) -> None:
        """Go on with the night, or end one that ended while nobody was here."""
        if (night := self.night) is not None:
            if self._options.transcripts is Transcripts.NONE:
                self._nights.put(self._events.voice_id, night.without_words())
            if self._dawn(night) <= dt_util.utcnow():
                # Not before automations are there to hear of it.
                self._stop.append(async_at_started(self._hass, self._async_overslept))
            else:
                self._await_dawn(night)
        self._stop.append(self._events.listen(self._hear))

    async def _async_overslept(self, _hass: HomeAssistant) -> None:
        """End a night whose end came while Home Assistant was not running."""
        await self.async_end()

    @callback
    def async_stop(self) -> None:
        """Follow the voice no more; the night is kept."""
        for stop in self._stop:
            stop()
        self._stop.clear()
        self._sleep()

    async def async_end(self, _now: datetime | None = None) -> None:
        """Tell how the night was and forget it; nothing happens without one."""
        self._sleep()
        if (night := self.night) is None:
            return
        await self._nights.async_forget([self._events.voice_id])
        self._on_change()
        self._events.fire(EventName.NIGHT_ENDED, None, **night.summary())

    @callback
    def follow(self, conversation_id: str | None) -> None:
        """Listen to the conversation that begins now."""
        self._talk = _Talk(conversation_id)

    @callback
    def _hear(self, event: ConversationEvent) -> None:
        """Note what matters of the conversation that is followed."""
        talk, data = self._talk, event.data
        if talk.conversation_id is None or (
            data.get(ATTR_CONVERSATION_ID) != talk.conversation_id
        ):
            return
        match event.name:
            case EventName.USER_TRANSCRIPT | EventName.ASSISTANT_TRANSCRIPT as name:
                talk.was_heard |= name is EventName.USER_TRANSCRIPT
                talk.last_words[name] = str(data.get("text") or "")
            case EventName.TOOL_CALLED if data.get("name") == FINISH_TOOL:
                talk.told = data.get("arguments") or {}
            case EventName.CONVERSATION_ENDED:
                self._ended(talk, data)

    def _ended(self, talk: _Talk, data: Mapping[str, Any]) -> None:
        """Remember a conversation that was held."""
        self._talk = _Talk()
        if data.get("reason") == EndReason.START_FAILED:
            return
        now = dt_util.utcnow().timestamp()
        held = Conversation(
            now,
            data.get("duration") or 0.0,
            data.get("cost_usd") or 0.0,
            talk.was_heard,
            self._without_phrase(talk.summary()),
            tuple(filter(self._without_phrase, talk.jokes())),
        )
        night = self.night or Night(began_at=now)
        self._nights.put(self._events.voice_id, night.plus(held))
        if self._cancel_dawn is None:
            self._await_dawn(night)
        self._on_change()

    def _without_phrase(self, text: str) -> str:
        """Return a text; nothing where it would tell the next visitor the phrase."""
        return "" if self._options.house.is_told_in(text) else text

    def _dawn(self, night: Night) -> datetime:
        """Return when a night ends."""
        began = dt_util.utc_from_timestamp(night.began_at)
        return next_dawn(self._hass, began, self._options.memory.night_ends)

    def _await_dawn(self, night: Night) -> None:
        """End the night when its time has come."""
        self._cancel_dawn = async_track_point_in_utc_time(
            self._hass, self.async_end, self._dawn(night)
        )

    def _sleep(self) -> None:
        """Wait for no dawn."""
        if self._cancel_dawn is not None:
            self._cancel_dawn()
            self._cancel_dawn = None


class Remembering(Act):
    """The memory of a voice in one conversation."""

    def __init__(
        self, stage: Stage, options: VoiceOptions, keeper: NightKeeper
    ) -> None:
        """Remember with the keeper of the voice's night."""
        super().__init__(stage)
        self._options = options
        self._keeper = keeper

    @property
    def _keeps_words(self) -> bool:
        """Tell whether anything but the count may be kept."""
        return self._options.transcripts is not Transcripts.NONE

    @property
    @override
    def instructions(self) -> str:
        """Return that the model is to sum up."""
        return TELL if self._keeps_words else ""

    @property
    @override
    def finish_arguments(self) -> Mapping[str, Any]:
        """Return what the model is asked when it finishes."""
        return FINISH_ARGUMENTS if self._keeps_words else {}

    @property
    @override
    def context(self) -> tuple[str, ...]:
        """Return the notes of the night."""
        night = self._keeper.night
        notes = night.notes(self._options.memory.remembered_visits) if night else ""
        return (notes,) if notes else ()

    @override
    async def async_open(self, session: ConversationSession) -> None:
        """Follow this conversation."""
        self._keeper.follow(self.stage.state().conversation_id)


def remember(
    stage: Stage, options: VoiceOptions, request: ConversationRequest
) -> Act | None:
    """Return the memory of a conversation, where the voice has one."""
    keeper = async_get_keeper(stage.hass, stage.events.voice_id)
    if keeper is None or not request.listens:
        return None
    return Remembering(stage, options, keeper)


_KEEPERS: Final[HassKey[dict[str, NightKeeper]]] = HassKey(f"{DOMAIN}_night_keepers")


@callback
def async_get_keeper(hass: HomeAssistant, voice_id: str) -> NightKeeper | None:
    """Return who keeps a voice's night; None where it is to remember nothing."""
    return hass.data.get(_KEEPERS, {}).get(voice_id)


async def async_keep_night(
    hass: HomeAssistant,
    events: VoiceEvents,
    options: VoiceOptions,
    on_change: CALLBACK_TYPE,
) -> CALLBACK_TYPE:
    """Let a voice remember its night until this is undone, if it is to.

    `on_change` is called when it remembers something new, or nothing any more. One that is to remember nothing forgets what it remembered before.
    """
    voice_id = events.voice_id
    if not options.memory.remembers_night:
        await async_get_nights(hass).async_forget([voice_id])
        return lambda: None
    keepers = hass.data.setdefault(_KEEPERS, {})
    keeper = keepers[voice_id] = NightKeeper(hass, events, options, on_change)
    await keeper.async_start()

    @callback
    def stop() -> None:
        """Follow the voice no more."""
        keeper.async_stop()
        keepers.pop(voice_id, None)

    return stop
