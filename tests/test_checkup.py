"""Tests of the porch check in Home Assistant: its action, its button, what is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_get_persistent_notifications,
)

from custom_components.realtime_pumpkin import porch_check
from custom_components.realtime_pumpkin.calibration import Calibration
from custom_components.realtime_pumpkin.const import (
    CONF_CALIBRATION,
    DOMAIN,
    TurnDetection,
)
from custom_components.realtime_pumpkin.links.browser import BrowserPort
from custom_components.realtime_pumpkin.manners import TurnTaking
from custom_components.realtime_pumpkin.porch_report import async_summary
from custom_components.realtime_pumpkin.request import AS_USUAL
from custom_components.realtime_pumpkin.session_setup import create_behaviour
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import (
    VOICE_ENTITY_ID,
    account,
    async_set_up,
    only_subentry,
    only_voice,
    voice,
)
from tests.links.echo import let_hear_itself
from tests.links.satellite import HOST, FakeSatellite, on_the_porch
from tests.links.virtual_time import until
from tests.links.voice_links import voice_links

BUTTON = "button.pumpkin_porch_check"
AT = "2026-10-31T12:00:00+00:00"
ECHO = Calibration(
    noise_dbfs=-62.0,
    checked_at=AT,
    latency_ms=420,
    prebuffer_ms=900,
    spread_ms=30,
    echo_return_db=-21.5,
    level_dbfs=-39.5,
)

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Listen no longer than the fake satellite needs."""
    monkeypatch.setattr(porch_check, "SETTLE_S", 0.05)
    monkeypatch.setattr(porch_check, "NOISE_S", 0.2)
    monkeypatch.setattr(porch_check, "LISTEN_S", 0.9)
    monkeypatch.setattr(porch_check, "TAIL_MS", 300)


@dataclass
class Porch:
    """A voice whose microphone hears its own speaker."""

    hass: HomeAssistant
    entry: MockConfigEntry
    satellite: FakeSatellite

    async def check(self) -> dict[str, Any]:
        """Call the action and return its answer."""
        answer = await self.hass.services.async_call(
            DOMAIN,
            "porch_check",
            {"entity_id": VOICE_ENTITY_ID},
            blocking=True,
            return_response=True,
        )
        assert answer is not None
        found = answer[VOICE_ENTITY_ID]
        assert isinstance(found, dict)
        return found

    def can_be_interrupted(self) -> bool:
        """Tell whether the next conversation's voice can be interrupted."""
        options = only_voice(self.entry).options
        links = voice_links(self.hass, BrowserPort("P", lambda: None))
        source, _ = links.create(options)
        return create_behaviour(options, source, AS_USUAL).barge_in


@asynccontextmanager
async def porch_with(
    hass: HomeAssistant, url: str, gain_db: float, noise_rms: float = 20
) -> AsyncIterator[Porch]:
    """Set up a voice whose echo has so many dB; unload it at the end."""
    async with on_the_porch(most_ahead=0.5) as satellite:
        let_hear_itself(satellite, lambda _: 120, gain_db, noise_rms)
        microphone = {"kind": "wyoming", "host": HOST, "port": satellite.port}
        entry = account(url, voice(data={"microphone": microphone}))
        await async_set_up(hass, entry)
        try:
            yield Porch(hass, entry, satellite)
        finally:
            await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()


