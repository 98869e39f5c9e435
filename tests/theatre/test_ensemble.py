"""Two voices on one porch: one talks at a time, and one lets the other go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Reply, Say
from custom_components.realtime_pumpkin.theatre import ensemble
from custom_components.realtime_pumpkin.theatre.ensemble import async_get_ensemble
from custom_components.realtime_pumpkin.theatre.hand_over import (
    MOST_HAND_OVERS,
    TOLD_CHARACTERS,
    told,
)
from tests.common import account, async_set_up, voice
from tests.links.satellite import CHUNK_MS, HOST, FakeSatellite, on_the_porch
from tests.scripted_server import LocalServer

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

PUMPKIN: Final = "assist_satellite.pumpkin"
GHOST: Final = "assist_satellite.ghost"
ON_STAGE: Final[dict[str, Any]] = {"stage_name": "Porch", "hands_over": True}
LONG = Say("Once upon a time. " * 10, duration_ms=5000)
WISH = "Tell of the cellar."


def letting(name: str, *words: Say) -> Plan:
    """Return an answer that lets another voice go on."""
    return Plan((*words, Call("hand_over", {"to": name, "wish": WISH})))


@dataclass
class Duo:
    """Two voices, each with its satellite, and what the bus tells of them."""

    hass: HomeAssistant
    entry: MockConfigEntry
    server: LocalServer
    satellites: dict[str, FakeSatellite]
    events: list[Event] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @callback
    def hear(self, event: Event) -> None:
        """Keep an event of the bus."""
        self.events.append(event)
        self.news.set()

    async def act(self, action: str, who: str, **data: Any) -> Any:
        """Call one of our actions for a voice."""
        return await self.hass.services.async_call(
            DOMAIN,
            action,
            {"entity_id": who, **data},
            blocking=True,
            return_response=action == "start_conversation",
        )

    def told(self, name: EventName, who: str) -> list[dict[str, Any]]:
        """Return what an event told of a voice, each time."""
        return [
            dict(event.data)
            for event in self.events
            if event.event_type == f"{DOMAIN}_{name}" and event.data["entity_id"] == who
        ]

    async def until(self, name: EventName, who: str, count: int = 1) -> dict[str, Any]:
        """Wait for the n-th event of a voice."""
        async with asyncio.timeout(20):
            while len(self.told(name, who)) < count:
                self.news.clear()
                await self.news.wait()
        return self.told(name, who)[count - 1]

    async def ended(self, who: str, count: int = 1) -> str:
        """Wait for the end of a voice's conversation; return its reason."""
        event = await self.until(EventName.CONVERSATION_ENDED, who, count)
        return str(event["reason"])

    def coordinator(self, name: str) -> VoiceCoordinator:
        """Return a voice by its title."""
        voices: dict[str, VoiceCoordinator] = self.entry.runtime_data.voices
        [found] = (each for each in voices.values() if each.name == name)
        return found

    @property
    def is_stage_free(self) -> bool:
        """Tell whether nobody holds the stage."""
        return async_get_ensemble(self.hass).lock("name porch").is_unused


@asynccontextmanager
async def on_one_porch(
    hass: HomeAssistant, *replies: Reply, **data: Any
) -> AsyncIterator[Duo]:
    """Set up a pumpkin and a ghost on one stage; unload them at the end."""
    options: dict[str, Any] = {
        "most_ahead": 0.5,
        "sound": lambda _: bytes(CHUNK_MS * 32),
    }
    async with (
        LocalServer(replies).listening() as server,
        on_the_porch(**options) as first,
        on_the_porch(**options) as second,
    ):
        satellites = {PUMPKIN: first, GHOST: second}
        voices = [
            voice(name, {**ON_STAGE, **data, "microphone": _at(satellite)})
            for name, satellite in zip(
                ("Pumpkin", "Ghost"), satellites.values(), strict=True
            )
        ]
        entry = account(server.url, *voices)
        await async_set_up(hass, entry)
        duo = Duo(hass, entry, server, satellites)
        for name in EventName:
            hass.bus.async_listen(f"{DOMAIN}_{name}", duo.hear)
        try:
            yield duo
        finally:
            await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()


