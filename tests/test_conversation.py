"""Whole conversations in Home Assistant: a real server, a satellite, every event."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.links import wyoming
from custom_components.realtime_pumpkin.prompt import ANY_LANGUAGE, FINISHING, SAFETY
from custom_components.realtime_pumpkin.rehearsal import Call, Say
from tests.audio.signals import tone
from tests.common import EVENT_ENTITY_ID, VOICE_ENTITY_ID, only_voice
from tests.links.satellite import CHUNK_MS, PCM_16K
from tests.links.virtual_time import until
from tests.porch import GOODBYE, GREETING, at_the_door

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


def _speech(start_ms: int, ms: int) -> Any:
    """Return a microphone that hears somebody for a while."""
    second = tone(PCM_16K.rate, 1000)

    def sound(count: int) -> bytes:
        """Return the n-th chunk."""
        at = count * CHUNK_MS
        size = PCM_16K.bytes_of(CHUNK_MS)
        return second[:size] if start_ms <= at < start_ms + ms else bytes(size)

    return sound


async def test_a_visit_is_told_from_ring_to_goodbye(hass: HomeAssistant) -> None:
    """The seven updates of the original article and all around them."""
    async with at_the_door(
        hass, GREETING, GOODBYE, heard=["Trick or treat!"], sound=_speech(1200, 600)
    ) as porch:
        answer = await porch.act("start_conversation")
        ended = await porch.until(EventName.CONVERSATION_ENDED)
        await hass.async_block_till_done()
    names = [event.event_type.removeprefix(f"{DOMAIN}_") for event in porch.events]
    in_order = [
        "conversation_started",
        "session_started",
        "audio_started",
        "speech_started",
        "speech_stopped",
        "user_transcript",
        "tool_called",
        "finished",
        "conversation_ended",
    ]
    rest = iter(names)
    missing = [name for name in in_order if name not in rest]
    assert missing == [], names
    assert names.count("item_finished") == 3
    assert names.count("audio_started") == 2
    assert "error" not in names
    assert ended["reason"] == "finished"
    assert ended["turns"] == 1
    assert ended["transcript"] == [
        {"role": "assistant", "text": "Welcome!"},
        {"role": "user", "text": "Trick or treat!"},
        {"role": "assistant", "text": "Goodbye!"},
    ]
    assert ended["conversation_id"] == answer[VOICE_ENTITY_ID]["conversation_id"]
    assert ended["tokens"]["output_audio"] > 0
    # What the satellite played is both sentences, whole.
    assert len(porch.satellite.pcm) == pytest.approx(500 * 48, rel=0.05)


async def test_every_event_names_its_entity_device_and_conversation(
    hass: HomeAssistant,
) -> None:
    """An automation can tell voices apart."""
    async with at_the_door(hass, GREETING, GOODBYE) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        await porch.act("stop_conversation", goodbye=False)
        await porch.until(EventName.CONVERSATION_ENDED)
        entity = er.async_get(hass).async_get(VOICE_ENTITY_ID)
    assert entity is not None
    assert dr.async_get(hass).async_get(entity.device_id or "") is not None
    ids = {
        (e.data["entity_id"], e.data["device_id"], e.data["conversation_id"])
        for e in porch.events
    }
    assert len(ids) == 1
    assert ids.pop()[:2] == (VOICE_ENTITY_ID, entity.device_id)


async def test_the_voice_entity_shows_what_the_voice_does(hass: HomeAssistant) -> None:
    """Idle, processing, responding, listening and idle again."""
    states: list[str] = []

    @callback
    def keep(event: Event[Any]) -> None:
        """Keep a new state of the voice."""
        if event.data["entity_id"] == VOICE_ENTITY_ID and event.data["new_state"]:
            states.append(event.data["new_state"].state)

    async with at_the_door(hass, GREETING, GOODBYE) as porch:
        hass.bus.async_listen("state_changed", keep)
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        assert hass.states.is_state(VOICE_ENTITY_ID, "responding")
        await porch.act("add_message", role="user", text="Bye!")
        await porch.until(EventName.CONVERSATION_ENDED)
    short = [
        s for s, before in zip(states, [None, *states], strict=False) if s != before
    ]
    assert short[0] == "processing"
    assert short[1] == "responding"
    assert "idle" in short
    assert states[-1] in ("idle", "unavailable")


async def test_the_event_entity_shows_the_last_event(hass: HomeAssistant) -> None:
    """It uses the names of the bus events."""
    async with at_the_door(hass, GREETING) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        await porch.act("stop_conversation", goodbye=False)
        await porch.until(EventName.CONVERSATION_ENDED)
        state = hass.states.get(EVENT_ENTITY_ID)
        assert state is not None
        assert state.attributes["event_type"] == "conversation_ended"
        assert state.attributes["reason"] == "stopped"


async def test_the_model_is_told_who_it_is(hass: HomeAssistant) -> None:
    """Persona from a template, extra instructions, context, rules and opening."""
    async with at_the_door(
        hass, GREETING, data={"instructions": "You are {{ 'spooky' }}."}
    ) as porch:
        await porch.act(
            "start_conversation",
            opening="Boo!",
            instructions="Rhyme.",
            context="A witch rang.",
        )
        await porch.until(EventName.AUDIO_STARTED)
    [request] = porch.server.brain.requests
    parts = ("You are spooky.", "Rhyme.", ANY_LANGUAGE, SAFETY, FINISHING)
    assert request.instructions == "\n\n".join(parts)
    said = [item.words for item in request.history]
    assert said[0] == "A witch rang."
    assert "Boo!" in said[1]


async def test_a_broken_persona_is_told_at_the_action(hass: HomeAssistant) -> None:
    """Nothing starts, and the voice says which template is wrong."""
    async with at_the_door(hass, data={"instructions": "{{ oops("}) as porch:
        with pytest.raises(ServiceValidationError) as caught:
            await porch.act("start_conversation")
        assert caught.value.translation_key == "instructions_invalid"
        assert hass.states.is_state(VOICE_ENTITY_ID, "idle")
        assert porch.events == []


async def test_a_second_ring_is_told_to_the_voice(hass: HomeAssistant) -> None:
    """The conversation goes on and its id is the same."""
    async with at_the_door(hass, GREETING, "And you?") as porch:
        first = await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        assert await porch.act("start_conversation") == first
        await porch.act("add_message", role="user", text="Hello!")
        await porch.until(EventName.AUDIO_STARTED, 2)
    history = porch.server.brain.requests[-1].history
    assert any("rang again" in item.words for item in history)


async def test_an_interruption_is_told(hass: HomeAssistant) -> None:
    """Where the link allows it, speech cuts the answer and an event says where."""
    async with at_the_door(
        hass,
        Say("A long tale. " * 20, duration_ms=6000),
        "Yes?",
        heard=["Stop, please."],
        data={"barge_in": "on"},
        sound=_speech(1200, 900),
    ) as porch:
        await porch.act("start_conversation")
        cut = await porch.until(EventName.INTERRUPTED)
        await porch.until(EventName.AUDIO_STARTED, 2)
    assert 500 < cut["heard_ms"] < 3000
    assert len(porch.satellite.pcm) < 4000 * 48


async def test_stopping_says_goodbye_first(hass: HomeAssistant) -> None:
    """The goodbye is heard to its end."""
    async with at_the_door(hass, GREETING, Say("Farewell!", duration_ms=400)) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        await porch.act("stop_conversation")
        ended = await porch.until(EventName.CONVERSATION_ENDED)
    assert ended["reason"] == "stopped"
    assert ended["transcript"][-1]["text"] == "Farewell!"
    assert len(porch.satellite.pcm) == pytest.approx(600 * 48, rel=0.05)


async def test_a_message_needs_a_conversation(hass: HomeAssistant) -> None:
    """There is nobody to tell it to."""
    async with at_the_door(hass) as porch:
        with pytest.raises(ServiceValidationError) as caught:
            await porch.act("add_message", role="system", text="Laugh.")
    assert caught.value.translation_key == "no_conversation"


async def test_stopping_an_idle_voice_does_nothing(hass: HomeAssistant) -> None:
    """It is not an error to be at the goal already."""
    async with at_the_door(hass) as porch:
        await porch.act("stop_conversation")
    assert porch.events == []


async def test_unloading_in_mid_conversation_leaves_nothing(
    hass: HomeAssistant,
) -> None:
    """The satellite is free, the socket closed, the end told."""
    async with at_the_door(hass, Say("A long tale. " * 20)) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        await hass.config_entries.async_unload(porch.entry.entry_id)
        await hass.async_block_till_done()
        assert porch.named(EventName.CONVERSATION_ENDED)[0]["reason"] == "unloaded"
        await until(lambda: not porch.satellite.is_owned)


async def test_transcript_deltas_are_off_by_default(hass: HomeAssistant) -> None:
    """Whoever wants each word asks for it."""
    async with at_the_door(hass, GREETING) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        assert porch.named(EventName.ASSISTANT_TRANSCRIPT_DELTA) == []


async def test_transcript_deltas_can_be_had(hass: HomeAssistant) -> None:
    """Together they are the transcript."""
    async with at_the_door(hass, GREETING, data={"transcript_deltas": True}) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        deltas = porch.named(EventName.ASSISTANT_TRANSCRIPT_DELTA)
        assert "".join(delta["delta"] for delta in deltas) == "Welcome!"


async def test_an_unknown_tool_gives_the_model_an_error(hass: HomeAssistant) -> None:
    """The model talks about it, the conversation goes on."""
    async with at_the_door(hass, Call("open_the_vault"), "I cannot.") as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
    outputs = [
        item.extra["output"]
        for item in porch.server.brain.requests[-1].history
        if item.type == "function_call_output"
    ]
    assert "no tool named open_the_vault" in outputs[0]


async def test_a_satellite_that_vanishes_ends_the_conversation(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the link's own tries the reason is told, and the voice is idle."""
    monkeypatch.setattr(wyoming, "_RECONNECT_BUDGET_S", 1.5)
    async with at_the_door(hass, GREETING, "Bye.") as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        coordinator = only_voice(porch.entry)
        await porch.satellite.stop()
        ended = await porch.until(EventName.CONVERSATION_ENDED)
        await porch.satellite.start()
        assert ended["reason"] in ("microphone_lost", "speaker_lost")
        assert coordinator.data.conversation_id is None
        assert porch.named(EventName.ERROR)[0]["kind"] == "satellite_lost"
