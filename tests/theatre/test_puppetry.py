"""Tests of the things that move with a level: light, number and switch."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import Mock

from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.links.meter import Ear, LevelFeed
from custom_components.realtime_pumpkin.loans import async_get_loans, async_setup_loans
from custom_components.realtime_pumpkin.staging import Follows, LevelTarget
from custom_components.realtime_pumpkin.theatre.act import Stage
from custom_components.realtime_pumpkin.theatre.puppetry import Puppetry
from tests.theatre.house import Things

CANDLE, JAW, EYES = "light.candle", "number.jaw", "switch.eyes"
KEY = f"{DOMAIN}.loans"


@dataclass
class Level(LevelFeed):
    """A level as a test wants it."""

    levels: list[float] = field(default_factory=lambda: [0.0])

    def outlook(self, ms: float, count: int) -> list[float]:
        """Return it."""
        return self.levels[:count]


@pytest.fixture
async def things(hass: HomeAssistant) -> Things:
    """Return a house with a candle that burns, a jaw and dark eyes."""
    await async_setup_loans(hass)
    things = Things(hass)
    things.show(CANDLE, "on", brightness=90, color_mode="hs", hs_color=(200, 50))
    things.show(JAW, "15.0", min=10, max=60, step=5)
    things.show(EYES, "off")
    return things


@asynccontextmanager
async def moving(
    hass: HomeAssistant, level: float, *targets: LevelTarget
) -> AsyncIterator[Level]:
    """Hold a conversation beside which things move; yield the voice's level."""
    voice = Level([level])
    visitor = Mock(Ear, outlook=lambda ms, count: [1.0])
    stage = Stage(hass, Mock(), voice, Mock(), Mock(), visitor=visitor)
    act = Puppetry(stage, targets)
    await act.async_open(Mock())
    try:
        yield voice
    finally:
        await act.async_close()