def _at(satellite: FakeSatellite) -> dict[str, Any]:
    """Return a microphone of the form."""
    return {"kind": "wyoming", "host": HOST, "port": satellite.port}


async def test_a_second_voice_of_the_stage_is_refused_and_does_not_listen(
    hass: HomeAssistant,
) -> None:
    """With a translated reason that names who talks; no microphone is opened."""
    async with on_one_porch(hass, LONG) as duo:
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.AUDIO_STARTED, PUMPKIN)
        with pytest.raises(ServiceValidationError) as caught:
            await duo.act("start_conversation", GHOST)
        assert caught.value.translation_key == "stage_taken"
        assert caught.value.translation_placeholders == {"voice": "Pumpkin"}
        assert duo.satellites[GHOST].runs == 0
        assert not duo.satellites[GHOST].is_owned
        assert duo.told(EventName.CONVERSATION_STARTED, GHOST) == []
        assert not duo.is_stage_free
        await duo.act("stop_conversation", PUMPKIN, goodbye=False)
        assert await duo.ended(PUMPKIN) == "stopped"
        assert duo.is_stage_free


async def test_a_second_voice_waits_where_its_busy_policy_is_to_wait(
    hass: HomeAssistant,
) -> None:
    """It begins when the first has ended, and hears nothing before."""
    async with on_one_porch(hass, LONG, LONG, busy="queue") as duo:
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.AUDIO_STARTED, PUMPKIN)
        second = hass.async_create_task(duo.act("start_conversation", GHOST))
        await asyncio.sleep(0.1)
        assert duo.satellites[GHOST].runs == 0
        await duo.act("stop_conversation", PUMPKIN, goodbye=False)
        await second
        await duo.until(EventName.AUDIO_STARTED, GHOST)
        kinds = [
            (event.event_type.removeprefix(f"{DOMAIN}_"), event.data["entity_id"])
            for event in duo.events
        ]
        ended = kinds.index(("conversation_ended", PUMPKIN))
        assert kinds.index(("conversation_started", GHOST)) > ended
        await duo.act("stop_conversation", GHOST, goodbye=False)
        assert await duo.ended(GHOST) == "stopped"
        assert duo.is_stage_free


async def test_a_wait_has_an_end(hass: HomeAssistant) -> None:
    """A voice that talks on and on does not block an automation for ever."""
    async with on_one_porch(hass, LONG, busy="queue") as duo:
        await duo.act("start_conversation", PUMPKIN)
        with (
            patch.object(ensemble, "PATIENCE_S", 0.05),
            pytest.raises(ServiceValidationError, match="talks on this stage"),
        ):
            await duo.act("start_conversation", GHOST)
        await duo.act("stop_conversation", PUMPKIN, goodbye=False)


async def test_a_voice_that_is_switched_off_while_it_waits_does_not_start(
    hass: HomeAssistant,
) -> None:
    """Limits are looked at again after the wait, and the stage is free."""
    async with on_one_porch(hass, LONG, busy="queue") as duo:
        await duo.act("start_conversation", PUMPKIN)
        second = hass.async_create_task(duo.act("start_conversation", GHOST))
        await asyncio.sleep(0.05)
        duo.coordinator("Ghost").async_switch(is_enabled=False)
        await duo.act("stop_conversation", PUMPKIN, goodbye=False)
        with pytest.raises(ServiceValidationError) as caught:
            await second
        assert caught.value.translation_key == "voice_switched_off"
        assert duo.is_stage_free


async def test_voices_that_share_no_stage_talk_at_once(hass: HomeAssistant) -> None:
    """The user may want a choir."""
    async with on_one_porch(hass, LONG, LONG, shares_stage=False) as duo:
        for who in (PUMPKIN, GHOST):
            await duo.act("start_conversation", who)
        await duo.until(EventName.AUDIO_STARTED, PUMPKIN)
        await duo.until(EventName.AUDIO_STARTED, GHOST)


