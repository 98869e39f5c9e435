"""Tests of the place where a tab stands in for devices, and of its microphone."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.links.browser import (
    GRACE_S,
    KIND_REPORT,
    KIND_SOUND,
    BrowserPort,
)
from custom_components.realtime_pumpkin.links.browser_microphone import (
    OPEN_TIMEOUT_S,
    BrowserMicrophone,
)
from custom_components.realtime_pumpkin.links.errors import (
    BrowserAbsent,
    BrowserHeld,
    BrowserLost,
    BrowserMicrophoneRefused,
    BrowserMicrophoneSilent,
    LinkError,
)
from tests.links.tab import Tab, port_and_tab
from tests.links.virtual_time import now, run

FRAME = bytes(range(256)) * 3 + bytes(192)  # 20 ms at 24 kHz


async def _opened(port: BrowserPort, tab: Tab, rate: int = 24_000) -> BrowserMicrophone:
    """Return a microphone that the tab has opened."""
    microphone = BrowserMicrophone(port, hears_own_speaker_only=True)
    opening = asyncio.ensure_future(microphone.open())
    await asyncio.sleep(0)
    tab.report(type="microphone", on=True, rate=rate)
    await opening
    return microphone


async def _ms_of_all(frames: AsyncIterator[bytes]) -> float:
    """Return how long all frames are until they end."""
    return sum([PCM_24K.ms_of(len(frame)) async for frame in frames])


def test_what_the_tab_hears_comes_out_as_it_went_in() -> None:
    """At 24 kHz not a sample is changed."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        microphone = await _opened(port, tab)
        for _ in range(5):
            tab.hear(FRAME)
        await microphone.close()
        heard = b"".join([frame async for frame in microphone.frames()])
        assert heard == FRAME * 5
        assert [each["on"] for each in tab.told("microphone")] == [True, False]

    run(scenario())


def test_sound_of_another_rate_lasts_as_long() -> None:
    """16 kHz is what some phones give; frames may be torn anywhere."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        microphone = await _opened(port, tab, rate=16_000)
        second = bytes(32_000)
        for start in range(0, len(second), 333):
            tab.hear(second[start : start + 333])
        await microphone.close()
        assert await _ms_of_all(microphone.frames()) == pytest.approx(1000, abs=25)

    run(scenario())


def test_a_slow_house_keeps_the_last_five_seconds() -> None:
    """What is older is dropped, or memory would grow."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        microphone = await _opened(port, tab)
        for _ in range(500):
            tab.hear(FRAME)
        await microphone.close()
        assert await _ms_of_all(microphone.frames()) == pytest.approx(5000, abs=20)

    run(scenario())


def test_without_a_tab_there_is_no_microphone() -> None:
    """And nobody waits for one."""

    async def scenario() -> None:
        port = BrowserPort("Pumpkin", lambda: None)
        with pytest.raises(BrowserAbsent):
            await BrowserMicrophone(port, hears_own_speaker_only=True).open()
        assert not port.is_in_use

    run(scenario())


@pytest.mark.parametrize(
    "report",
    [
        {"on": False, "error": "NotAllowedError"},
        {"on": True, "rate": 12},
        {"on": True, "rate": "many"},
        {"on": True},
    ],
)
def test_a_refused_or_senseless_microphone_is_an_error(
    report: dict[str, object],
) -> None:
    """The opening fails at once and leaves nothing at the port."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        microphone = BrowserMicrophone(port, hears_own_speaker_only=True)
        opening = asyncio.ensure_future(microphone.open())
        await asyncio.sleep(0)
        tab.report(type="microphone", **report)
        with pytest.raises(BrowserMicrophoneRefused):
            await opening
        assert not port.is_in_use

    run(scenario())


def test_a_tab_that_never_answers_is_silent() -> None:
    """A person has twenty seconds to allow the microphone."""

    async def scenario() -> None:
        port, _ = port_and_tab()
        began = now()
        with pytest.raises(BrowserMicrophoneSilent):
            await BrowserMicrophone(port, hears_own_speaker_only=True).open()
        assert now() - began == pytest.approx(OPEN_TIMEOUT_S, abs=0.1)
        assert not port.is_in_use

    run(scenario())


@pytest.mark.parametrize(("for_good", "seconds"), [(True, 0.0), (False, GRACE_S)])
def test_a_tab_that_goes_ends_the_frames(for_good: bool, seconds: float) -> None:
    """At once where it is closed; after a while where its connection is lost."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        microphone = await _opened(port, tab)
        began = now()
        tab.detach(for_good=for_good)
        with pytest.raises(BrowserLost):
            await _ms_of_all(microphone.frames())
        assert now() - began == pytest.approx(seconds, abs=0.1)
        await microphone.close()

    run(scenario())