def is_so(hass: HomeAssistant, entity_id: str) -> str:
    """Return how something is."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


async def test_a_light_is_as_bright_as_the_voice_is_loud(
    hass: HomeAssistant, things: Things
) -> None:
    """Within its range, in its own colour where it is no candle."""
    target = LevelTarget(CANDLE, lowest=20, highest=60, is_candle=False)
    async with moving(hass, 1.0, target):
        await things.until_told(1)
    assert things.of(CANDLE)[0] == ("turn_on", {"brightness": 153})


async def test_a_light_is_as_it_was_afterwards(
    hass: HomeAssistant, things: Things
) -> None:
    """Its brightness and its colour."""
    async with moving(hass, 1.0, LevelTarget(CANDLE)):
        await things.until_told(1)
    assert things.of(CANDLE)[-1] == (
        "turn_on",
        {"brightness": 90, "hs_color": [200, 50]},
    )
    assert async_get_loans(hass).open == ()


async def test_a_light_that_was_off_is_off_afterwards(
    hass: HomeAssistant, things: Things
) -> None:
    """A candle is lit for a visit and blown out."""
    things.show(CANDLE, "off")
    async with moving(hass, 0.0, LevelTarget(CANDLE)):
        await things.until_told(1)
    assert things.of(CANDLE)[-1] == ("turn_off", {})


@pytest.mark.parametrize(
    ("mode", "colour"),
    [
        ("rgbw", {"rgb_color": (255, 138, 36)}),
        ("color_temp", {"color_temp_kelvin": 2000}),
        ("brightness", {}),
    ],
)
async def test_a_candle_is_as_warm_as_its_light_can_be(
    hass: HomeAssistant, things: Things, mode: str, colour: dict[str, Any]
) -> None:
    """It is told so once, and its transition each time where it has any."""
    things.show(CANDLE, "off", supported_color_modes=[mode], supported_features=32)
    target = LevelTarget(CANDLE, transition_ms=50, calls_per_second=25)
    async with moving(hass, 0.0, target) as voice:
        await things.until_told(1)
        voice.levels = [1.0]
        await things.until_told(2)
    (_, first), (_, second), *_ = things.of(CANDLE)
    assert first.keys() - {"brightness"} == {"transition", *colour}
    assert colour.items() <= first.items()
    assert second == {"brightness": 255, "transition": 0.05}


async def test_a_number_opens_within_its_own_range_and_steps(
    hass: HomeAssistant, things: Things
) -> None:
    """And is shut again."""
    async with moving(hass, 0.52, LevelTarget(JAW, highest=1000)):
        await things.until_told(1)
    assert things.of(JAW) == [
        ("set_value", {"value": 35.0}),
        ("set_value", {"value": 15.0}),
    ]


async def test_a_switch_does_not_tremble_at_the_border(
    hass: HomeAssistant, things: Things
) -> None:
    """On above one level, off below another."""
    target = LevelTarget(EYES, lowest=30, highest=50, release_ms=0, calls_per_second=25)
    async with moving(hass, 0.0, target) as voice:
        await things.until_told(1)
        voice.levels = [0.6, 0.4, 0.6, 0.4]
        await things.until_told(2)
        voice.levels = [0.2]
        await things.until_told(3)
    assert [action for action, _ in things.of(EYES)] == [
        *("turn_off", "turn_on", "turn_off", "turn_off")
    ]


async def test_the_visitors_level_moves_what_follows_the_visitor(
    hass: HomeAssistant, things: Things
) -> None:
    """While the voice is silent."""
    async with moving(hass, 0.0, LevelTarget(EYES, Follows.VISITOR)):
        await things.until_told_to(EYES, "turn_on")


async def test_what_it_was_is_on_the_disk_before_the_first_call(
    hass: HomeAssistant, things: Things, hass_storage: dict[str, Any]
) -> None:
    """So that it comes back after a crash."""
    things.free.clear()
    async with moving(hass, 1.0, LevelTarget(JAW)):
        await things.until_told(1)
        [loan] = hass_storage[KEY]["data"]
        assert (loan["kind"], loan["old"]) == ("number", "15.0")
        things.free.set()


@pytest.mark.parametrize(
    ("kind", "entity_id", "old", "told"),
    [
        ("light", CANDLE, '{"state":"off"}', ("turn_off", {})),
        (
            "light",
            CANDLE,
            '{"state":"on","brightness":9}',
            ("turn_on", {"brightness": 9}),
        ),
        ("number", JAW, "20.0", ("set_value", {"value": 20.0})),
        ("switch", EYES, "on", ("turn_on", {})),
    ],
)
async def test_what_a_crash_left_moved_is_given_back_at_set_up(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    kind: str,
    entity_id: str,
    old: str,
    told: tuple[str, dict[str, Any]],
) -> None:
    """As soon as the thing shows how it is."""
    loan = {"kind": kind, "entity_id": entity_id, "old": old, "ours": "moved"}
    loan["since"] = "2026-10-31T18:00:00+00:00"
    data = {"version": 1, "minor_version": 1, "key": KEY, "data": [loan]}
    hass_storage[KEY] = data
    things = Things(hass)
    things.show(entity_id, "unavailable")
    await async_setup_loans(hass)
    assert things.calls == []
    things.show(entity_id, "on" if kind != "number" else "44")
    await hass.async_block_till_done()
    assert things.of(entity_id) == [told]
    assert hass_storage[KEY]["data"] == []


type Touch = Callable[[Things], Any]


@pytest.mark.parametrize(
    ("target", "touch", "left"),
    [
        (CANDLE, lambda house: house.by_person(CANDLE, "off"), "off"),
        (CANDLE, lambda house: house.by_person(CANDLE, "on", brightness=3), "on"),
        (JAW, lambda house: house.by_person(JAW, "55"), "55"),
        (EYES, lambda house: house.by_person(EYES, "on"), "on"),
    ],
)
async def test_what_a_person_changes_is_left_to_them(
    hass: HomeAssistant, things: Things, target: str, touch: Touch, left: str
) -> None:
    """It is neither moved any more nor given back."""
    async with moving(hass, 0.0, LevelTarget(target)) as voice:
        await things.until_told(1)
        await touch(things)
        told = len(things.of(target))
        voice.levels = [1.0]
        await hass.async_block_till_done()
    assert len(things.of(target)) == told
    assert is_so(hass, target) == left
    assert async_get_loans(hass).open == ()


async def test_a_light_that_is_switched_off_at_the_wall_stays_off(
    hass: HomeAssistant, things: Things
) -> None:
    """We never switch one off while somebody speaks, so it was somebody else."""
    async with moving(hass, 0.0, LevelTarget(CANDLE)):
        await things.until_told(1)
        await hass.async_block_till_done()
        things.show(CANDLE, "off")
        await hass.async_block_till_done()
    assert is_so(hass, CANDLE) == "off"


async def test_a_slow_device_has_one_call_at_a_time(
    hass: HomeAssistant, things: Things
) -> None:
    """Nothing queues up behind it; the others move on."""
    things.free.clear()
    targets = (LevelTarget(CANDLE, calls_per_second=25), LevelTarget(JAW))
    async with moving(hass, 0.0, *targets) as voice:
        await things.until_told(2)
        voice.levels = [1.0]
        assert len(things.of(CANDLE)) == len(things.of(JAW)) == 1
        things.free.set()
        await things.until_told(4)
    assert things.of(JAW)[1] == ("set_value", {"value": 60.0})


async def test_a_broken_device_is_left_alone_and_told_once(
    hass: HomeAssistant, things: Things, caplog: pytest.LogCaptureFixture
) -> None:
    """The conversation and its log have better things to do."""
    things.fails = True
    async with moving(hass, 0.0, LevelTarget(JAW, calls_per_second=25)) as voice:
        for count, level in enumerate((0.0, 1.0, 0.0), start=1):
            voice.levels = [level]
            await things.until_told(count)
        things.fails = False
    assert caplog.text.count("number.jaw does not follow the level") == 1


async def test_what_is_not_there_is_left_out(
    hass: HomeAssistant, things: Things, caplog: pytest.LogCaptureFixture
) -> None:
    """The rest of the show goes on."""
    things.show("light.attic", "unavailable")
    targets = [LevelTarget(f"light.{name}") for name in ("attic", "cellar")]
    async with moving(hass, 1.0, *targets, LevelTarget(JAW)):
        await things.until_told(1)
    assert {to for to, _, _ in things.calls} == {JAW}
    assert "light.cellar does not exist" in caplog.text


async def test_two_voices_at_one_candle_give_back_what_was_there_first(
    hass: HomeAssistant, things: Things
) -> None:
    """However their conversations overlap."""
    async with moving(hass, 1.0, LevelTarget(JAW)):
        await things.until_told(1)
        async with moving(hass, 0.5, LevelTarget(JAW)):
            await things.until_told(2)
    assert is_so(hass, JAW) == "15.0"