@pytest.mark.parametrize("areas", [("Porch", "Porch"), ("Porch", "Attic")])
async def test_voices_of_one_area_share_its_stage(
    hass: HomeAssistant, areas: tuple[str, str]
) -> None:
    """Those of two areas do not."""
    async with on_one_porch(hass, LONG, LONG, stage_name=None) as duo:
        for who, area in zip((PUMPKIN, GHOST), areas, strict=True):
            device_id = er.async_get(hass).entities[who].device_id
            area_id = ar.async_get(hass).async_get_or_create(area).id
            dr.async_get(hass).async_update_device(device_id or "", area_id=area_id)
        await duo.act("start_conversation", PUMPKIN)
        if len(set(areas)) == 1:
            with pytest.raises(ServiceValidationError, match="Pumpkin talks on this"):
                await duo.act("start_conversation", GHOST)
        else:
            await duo.act("start_conversation", GHOST)


@pytest.mark.parametrize("broken", ["open", "run", "assembly"])
async def test_the_stage_is_free_after_a_crash(
    hass: HomeAssistant, broken: str
) -> None:
    """Wherever the conversation breaks."""
    path = "custom_components.realtime_pumpkin"
    places = {
        "open": f"{path}.call.Call.async_open",
        "run": f"{path}.call.Call.async_run",
        "assembly": f"{path}.assembly.Assembly.call",
    }
    async with on_one_porch(hass, LONG, LONG) as duo:
        with patch(places[broken], side_effect=RuntimeError("crash")):
            if broken == "run":
                await duo.act("start_conversation", PUMPKIN)
                await duo.ended(PUMPKIN)
            else:
                with pytest.raises((RuntimeError, HomeAssistantError)):
                    await duo.act("start_conversation", PUMPKIN)
        assert duo.is_stage_free
        await duo.act("start_conversation", GHOST)
        await duo.until(EventName.AUDIO_STARTED, GHOST)


async def test_the_stage_is_free_after_an_unload(hass: HomeAssistant) -> None:
    """In mid-sentence, with another voice that waits."""
    async with on_one_porch(hass, LONG, busy="queue") as duo:
        await duo.act("start_conversation", PUMPKIN)
        second = hass.async_create_task(duo.act("start_conversation", GHOST))
        await asyncio.sleep(0.05)
        await hass.config_entries.async_unload(duo.entry.entry_id)
        with pytest.raises(HomeAssistantError):
            await second
        assert duo.is_stage_free
        assert async_get_ensemble(hass).seats == {}


async def test_the_ghost_goes_on_with_what_was_said_so_far(
    hass: HomeAssistant,
) -> None:
    """After the pumpkin's sentence was heard, on its own satellite, with a short gap."""
    async with on_one_porch(
        hass,
        letting("Ghost", Say("Let the ghost tell you!", duration_ms=800)),
        Say("Boo! In my cellar…", duration_ms=400),
    ) as duo:
        await duo.act("start_conversation", PUMPKIN)
        assert await duo.ended(PUMPKIN) == "handed_over"
        await duo.until(EventName.AUDIO_STARTED, GHOST)
        assert not duo.satellites[PUMPKIN].is_owned
        gap = _begin(duo, GHOST) - _end(duo, PUMPKIN)
        assert duo.satellites[PUMPKIN].played_ms() == pytest.approx(800, abs=30)
        await duo.act("stop_conversation", GHOST, goodbye=False)
        assert await duo.ended(GHOST) == "stopped"
        assert duo.is_stage_free
    assert 0 <= gap < 1.0
    request = duo.server.brain.requests[-1]
    words = "\n".join(item.words for item in request.history)
    assert WISH in words
    assert "Pumpkin: Let the ghost tell you!" in words
    assert duo.told(EventName.TOOL_CALLED, PUMPKIN)[0]["name"] == "hand_over"
    assert duo.told(EventName.ERROR, PUMPKIN) == []


def _begin(duo: Duo, who: str) -> float:
    """Return when a satellite began to play."""
    return duo.satellites[who].played[0].begin


def _end(duo: Duo, who: str) -> float:
    """Return when a satellite's last sound ended."""
    return duo.satellites[who].played[-1].end


async def test_a_voice_that_hands_over_without_a_word_is_asked_for_one(
    hass: HomeAssistant,
) -> None:
    """The visitor is not left in silence, wondering."""
    async with on_one_porch(
        hass,
        letting("Ghost"),
        Say("The ghost will tell you.", duration_ms=300),
        Say("Boo!", duration_ms=300),
    ) as duo:
        await duo.act("start_conversation", PUMPKIN)
        assert await duo.ended(PUMPKIN) == "handed_over"
        await duo.until(EventName.AUDIO_STARTED, GHOST)
    [ended] = duo.told(EventName.CONVERSATION_ENDED, PUMPKIN)
    assert [line["text"] for line in ended["transcript"]] == [
        "The ghost will tell you."
    ]


