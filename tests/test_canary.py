"""A key that sings wherever it is seen: it is nowhere but in the stored account."""

from collections.abc import Mapping
import copy
from http import HTTPStatus
import json
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_API_KEY, MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import JSONEncoder
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from websockets.asyncio.server import ServerConnection

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.realtime_pumpkin.realtime import reconnection
from tests.common import VOICE_ENTITY_ID, account, async_set_up, only_voice, voice
from tests.links.satellite import HOST, on_the_porch
from tests.porch import GOODBYE, GREETING, Porch
from tests.realtime_server import (
    SESSION_CREATED,
    Handler,
    error_event,
    realtime_server,
    say,
)
from tests.scripted_server import LocalServer

CANARY = "tweety0bird0in0a0coal0mine"

pytestmark = pytest.mark.usefixtures("socket_enabled", "homeassistant_component")


class House:
    """All that Home Assistant tells of a voice, to look through at the end."""

    def __init__(self, hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
        """Listen to everything, at the most talkative level."""
        self._hass = hass
        self._caplog = caplog
        self._said: list[str] = []
        # The tests' own servers, which see the key by right.
        caplog.set_level(logging.CRITICAL, logger="websockets.server")
        caplog.set_level(logging.CRITICAL, logger="demo.realtime_server")
        caplog.set_level(logging.DEBUG)  # Last: it is the level of what is captured.
        hass.bus.async_listen(MATCH_ALL, self._hear)

    @callback
    def _hear(self, event: Event) -> None:
        """Keep an event of the bus."""
        self._said.append(json.dumps(event.data, cls=JSONEncoder, default=repr))

    def catch(self, error: BaseException) -> None:
        """Keep what an exception and its causes say."""
        link: BaseException | None = error
        while link is not None:
            self._said += [repr(link), str(link), repr(vars(link))]
            link = link.__cause__ or link.__context__

    async def everything(self, entry: MockConfigEntry) -> Mapping[str, str]:
        """Return all that is told of an account, by where it is told."""
        hass = self._hass
        is_loaded = entry.state is ConfigEntryState.LOADED
        return {
            "events and exceptions": "\n".join(self._said),
            "log": self._caplog.text,
            "states": str([state.as_dict() for state in hass.states.async_all()]),
            "repairs": str(
                [vars_of(one) for one in ir.async_get(hass).issues.values()]
            ),
            **(await self._of_loaded(entry) if is_loaded else {}),
            "flows": str(
                [
                    {key: value for key, value in flow.items() if key != "context"}
                    for flow in hass.config_entries.flow.async_progress()
                ]
            ),
        }

    async def _of_loaded(self, entry: MockConfigEntry) -> Mapping[str, str]:
        """Return what only an account that works tells of itself."""
        data, only = entry.runtime_data, only_voice(entry)
        report = await async_get_config_entry_diagnostics(self._hass, entry)
        return {
            "diagnostics": json.dumps(report, cls=JSONEncoder, default=repr),
            "repr": repr([data, data.account, only, only.options, only.data]),
        }


def vars_of(issue: ir.IssueEntry) -> dict[str, Any]:
    """Return a repair's texts."""
    return issue.to_json() | {"placeholders": issue.translation_placeholders}


def refuses(handler_message: str, error_type: str, code: str | None) -> Handler:
    """Return a server that quotes the key once a session is open, then hangs up."""

    async def handler(connection: ServerConnection) -> None:
        """Open a session and complain."""
        await say(connection, SESSION_CREATED)
        await say(connection, error_event(error_type, code, handler_message))
        await connection.close(1011, f"about {CANARY}")

    return handler


async def start(hass: HomeAssistant, house: House) -> None:
    """Start a conversation, whether it can be had or not."""
    try:
        await hass.services.async_call(
            DOMAIN, "start_conversation", {"entity_id": VOICE_ENTITY_ID}, blocking=True
        )
    except HomeAssistantError as error:
        house.catch(error)


def canary_account(url: str, port: int) -> MockConfigEntry:
    """Return an account with the canary for a key and a voice at a satellite."""
    microphone = {"kind": "wyoming", "host": HOST, "port": port}
    entry = account(url, voice(data={"microphone": microphone}))
    return MockConfigEntry(
        domain=DOMAIN,
        title=entry.title,
        data={**entry.data, CONF_API_KEY: CANARY},
        minor_version=entry.minor_version,
        subentries_data=[voice(data={"microphone": microphone})],
    )


REFUSALS = {
    "quota": ("insufficient_quota", "insufficient_quota"),
    "rate": ("rate_limit_error", "rate_limit_exceeded"),
    "key": ("invalid_request_error", "invalid_api_key"),
    "model": ("invalid_request_error", "model_not_found"),
    "server": ("server_error", None),
    "a code that is the key": ("server_error", CANARY),
}


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_server_that_quotes_the_key_makes_nobody_tell_it(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    refusal: str,
) -> None:
    """Not in an event, a log, a repair, a report or an exception."""
    monkeypatch.setattr(reconnection, "BUDGET", 1.5)
    house = House(hass, caplog)
    handler = refuses(f"{CANARY} is in trouble", *REFUSALS[refusal])
    async with realtime_server(handler) as url, on_the_porch() as satellite:
        entry = canary_account(url, satellite.port)
        await async_set_up(hass, entry)
        await start(hass, house)
        await only_voice(entry).async_wait_for_end()
        await hass.async_block_till_done()
        told = await house.everything(entry)
        await hass.config_entries.async_unload(entry.entry_id)
    assert not [place for place, text in told.items() if CANARY in text]


@pytest.mark.parametrize(
    "status",
    [
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
    ],
)
async def test_a_refused_upgrade_that_quotes_the_key_makes_nobody_tell_it(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, status: HTTPStatus
) -> None:
    """An HTTP answer has a body with words."""
    house = House(hass, caplog)
    body = json.dumps({"error": {"message": f"{CANARY}?", "code": CANARY}})
    server = realtime_server(status=status, body=body)
    async with server as url, on_the_porch() as satellite:
        entry = canary_account(url, satellite.port)
        await async_set_up(hass, entry)
        assert entry.state is not ConfigEntryState.LOADED
        told = await house.everything(entry)
        await hass.config_entries.async_unload(entry.entry_id)
    assert not [place for place, text in told.items() if CANARY in text]


async def test_a_whole_conversation_tells_the_key_to_nobody_but_the_disk(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
) -> None:
    """The stored account is the only place, as Home Assistant has it."""
    house = House(hass, caplog)
    async with (
        LocalServer([GREETING, GOODBYE], ["Trick or treat!"]).listening() as server,
        on_the_porch(most_ahead=0.5, sound=lambda _: bytes(640)) as satellite,
    ):
        entry = canary_account(server.url, satellite.port)
        await async_set_up(hass, entry)
        porch = Porch(hass, entry, server, satellite)
        hass.bus.async_listen(f"{DOMAIN}_{EventName.CONVERSATION_ENDED}", porch.hear)
        await start(hass, house)
        await only_voice(entry).async_stop_conversation()
        await porch.until(EventName.CONVERSATION_ENDED)
        told = await house.everything(entry)
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    stored = copy.deepcopy(hass_storage)
    stored.pop("core.config_entries", None)
    assert porch.named(EventName.CONVERSATION_ENDED)
    assert CANARY not in json.dumps(stored, cls=JSONEncoder, default=repr)
    assert not [place for place, text in told.items() if CANARY in text]
