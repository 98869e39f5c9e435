"""Tests that a key is told by no form, page, object, log or process of ours.

`tests/test_canary.py` does the same for events, repairs, states and exceptions.
"""

import asyncio
import gc
from http import HTTPStatus
import json
import logging
import os
from pathlib import Path
import sys
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import JSONEncoder
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.realtime_pumpkin.realtime import reconnection
from custom_components.realtime_pumpkin.staging import HouseRules
from custom_components.realtime_pumpkin.system_health import async_info
from tests.card_client import card
from tests.common import async_set_up, only_voice
from tests.links.satellite import on_the_porch
from tests.porch import GREETING
from tests.realtime_server import MODEL, greet, realtime_server
from tests.scripted_server import LocalServer
from tests.test_canary import CANARY, REFUSALS, House, canary_account, refuses, start

pytestmark = pytest.mark.usefixtures("socket_enabled", "homeassistant_component")

PACKAGE = "custom_components.realtime_pumpkin"
FLOWS = "/api/config/config_entries/flow"


async def test_no_object_of_ours_shows_the_key(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """All that live while a conversation runs, as a log or a debugger shows them."""
    house = House(hass, caplog)
    async with (
        LocalServer([GREETING]).listening() as server,
        on_the_porch(most_ahead=0.5, sound=lambda _: bytes(640)) as satellite,
    ):
        entry = canary_account(server.url, satellite.port)
        await async_set_up(hass, entry)
        await start(hass, house)
        ours = [
            each
            for each in gc.get_objects()
            if type(each).__module__.startswith(PACKAGE)
        ]
        kinds = {type(each).__name__ for each in ours}
        tellers = {type(each).__name__ for each in ours if CANARY in repr(each)}
        await hass.config_entries.async_unload(entry.entry_id)
    assert tellers == set()
    # The account and its open connection were among them.
    assert {"RealtimeAccount", "RealtimeConnection", "VoiceCoordinator"} <= kinds


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_card_is_not_told_the_key(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    refusal: str,
) -> None:
    """Neither in what it hears of a failure, nor in the answer to its command."""
    monkeypatch.setattr(reconnection, "BUDGET", 1.0)
    house = House(hass, caplog)
    handler = refuses(f"{CANARY} is in trouble", *REFUSALS[refusal])
    async with realtime_server(handler) as url, on_the_porch() as satellite:
        entry = canary_account(url, satellite.port)
        await async_set_up(hass, entry)
        async with card(hass, hass_ws_client) as tab:
            await tab.ask("subscribe", levels=True)
            await tab.ask("start_conversation")
            await tab.until_told("conversation_ended")
            told = json.dumps([tab.events, list(tab.answers.values())], default=repr)
        await start(hass, house)
        await hass.config_entries.async_unload(entry.entry_id)
    assert CANARY not in told


async def post(client: Any, path: str, **data: Any) -> tuple[dict[str, Any], str]:
    """Send a flow what a user typed; return its answer, read and as it came."""
    response = await client.post(path, json=data)
    text = await response.text()
    assert response.status == HTTPStatus.OK, text
    answer: dict[str, Any] = json.loads(text)
    return answer, text


async def test_no_form_shows_a_stored_key(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """As the frontend gets them: reconfiguring, its errors, and a new key asked for."""
    assert await async_setup_component(hass, "config", {})
    body = json.dumps({"error": {"message": f"{CANARY}?", "code": CANARY}})
    async with realtime_server(greet) as url, on_the_porch() as satellite:
        entry = canary_account(url, satellite.port)
        await async_set_up(hass, entry)
        client = await hass_client()
        entry.async_start_reauth(hass)
        await hass.async_block_till_done()
        async with realtime_server(status=HTTPStatus.BAD_GATEWAY, body=body) as broken:
            form, told = await post(
                client, FLOWS, handler=DOMAIN, entry_id=entry.entry_id
            )
            assert form["step_id"] == "reconfigure"
            answer, failed = await post(
                client,
                f"{FLOWS}/{form['flow_id']}",
                provider="compatible",
                advanced={"base_url": broken},
            )
            assert answer["errors"]
        [reauth] = [
            flow
            for flow in hass.config_entries.flow.async_progress()
            if flow["context"]["source"] == "reauth"
        ]
        asked = await (await client.get(f"{FLOWS}/{reauth['flow_id']}")).text()
        assert "reauth_confirm" in asked
        entries = await (await client.get("/api/config/config_entries/entry")).text()
        subentries = str(hass.config_entries.subentries.async_progress())
        await hass.config_entries.async_unload(entry.entry_id)
    assert CANARY not in told + failed + asked + entries + subentries


async def test_system_information_names_the_server_and_no_key(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """It asks whether the server is there without showing who asks."""
    seen: list[str] = []

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Note what comes, and answer nothing of use."""
        seen.append((await reader.read(4096)).decode())
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    caplog.set_level(logging.DEBUG)
    async with on_the_porch() as satellite:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        entry = canary_account(url, satellite.port)
        entry.add_to_hass(hass)
        info = await async_info(hass)
        info["can_reach_server"] = await info["can_reach_server"]
        server.close()
    assert info["can_reach_server"] == "ok"
    assert len(seen) == 1
    assert CANARY not in seen[0] + str(info) + caplog.text


TALKATIVE = """
import asyncio, logging, sys
logging.basicConfig(level=logging.DEBUG)
import openai
from custom_components.realtime_pumpkin.realtime.connection import open_connection

async def main(url, key, model):
    for name in ("openai", "websockets", "websockets.client", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    client = openai.AsyncOpenAI(api_key=key, base_url=url)
    headers = {"api-key": key}
    connection = await open_connection(client, model, ssl_context=None, headers=headers)
    await connection.expect_session()
    await connection.send({"type": "response.create"})
    await connection.close()

asyncio.run(main(*sys.argv[1:]), debug=True)
"""


async def test_a_process_with_every_log_on_writes_no_key(tmp_path: Path) -> None:
    """`OPENAI_LOG=debug`, all of websockets, asyncio in debug mode, and the root."""
    script = tmp_path / "talkative.py"
    script.write_text(TALKATIVE)
    environment = {
        **os.environ,
        "OPENAI_LOG": "debug",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONASYNCIODEBUG": "1",
    }
    async with realtime_server(greet, key=CANARY) as url:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(script), url, CANARY, MODEL),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(45):
            written, _ = await process.communicate()
    assert process.returncode == 0, written.decode()
    assert b"DEBUG:openai" in written  # It was as talkative as can be.
    assert CANARY not in written.decode()


async def test_a_report_holds_no_confirmation_phrase(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """It opens what a stranger must not open, and reports are posted in public."""
    [subentry] = loaded_entry.subentries.values()
    hass.config_entries.async_update_subentry(
        loaded_entry,
        subentry,
        data={
            **subentry.data,
            "confirmation_phrase": "open sesame",
            "strangers": False,
        },
    )
    await hass.async_block_till_done()
    report = await async_get_config_entry_diagnostics(hass, loaded_entry)
    assert "**REDACTED**" in str(report["voices"][0]["options"]["confirmation_phrase"])
    assert "sesame" not in json.dumps(report, cls=JSONEncoder, default=repr)
    assert only_voice(loaded_entry).options.house.confirmation_phrase == "open sesame"
    assert "sesame" not in repr(only_voice(loaded_entry).options)
    assert "sesame" not in repr(HouseRules(confirmation_phrase="open sesame"))
