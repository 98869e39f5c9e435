"""Satellites that were not asked, but use the voice's pipeline."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from homeassistant.components.assist_pipeline import PipelineEventType
from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.const import CONVERSATION_OVER, EventName
from custom_components.realtime_pumpkin.links import satellites
from custom_components.realtime_pumpkin.rehearsal import Reply
from tests.assist.dialog import SAID
from tests.assist.house import MAKER, Device
from tests.assist.visit import Visit, option, visit
from tests.common import VOICE_ENTITY_ID
from tests.porch import GOODBYE, GREETING

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


async def choose(hass: HomeAssistant, device: Device, name: str = "Pumpkin") -> None:
    """Choose an assistant at a device, as its owner does."""
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": device.select_id, "option": name},
        blocking=True,
    )


async def is_idle(hass: HomeAssistant, device: Device) -> None:
    """Wait until a device is idle."""
    run = device.satellite._run
    assert run is not None
    async with asyncio.timeout(5):
        await asyncio.wait([run])
    assert hass.states.is_state(device.entity_id, "idle")


@asynccontextmanager
async def a_hall(
    hass: HomeAssistant, *replies: Reply, **options: object
) -> AsyncIterator[tuple[Visit, Device, Device]]:
    """Have a voice at the porch, and a hall whose owner chose it there, too."""
    porch, hall = Device("porch"), Device("hall")
    async with visit(hass, porch, *replies, others=(hall,), **options) as there:  # type: ignore[arg-type]
        await choose(hass, hall)
        yield there, porch, hall


async def test_a_wake_word_starts_a_conversation(hass: HomeAssistant) -> None:
    """It is held where the word was said: that microphone, that speaker."""
    async with a_hall(hass, GREETING, GOODBYE) as (there, porch, hall):
        hall.satellite.wake()
        await there.until(EventName.AUDIO_STARTED)
        await there.act("add_message", role="user", text="Bye!", respond=True)
        ended = await there.until(EventName.CONVERSATION_ENDED)
        await is_idle(hass, hall)
        assert option(hass, hall) == "Pumpkin"
        assert hall.satellite.texts == [CONVERSATION_OVER]
        assert len(hall.player.played) == 2
        assert porch.player.played == []
        assert porch.satellite.clips == []
    assert ended["reason"] == "finished"


async def test_the_next_wake_word_starts_the_next_conversation(
    hass: HomeAssistant,
) -> None:
    """The first has ended as any other; nothing of it is left at the device."""
    async with a_hall(hass, GREETING, GOODBYE, GREETING, GOODBYE) as (there, _, hall):
        for number in (1, 2):
            hall.satellite.wake()
            await there.until(EventName.AUDIO_STARTED, 2 * number - 1)
            await there.act("add_message", role="user", text="Bye!", respond=True)
            ended = await there.until(EventName.CONVERSATION_ENDED, number)
            await is_idle(hass, hall)
            assert ended["reason"] == "finished"
        assert hall.satellite.texts == [CONVERSATION_OVER] * 2
        assert len(hall.player.played) == 4
    begun = there.named(EventName.CONVERSATION_STARTED)
    assert len({event["conversation_id"] for event in begun}) == 2


async def test_the_button_ends_what_a_wake_word_started(hass: HomeAssistant) -> None:
    """As it ends every other conversation there."""
    async with a_hall(hass, GREETING) as (there, _, hall):
        hall.satellite.wake()
        await there.until(EventName.AUDIO_STARTED)
        hall.satellite.press()
        ended = await there.until(EventName.CONVERSATION_ENDED)
    assert ended["reason"] == "user_ended"


async def test_a_voice_that_may_not_talk_lets_the_satellite_go(
    hass: HomeAssistant,
) -> None:
    """Limits hold for wake words, too; the device is idle again at once."""
    async with a_hall(hass, GREETING) as (there, _, hall):
        await hass.services.async_call(
            "switch",
            "turn_off",
            {"entity_id": "switch.pumpkin_enabled"},
            blocking=True,
        )
        hall.satellite.wake()
        await is_idle(hass, hall)
        assert hall.satellite.texts == [CONVERSATION_OVER]
        assert there.named(EventName.CONVERSATION_STARTED) == []


async def test_the_second_of_two_satellites_finds_the_voice_busy(
    hass: HomeAssistant,
) -> None:
    """Whoever began to talk goes on; the other device is idle at once."""
    async with a_hall(hass, GREETING) as (there, porch, hall):
        await there.act("start_conversation")
        await there.until(EventName.AUDIO_STARTED)
        hall.satellite.wake()
        await is_idle(hass, hall)
        assert hass.states.is_state(porch.entity_id, "listening")
        assert hass.states.is_state(VOICE_ENTITY_ID, "listening") or (
            hass.states.is_state(VOICE_ENTITY_ID, "responding")
        )
        assert (await there.end())["reason"] == "stopped"
    assert len(there.named(EventName.CONVERSATION_STARTED)) == 1


async def test_two_satellites_in_the_same_moment_are_told_apart(
    hass: HomeAssistant,
) -> None:
    """The one that was started is listened to, whoever else wakes up with it."""
    async with a_hall(hass, GREETING) as (there, porch, hall):
        starting = hass.async_create_task(there.act("start_conversation"))
        porch_wakes = porch.satellite.wake
        porch.satellite.wake = lambda: (hall.satellite.wake(), porch_wakes())  # type: ignore[assignment, func-returns-value]
        await starting
        await is_idle(hass, hall)
        assert hass.states.is_state(porch.entity_id, "listening")
        before = porch.satellite.sent
        await there.until(EventName.AUDIO_STARTED)
        assert porch.satellite.sent > before
        assert (await there.end())["reason"] == "stopped"
    assert len(there.named(EventName.CONVERSATION_STARTED)) == 1


async def test_a_satellite_that_cannot_be_started_waits_for_its_wake_word(
    hass: HomeAssistant,
) -> None:
    """The action says what to do instead, and the word works."""
    device = Device("porch", can_be_started=False)
    async with visit(hass, device, GREETING) as there:
        with pytest.raises(Exception, match="Say its wake word"):
            await there.act("start_conversation")
        await choose(hass, device)
        device.satellite.wake()
        await there.until(EventName.AUDIO_STARTED)
        assert (await there.end())["reason"] == "stopped"


async def test_a_device_without_a_player_needs_another_speaker(
    hass: HomeAssistant,
) -> None:
    """The failure names the satellite, which is idle again."""
    device = Device("porch", has_player=False)
    async with visit(hass, device, GREETING) as there:
        await choose(hass, device)
        device.satellite.wake()
        await there.until(EventName.CONVERSATION_ENDED)
        await is_idle(hass, device)
        [error] = there.named(EventName.ERROR)
    assert error["kind"] == "assist_satellite_without_speaker"


async def test_who_is_no_satellite_holds_no_conversation(hass: HomeAssistant) -> None:
    """A browser's run is left to turns."""
    async with visit(hass, Device("porch")) as there:
        [voice] = there.entry.runtime_data.voices.values()

        async def sound() -> AsyncIterator[bytes]:
            """Send a little."""
            yield bytes(320)

        assert await voice.tap.async_run(sound()) is False
        assert there.named(EventName.CONVERSATION_STARTED) == []


async def test_a_telephone_takes_turns(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its caller is heard, then answered: no microphone of it can stay open."""
    monkeypatch.setattr(satellites, "_TELEPHONES", {MAKER})
    phone = Device("phone", has_player=False, says=SAID)
    async with visit(hass, phone, "Boo!", heard=("Hello?",)) as there:
        await choose(hass, phone)
        phone.satellite.wake()
        said = await there.until(EventName.ASSISTANT_TRANSCRIPT)
        run = phone.satellite._run
        assert run is not None
        async with asyncio.timeout(5):
            await run
        assert phone.satellite.texts == ["Hello?"]
        assert PipelineEventType.TTS_END in phone.satellite.kinds
        assert there.named(EventName.SESSION_STARTED) == []
    assert said["text"] == "Boo!"