async def test_a_voice_that_cannot_come_is_told_to_the_model(
    hass: HomeAssistant,
) -> None:
    """The conversation goes on where it is."""
    async with on_one_porch(
        hass,
        letting("Ghost", Say("Let the ghost tell you!", duration_ms=200)),
        Say("It is asleep.", duration_ms=200),
    ) as duo:
        duo.coordinator("Ghost").async_switch(is_enabled=False)
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.AUDIO_STARTED, PUMPKIN, 2)
        assert duo.told(EventName.CONVERSATION_STARTED, GHOST) == []
        history = duo.server.brain.requests[-1].history
    assert any("Ghost cannot come" in str(item) for item in history)


async def test_a_visit_that_is_stopped_meanwhile_is_not_handed_over(
    hass: HomeAssistant,
) -> None:
    """Stop means stop, for all of them."""
    async with on_one_porch(
        hass, letting("Ghost", Say("Let the ghost tell you! " * 9, duration_ms=5000))
    ) as duo:
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.TOOL_CALLED, PUMPKIN)
        await asyncio.sleep(0.3)
        await duo.act("stop_conversation", PUMPKIN, goodbye=False)
        await duo.until(EventName.CONVERSATION_ENDED, PUMPKIN)
        await hass.async_block_till_done()
        assert duo.told(EventName.CONVERSATION_STARTED, GHOST) == []
        assert duo.is_stage_free


async def test_voices_do_not_hand_a_visitor_round_for_ever(
    hass: HomeAssistant,
) -> None:
    """After three times nobody is offered the tool any more."""
    back_and_forth = [
        letting(name, Say(f"{name} will tell you.", duration_ms=100))
        for name in ("Ghost", "Pumpkin") * 2
    ]
    async with on_one_porch(hass, *back_and_forth, LONG) as duo:
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.TOOL_CALLED, GHOST, 2)
        await duo.until(EventName.AUDIO_STARTED, GHOST, 3)
        reasons = [
            event.data["reason"]
            for event in duo.events
            if event.event_type == f"{DOMAIN}_conversation_ended"
        ]
        assert reasons == ["handed_over"] * MOST_HAND_OVERS
    offered = [
        "hand_over" in request.instructions for request in duo.server.brain.requests
    ]
    assert offered[:MOST_HAND_OVERS] == [True] * MOST_HAND_OVERS
    assert not any(offered[MOST_HAND_OVERS:])


async def test_an_heir_that_cannot_talk_frees_the_stage(hass: HomeAssistant) -> None:
    """Its satellite is gone when it is to begin."""
    async with on_one_porch(
        hass, letting("Ghost", Say("Let the ghost tell you!", duration_ms=300)), LONG
    ) as duo:
        with patch.object(
            duo.coordinator("Ghost"),
            "async_start_conversation",
            side_effect=ServiceValidationError("gone"),
        ):
            await duo.act("start_conversation", PUMPKIN)
            assert await duo.ended(PUMPKIN) == "handed_over"
            await hass.async_block_till_done()
        assert duo.is_stage_free


@pytest.mark.parametrize("data", [{"hands_over": False}, {"shares_stage": False}])
async def test_a_voice_hands_over_only_where_that_was_chosen(
    hass: HomeAssistant, data: dict[str, Any]
) -> None:
    """It knows of nobody else."""
    async with on_one_porch(hass, LONG, **data) as duo:
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.AUDIO_STARTED, PUMPKIN)
    assert "hand_over" not in duo.server.brain.requests[0].instructions


def test_what_is_told_of_a_long_visit_is_bounded() -> None:
    """The last words matter most."""
    transcript = [
        {
            "role": "assistant" if number % 2 else "user",
            "text": f"{number} " + "x" * 500,
        }
        for number in range(40)
    ]
    words = told("Pumpkin", transcript)
    assert len(words) <= TOLD_CHARACTERS
    assert "39 x" in words
    assert "Pumpkin: 39" in words