async def test_the_action_answers_with_what_is_stored(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """Figures and words; the voice goes on without a reload."""
    async with porch_with(hass, realtime_url, gain_db=-20) as porch:
        coordinator = only_voice(porch.entry)
        found = await porch.check()
        await hass.async_block_till_done()
        stored = only_subentry(porch.entry).data[CONF_CALIBRATION]
        assert only_voice(porch.entry) is coordinator
        assert coordinator.options.calibration == Calibration(**stored)
        assert not porch.can_be_interrupted()
    assert found["latency_ms"] == pytest.approx(120, abs=60)
    assert found["echo_return_db"] == pytest.approx(-20, abs=2)
    assert found["echo_cancelled"] is False
    assert datetime.fromisoformat(found["checked_at"]).tzinfo is not None
    assert found["summary"].startswith("The speaker is heard ")
    assert found["threshold"] == 0.5
    assert {key: found[key] for key in stored} == stored


async def test_a_cancelled_echo_lets_visitors_interrupt(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """Automatic interruption follows what the check found."""
    async with porch_with(hass, realtime_url, gain_db=-120) as porch:
        assert not porch.can_be_interrupted()
        found = await porch.check()
        await hass.async_block_till_done()
        assert porch.can_be_interrupted()
    assert found["echo_cancelled"] is True
    assert found["latency_ms"] is None


async def test_the_button_tells_in_a_notification(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """A button has no answer of its own."""
    async with porch_with(hass, realtime_url, gain_db=-20) as porch:
        await hass.services.async_call(
            "button", "press", {"entity_id": BUTTON}, blocking=True
        )
        [told] = async_get_persistent_notifications(hass).values()
        assert CONF_CALIBRATION in only_subentry(porch.entry).data
    assert told["title"] == "Pumpkin"
    assert told["message"].startswith("The speaker is heard ")


async def test_no_check_disturbs_a_conversation(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Neither the action nor the button does."""
    only_voice(loaded_entry).async_set_updated_data(VoiceState(conversation_id="c1"))
    for domain, action, entity_id in (
        (DOMAIN, "porch_check", VOICE_ENTITY_ID),
        ("button", "press", BUTTON),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await hass.services.async_call(
                domain, action, {"entity_id": entity_id}, blocking=True
            )
        assert caught.value.translation_key == "porch_check_in_conversation"


async def test_one_check_at_a_time(hass: HomeAssistant, realtime_url: str) -> None:
    """The second is refused, the first goes on."""
    async with porch_with(hass, realtime_url, gain_db=-20) as porch:
        first = hass.async_create_task(porch.check())
        await _playing(porch)
        with pytest.raises(ServiceValidationError) as caught:
            await porch.check()
        assert (await first)["latency_ms"] is not None
    assert caught.value.translation_key == "porch_check_running"


async def test_a_ring_at_the_door_ends_the_check(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """The visitor goes first, and the satellite is free for the conversation."""
    async with porch_with(hass, realtime_url, gain_db=-20) as porch:
        check = hass.async_create_task(porch.check())
        await _playing(porch)
        coordinator = only_voice(porch.entry)
        assert await coordinator.async_start_conversation()
        with pytest.raises(HomeAssistantError) as caught:
            await check
        await coordinator.async_stop_conversation(goodbye=False)
        assert CONF_CALIBRATION not in only_subentry(porch.entry).data
    assert caught.value.translation_key == "porch_check_interrupted"


async def test_unloading_ends_the_check(hass: HomeAssistant, realtime_url: str) -> None:
    """Nothing goes on listening."""
    async with porch_with(hass, realtime_url, gain_db=-20) as porch:
        check = hass.async_create_task(porch.check())
        await _playing(porch)
        await hass.config_entries.async_unload(porch.entry.entry_id)
        with pytest.raises(HomeAssistantError) as caught:
            await check
        await until(lambda: not porch.satellite.is_owned)
    assert caught.value.translation_key == "porch_check_interrupted"


async def test_a_satellite_that_is_off_is_told_in_words(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """And nothing is stored."""
    async with porch_with(hass, realtime_url, gain_db=-20) as porch:
        await porch.satellite.stop()
        with pytest.raises(HomeAssistantError) as caught:
            await porch.check()
        await porch.satellite.start()
        assert CONF_CALIBRATION not in only_subentry(porch.entry).data
    assert caught.value.translation_key == "satellite_unreachable"
    assert str(caught.value).startswith("No satellite answers at ")


async def test_what_was_measured_is_what_the_link_counts_with(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """The heard position and the gate's tail follow the check."""
    data = {CONF_CALIBRATION: ECHO.as_data()}
    entry = account(realtime_url, voice(data=data))
    await async_set_up(hass, entry)
    options = only_voice(entry).options
    port = BrowserPort("P", lambda: None)
    source, sink = voice_links(hass, port).create(options)
    behaviour = create_behaviour(options, source, AS_USUAL)
    await hass.config_entries.async_unload(entry.entry_id)
    assert sink._latency_ms == 420  # type: ignore[attr-defined]
    assert behaviour.echo_tail == pytest.approx(0.43)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            ECHO,
            [
                "420 ms",
                "900 ms",
                "-39.5 dBFS",
                "-21.5 dB",
                "stays closed",
                "-62.0 dBFS",
            ],
        ),
        (
            Calibration(-70.0, AT, 80, 0, 0, -46.0, -64.0),
            ["80 ms", "-46.0 dB", "may interrupt", "-70.0 dBFS", "threshold 0.5"],
        ),
        (Calibration(-70.0, AT), ["does not hear", "may interrupt", "-70.0 dBFS"]),
        (Calibration(-30.0, AT), ["-30.0 dBFS", "too loud", "threshold 0.75"]),
        (Calibration(-96.0, AT), ["nothing at all"]),
    ],
    ids=["echo", "cancelled", "unheard", "too noisy", "deaf"],
)
async def test_every_finding_has_its_words(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    found: Calibration,
    words: list[str],
) -> None:
    """They name the figures and what follows from them."""
    summary = await async_summary(hass, found, TurnTaking())
    assert [word for word in words if word not in summary] == [], summary
    assert "{" not in summary


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        (TurnTaking(threshold=0.9), ["stays at 0.9", "would be 0.5"]),
        (TurnTaking(turn_detection=TurnDetection.SEMANTIC_VAD), []),
    ],
    ids=["chosen", "semantic"],
)
async def test_a_threshold_that_the_check_does_not_set_is_told_as_such(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    turns: TurnTaking,
    words: list[str],
) -> None:
    """It was chosen, or nothing uses it."""
    summary = await async_summary(hass, ECHO, turns)
    assert [word for word in words if word not in summary] == [], summary
    assert ("threshold" in summary) is bool(words)
    assert "now uses" not in summary


async def _playing(porch: Porch) -> None:
    """Wait until the first chirp plays."""
    async with asyncio.timeout(10):
        while not porch.satellite.played:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)
