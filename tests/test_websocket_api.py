"""Tests of what the card asks over Home Assistant's websocket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.realtime_pumpkin.rehearsal import Reply, Say
from tests.card_client import Card, card
from tests.common import VOICE_ENTITY_ID, account, async_set_up, voice
from tests.porch import GOODBYE, GREETING, at_the_door
from tests.scripted_server import LocalServer

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

BROWSER = {
    "microphone": {"kind": "browser"},
    "speaker": {"kind": "browser"},
    "model": "gpt-realtime-2.1",
}
TALE = Say("A long tale. " * 20, duration_ms=8000)


@asynccontextmanager
async def _in_a_browser(
    hass: HomeAssistant,
    ws_client: WebSocketGenerator,
    *replies: Reply,
    attached: bool = True,
) -> AsyncIterator[tuple[Card, MockConfigEntry, LocalServer]]:
    """Set up a voice that lives in a tab."""
    async with LocalServer(replies).listening() as server:
        entry = account(server.url, voice(data=BROWSER))
        await async_set_up(hass, entry)
        try:
            async with card(hass, ws_client) as tab:
                assert (await tab.ask("subscribe", levels=True))["success"]
                if attached:
                    assert (await tab.attach())["success"]
                yield tab, entry, server
        finally:
            await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()


def _is_idle(hass: HomeAssistant) -> bool:
    """Tell whether the entity shows that no conversation runs."""
    return hass.states.is_state(VOICE_ENTITY_ID, "idle")


async def test_a_conversation_goes_through_a_tab(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """Started, spoken, heard, watched and ended over one connection."""
    async with _in_a_browser(hass, hass_ws_client, GREETING, GOODBYE) as (tab, _, _s):
        started = await tab.ask("start_conversation")
        assert started["success"], started
        await tab.until_told("audio_started")
        await hass.services.async_call(
            "realtime_pumpkin",
            "add_message",
            {"entity_id": VOICE_ENTITY_ID, "role": "user", "text": "Bye!"},
            blocking=True,
        )
        ended = await tab.until_told("conversation_ended")
        assert ended["reason"] == "finished"
        assert ended["conversation_id"] == started["result"]["conversation_id"]
        await tab.until("state", phase="idle", conversation_id=None)
        lengths = [len(sound) / 48 for sound in tab.played.values()]
        assert lengths == [pytest.approx(200, abs=20), pytest.approx(300, abs=20)]
        phases = [state["phase"] for state in tab.of("state")]
        assert phases[0] == phases[-1] == "idle"
        assert {"processing", "responding"} <= set(phases)
        deltas = [
            event["data"]["delta"]
            for event in tab.of("event")
            if event["event"] == "assistant_transcript_delta"
        ]
        assert "".join(deltas) == "Welcome!Goodbye!"
        assert max(level["level"] for level in tab.of("level")) > 0.3
        assert tab.of("level")[-1]["level"] == 0
        assert tab.of("cost")[-1]["usd"] > 0
        assert [each["on"] for each in tab.of("microphone")] == [True, False]
        assert _is_idle(hass)


async def test_who_joins_later_is_told_what_was_said(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """A tab that is reloaded shows the conversation from its beginning."""
    async with _in_a_browser(hass, hass_ws_client, GREETING) as (tab, _, _s):
        await tab.ask("start_conversation")
        await tab.until_told("assistant_transcript")
        await tab.ask("subscribe")
        history = await tab.until("history")
        assert history["transcript"] == [{"role": "assistant", "text": "Welcome!"}]


async def test_a_conversation_may_be_held_in_the_browser_for_once(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """The satellite of the voice is left alone; the next ring is heard there."""
    async with (
        at_the_door(hass, GREETING, GREETING) as porch,
        card(hass, hass_ws_client) as tab,
    ):
        await tab.ask("subscribe")
        await tab.attach()
        assert (await tab.ask("start_conversation", in_browser=True))["success"]
        await tab.until_told("audio_started")
        assert porch.satellite.pcm == b""
        await porch.act("stop_conversation", goodbye=False)
        await tab.until_told("conversation_ended")
        await porch.act("start_conversation")
        await tab.until("state", phase="responding", microphone="wyoming")
        assert len(tab.played) == 1


async def test_without_a_tab_a_start_says_what_to_do(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """In words that the frontend can translate."""
    async with _in_a_browser(hass, hass_ws_client, attached=False) as (tab, _, _s):
        answer = await tab.ask("start_conversation")
        assert answer["error"]["translation_key"] == "browser_absent"
        assert answer["error"]["translation_placeholders"] == {"voice": "Pumpkin"}
        assert _is_idle(hass)


async def test_a_tab_closed_in_mid_sentence_leaves_an_idle_voice(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It said that it goes, so nothing waits for it; no exception is logged."""
    async with _in_a_browser(hass, hass_ws_client, TALE) as (tab, _, _s):
        await tab.ask("start_conversation")
        await tab.until_told("audio_started")
        assert (await tab.leave("browser"))["success"]
        ended = await tab.until_told("conversation_ended")
        assert ended["reason"] in ("microphone_lost", "speaker_lost")
        await tab.until("state", phase="idle", browser=None)
        assert _is_idle(hass)
    assert "Traceback" not in caplog.text
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