def test_a_tab_that_comes_back_goes_on_listening() -> None:
    """It is asked for its microphone again; the conversation does not notice."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        microphone = await _opened(port, tab)
        tab.hear(FRAME)
        tab.detach(for_good=False)
        await asyncio.sleep(GRACE_S - 1)
        tab.attach()
        tab.report(type="microphone", on=True, rate=24_000)
        tab.hear(FRAME)
        await asyncio.sleep(GRACE_S + 1)
        await microphone.close()
        assert await _ms_of_all(microphone.frames()) == 40
        assert [each["on"] for each in tab.told("microphone")] == [True, True, False]

    run(scenario())


def test_a_second_tab_is_told_who_holds_the_voice() -> None:
    """It changes nothing for the first."""
    port, tab = port_and_tab()
    other = Tab(port, "other", "Grace")
    with pytest.raises(BrowserHeld) as refused:
        other.attach()
    assert refused.value.placeholders == {"owner": "Ada"}
    assert port.tab is tab.this
    assert not tab.told("taken_over")


def test_a_second_tab_may_take_the_voice_over() -> None:
    """The first is told by whom, and hears and says nothing any more."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        microphone = await _opened(port, tab)
        other = Tab(port, "other", "Grace")
        other.attach(take_over=True)
        assert tab.told("taken_over") == [{"type": "taken_over", "owner": "Grace"}]
        tab.hear(FRAME)
        tab.detach(for_good=True)
        other.report(type="microphone", on=True, rate=24_000)
        other.hear(FRAME)
        await microphone.close()
        assert await _ms_of_all(microphone.frames()) == 20

    run(scenario())


@pytest.mark.parametrize(
    "torn",
    [
        b"",
        bytes((KIND_SOUND,)),
        bytes((KIND_REPORT,)),
        bytes((KIND_REPORT,)) + b"{",
        bytes((KIND_REPORT,)) + b"[1]",
        bytes((KIND_REPORT,)) + b"\xff\xfe",
        bytes((77,)) + FRAME,
        bytes((KIND_SOUND,)) + bytes(1_000_000),
    ],
)
def test_what_cannot_be_read_changes_nothing(torn: bytes) -> None:
    """Torn, empty, foreign and far too long messages are ignored."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        microphone = await _opened(port, tab)
        assert tab.this
        port.receive(tab.this, torn)
        tab.hear(FRAME)
        await microphone.close()
        assert await _ms_of_all(microphone.frames()) == 20

    run(scenario())


def test_a_voice_that_is_removed_sends_its_tab_away() -> None:
    """A tab that is gone already is sent nothing."""
    port, tab = port_and_tab()
    port.close()
    port.close()
    assert len(tab.told("closed")) == 1


def test_a_microphone_that_ends_by_itself_is_lost() -> None:
    """Its plug was pulled, say."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        microphone = await _opened(port, tab)
        tab.report(type="microphone", on=False)
        with pytest.raises(LinkError, match="ended"):
            await _ms_of_all(microphone.frames())
        await microphone.close()

    run(scenario())
