"""Whether a satellite is trusted not to hear itself: what the form says, what is done."""

from typing import Any

from homeassistant.core import Context
import pytest

from custom_components.realtime_pumpkin.calibration import Calibration
from custom_components.realtime_pumpkin.links.satellite_stream import SatelliteStream
from custom_components.realtime_pumpkin.links.satellites import has_echo_canceller
from custom_components.realtime_pumpkin.realtime.runner import RealtimeSession
from custom_components.realtime_pumpkin.request import AS_USUAL
from tests.assist.esphome.room import MakeRoom, Room
from tests.assist.visit import Visit
from tests.voice_flow import async_to, choices

VOICE_PE = "Nabu Casa.Home Assistant Voice PE"


def measured(echo_return_db: float) -> dict[str, Any]:
    """Return what a porch check stored that heard the speaker so loud."""
    found = Calibration(-60.0, "2026", 90, echo_return_db=echo_return_db)
    return found.as_data()


async def can_be_interrupted(
    visit: Visit, heard: SatelliteStream | None = None
) -> bool:
    """Tell whether a visitor could interrupt the voice, at its satellite or another."""
    assembly, options = visit.coordinator._assembly, visit.coordinator.options
    call = assembly.call(
        options,
        AS_USUAL,
        heard,
        await assembly.async_house(options, Context()),
        observer=visit.coordinator,
        on_link_lost=print,
        is_muted=bool,
    )
    assert isinstance(call.session, RealtimeSession)
    return call.session._core._talk.behaviour.barge_in


@pytest.mark.parametrize(
    ("project", "is_meant_to"),
    [
        (VOICE_PE, True),
        ("FutureProofHomes.Satellite1", True),
        ("m5stack.atom-echo-voice-assistant", False),
        ("", False),
    ],
    ids=["Voice PE", "Satellite1", "Atom Echo", "home-made"],
)
async def test_the_form_tells_of_an_echo_canceller_and_promises_nothing(
    make_room: MakeRoom, project: str, is_meant_to: bool
) -> None:
    """Home Assistant names maker and model as the firmware does."""
    room = await make_room(project=project)
    assert has_echo_canceller(room.hass, room.satellite.entity_id) is is_meant_to
    async with room.voice() as visit:
        result = await async_to(room.hass, visit.entry, "microphone")
        text = choices(result, "microphone")[f"assist:{room.satellite.entity_id}"]
    assert text.startswith("Porch: can be started by an automation, ")
    assert ("has an echo canceller" in text) is is_meant_to
    assert "the porch check finds out whether visitors can interrupt" in text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, False),
        ({"calibration": measured(-46)}, True),
        ({"calibration": measured(-12)}, False),
        ({"barge_in": "on"}, True),
    ],
    ids=["unknown", "measured", "measured, loud", "the user knows better"],
)
async def test_only_a_measurement_or_the_user_lets_visitors_interrupt(
    make_room: MakeRoom,
    data: dict[str, Any],
    expected: bool,
) -> None:
    """Whatever chip the satellite has."""
    room = await make_room(project=VOICE_PE)
    async with room.voice(data=data) as visit:
        assert await can_be_interrupted(visit) is expected


async def test_what_was_measured_at_one_satellite_is_not_believed_of_another(
    room: Room,
) -> None:
    """A wake word in the hall reaches the voice of the porch."""
    data = {"calibration": measured(-46)}
    async with room.voice(data=data) as visit:
        assert await can_be_interrupted(
            visit, SatelliteStream(room.satellite.entity_id)
        )
        assert not await can_be_interrupted(
            visit, SatelliteStream("assist_satellite.hall")
        )