async def test_a_lost_connection_is_waited_for(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """The same tab on a new connection goes on; nobody else notices."""
    async with _in_a_browser(hass, hass_ws_client, TALE, attached=False) as (
        watcher,
        _,
        _s,
    ):
        async with card(hass, hass_ws_client, client_id="phone") as first:
            await first.attach()
            await watcher.ask("start_conversation")
            await watcher.until_told("audio_started")
        await watcher.until("state", browser=None, phase="responding")
        async with card(hass, hass_ws_client, client_id="phone") as again:
            assert (await again.attach())["success"]
            assert (await again.until("attached"))["known"]
            await again.until("audio")
            assert not _is_idle(hass)
            assert not [
                event
                for event in watcher.of("event")
                if event["event"] == "conversation_ended"
            ]
            await again.leave("browser")
        await watcher.until_told("conversation_ended")


async def test_a_second_tab_is_told_who_holds_the_voice(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """Unless it takes over, which the first one is told."""
    async with (
        _in_a_browser(hass, hass_ws_client) as (tab, _, _s),
        card(hass, hass_ws_client, client_id="second") as second,
    ):
        held = await second.attach()
        assert held["error"]["code"] == "browser_held"
        assert held["error"]["translation_placeholders"] == {"owner": "Mock User"}
        assert not tab.of("taken_over")
        assert (await second.attach(take_over=True))["success"]
        await tab.until("taken_over", owner="Mock User")
        await tab.until("state", client_id="second")
        # The first one's farewell is not the second one's.
        await tab.leave("browser")
        await second.ask("subscribe")
        assert (await second.until("state"))["client_id"] == "second"


async def test_a_viewer_sees_but_may_not_speak(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    """State and words are told; starting and lending a microphone are refused."""
    async with (
        _in_a_browser(hass, hass_ws_client, GREETING) as (tab, _, _s),
        card(hass, hass_ws_client, hass_read_only_access_token, "viewer") as viewer,
    ):
        assert (await viewer.ask("subscribe", levels=True))["success"]
        assert not (await viewer.until("state"))["can_control"]
        assert tab.of("state")[0]["can_control"]
        for answer in (await viewer.ask("start_conversation"), await viewer.attach()):
            assert answer["error"]["code"] == "unauthorized"
        await tab.ask("start_conversation")
        assert (await viewer.until_told("assistant_transcript"))["text"] == "Welcome!"
        await tab.leave("browser")
        await viewer.until_told("conversation_ended")


@pytest.mark.parametrize("entity_id", ["assist_satellite.nobody", "sun.sun"])
async def test_only_voices_can_be_asked(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, entity_id: str
) -> None:
    """Any other entity is told to be none."""
    async with _in_a_browser(hass, hass_ws_client) as (tab, _, _s):
        answer = await tab.ask("subscribe", entity_id=entity_id)
        assert answer["error"]["translation_key"] == "voice_not_found"


@pytest.mark.parametrize(
    "fields",
    [
        {"client_id": ""},
        {"client_id": "x" * 65},
        {"received_bytes": -1},
        {"utterance": "one"},
    ],
)
async def test_senseless_tabs_are_refused(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, fields: dict[str, Any]
) -> None:
    """Before they reach the voice."""
    async with _in_a_browser(hass, hass_ws_client, attached=False) as (tab, _, _s):
        answer = await tab.attach(**fields)
        assert answer["error"]["code"] == "invalid_format"


async def test_torn_frames_do_not_end_a_conversation(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nor does anybody read of them in the log."""
    async with _in_a_browser(hass, hass_ws_client, GREETING) as (tab, _, _s):
        await tab.ask("start_conversation")
        for kind, payload in ((1, b"\x01"), (2, b"{"), (3, b"?"), (1, bytes(200_000))):
            await tab.send_bytes(kind, payload)
        await tab.until_told("audio_started")
        assert not _is_idle(hass)
        await tab.leave("browser")
        await tab.until_told("conversation_ended")
    assert "Traceback" not in caplog.text
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


async def test_an_unloaded_voice_sends_everybody_away(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """In mid-sentence: the tab is told, and may come back when it is loaded."""
    async with _in_a_browser(hass, hass_ws_client, TALE) as (tab, entry, _):
        await tab.ask("start_conversation")
        await tab.until_told("audio_started")
        await hass.config_entries.async_unload(entry.entry_id)
        await tab.until("closed", client_id=None)
        await tab.until("closed", type="closed")
        refused = await tab.ask("subscribe")
        assert refused["error"]["translation_key"] == "voice_not_found"
        await hass.config_entries.async_setup(entry.entry_id)
        assert (await tab.attach())["success"]


async def test_a_stalled_tab_ends_the_conversation(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A browser that plays nothing is told of, and the voice is idle."""
    stall = "custom_components.realtime_pumpkin.links.browser_speaker.STALL_S"
    monkeypatch.setattr(stall, 0.3)
    async with _in_a_browser(hass, hass_ws_client, TALE) as (tab, _, _s):
        monkeypatch.setattr(Card, "report", _only_of_microphones(Card.report))
        await tab.ask("start_conversation")
        error = await tab.until_told("error")
        assert error["kind"] == "browser_speaker_stalled"
        ended = await tab.until_told("conversation_ended")
        assert ended["reason"] == "speaker_lost"
        await asyncio.sleep(0)
        assert _is_idle(hass)


def _only_of_microphones(report: Any) -> Any:
    """Return a way to report that says nothing of a speaker."""

    async def quiet(tab: Card, **fields: Any) -> None:
        """Report on the microphone only."""
        if fields["type"] == "microphone":
            await report(tab, **fields)

    return quiet
