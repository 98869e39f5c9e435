"""Every step of every flow, through Home Assistant's own web server and managers."""

from collections.abc import AsyncIterator, Iterator, Mapping
import contextlib
from http import HTTPStatus
import json
import logging
from pathlib import Path
from typing import Any, Final
from unittest.mock import AsyncMock, patch

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.helpers import template
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
import orjson
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.realtime_pumpkin import schema
from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.fields import Field
from custom_components.realtime_pumpkin.flows.voice import VoiceFlow
from custom_components.realtime_pumpkin.links.errors import (
    LinkError,
    SatelliteOccupied,
    SpeakerUnavailable,
)
from custom_components.realtime_pumpkin.links.stream_view import async_get_streams
from custom_components.realtime_pumpkin.migration import MINOR_VERSION
from custom_components.realtime_pumpkin.options import VoiceOptions
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from tests.realtime_server import KEY
from tests.voice_flow import add_player, add_satellite

from . import damage
from .amount import examples
from .dice import Dice
from .forms import answer
from .typed import assert_typed

type Json = dict[str, Any]

TEXTS: Final[Json] = json.loads(
    (Path(schema.__file__).parents[1] / "translations/en.json").read_text("utf-8")
)
OF_ACCOUNT: Final = "/api/config/config_entries/flow"
OF_VOICE: Final = "/api/config/config_entries/subentries/flow"
TOLD: Final = tuple(kind for kind in ErrorKind if kind is not ErrorKind.BENIGN)
FAILURES: Final = (
    *(RealtimeError(kind, None, "Some words") for kind in TOLD),
    RealtimeError(ErrorKind.SERVER, "code", "\u202e{x}%s"),
)
LINK_FAILURES: Final = (
    SatelliteOccupied(host="h", port="1"),
    SpeakerUnavailable(entity_id="media_player.porch"),
)
MOST_STEPS: Final = 9
FEW: Final = 60


class _Trials:
    """What the flows try, which goes as the bytes of an input have it."""

    def __init__(self) -> None:
        """Let all go well."""
        self.dice = Dice(b"")

    async def account(self, *_: Any) -> None:
        """Open a session, or fail."""
        if self.dice.one_in(6):
            raise self.dice.pick(FAILURES)

    async def satellite(self, *_: Any) -> None:
        """Ask a satellite, which may be none."""
        if self.dice.one_in(6):
            raise self.dice.pick(LINK_FAILURES)

    async def speaker(self, *_: Any) -> LinkError | None:
        """Play a chirp, which may not be heard."""
        return self.dice.pick(LINK_FAILURES) if self.dice.one_in(6) else None


@pytest.fixture
def trials() -> Iterator[_Trials]:
    """Yield what is tried without a network; no account is really set up."""
    tried, here = _Trials(), f"custom_components.{DOMAIN}"
    with contextlib.ExitStack() as stack:
        for place, function in (
            ("flows.trials.async_check_account", tried.account),
            ("flows.microphone.async_probe", tried.satellite),
            ("flows.speaker.async_speaker_failure", tried.speaker),
            ("async_setup_entry", AsyncMock(return_value=True)),
            ("async_unload_entry", AsyncMock(return_value=True)),
        ):
            stack.enter_context(patch(f"{here}.{place}", function))
        yield tried


@pytest.fixture
async def client(
    hass: HomeAssistant,
    homeassistant_component: None,
    socket_enabled: None,
    wyoming_setup: None,
    trials: _Trials,
    hass_client: ClientSessionGenerator,
) -> AsyncIterator[TestClient]:
    """Yield an administrator's browser in a house with devices."""
    for name in ("config", DOMAIN):
        assert await async_setup_component(hass, name, {})
    async_get_streams(hass)  # A test's server takes no address once it runs.
    add_player(hass)
    for platform in ("esphome", "wyoming"):
        add_satellite(hass, platform)
    hass.states.async_set("script.fog", "off")
    logging.disable(logging.INFO)
    yield await hass_client()
    logging.disable(logging.NOTSET)


class _Case:
    """Somebody who fills in the forms of one flow."""

    def __init__(self, hass: HomeAssistant, client: TestClient, dice: Dice) -> None:
        """Come to an account with a voice."""
        self._hass = hass
        self._client = client
        self._dice = dice
        self._entry = MockConfigEntry(
            domain=DOMAIN,
            title="Account",
            data=damage.ACCOUNT,
            minor_version=MINOR_VERSION,
            subentries_data=[
                ConfigSubentryDataWithId(
                    data=damage.VOICE,
                    subentry_id=damage.WHOLE,
                    subentry_type="voice",
                    title="Pumpkin",
                    unique_id=None,
                )
            ],
        )

    async def async_try(self) -> None:
        """Open a form, answer it and those that follow, and go."""
        hass, entry = self._hass, self._entry
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        try:
            begin = self._dice.pick(_WAYS)
            path, result = await begin(self)
            await self._async_fill(path, result)
            self._check_stored()
        finally:
            await self._async_leave()

    async def _async_leave(self) -> None:
        """Remove what there is."""
        entries = self._hass.config_entries
        for flow in entries.flow.async_progress():
            entries.flow.async_abort(flow["flow_id"])
        for flow in entries.subentries.async_progress():
            entries.subentries.async_abort(flow["flow_id"])
        for entry in entries.async_entries(DOMAIN):
            await entries.async_remove(entry.entry_id)
        await self._hass.async_block_till_done()

    async def async_add_account(self) -> tuple[str, Json]:
        """Add an account."""
        return OF_ACCOUNT, await self._async_post(OF_ACCOUNT, {"handler": DOMAIN})

    async def async_change_account(self) -> tuple[str, Json]:
        """Change the account."""
        asked = {"handler": DOMAIN, "entry_id": self._entry.entry_id}
        return OF_ACCOUNT, await self._async_post(OF_ACCOUNT, asked)

    async def async_give_key(self) -> tuple[str, Json]:
        """Give the account another key."""
        result = await self._entry.start_reauth_flow(self._hass)
        flow = f"{OF_ACCOUNT}/{result['flow_id']}"
        response = await self._client.get(flow)
        return OF_ACCOUNT, await response.json()

    async def async_add_voice(self) -> tuple[str, Json]:
        """Add a voice."""
        asked = {"handler": [self._entry.entry_id, "voice"]}
        return OF_VOICE, await self._async_post(OF_VOICE, asked)

    async def async_change_voice(self) -> tuple[str, Json]:
        """Change the account's voice."""
        handler = [self._entry.entry_id, "voice"]
        asked = {"handler": handler, "subentry_id": damage.WHOLE}
        return OF_VOICE, await self._async_post(OF_VOICE, asked)

    async def _async_fill(self, path: str, result: Json) -> None:
        """Answer form after form."""
        for _ in range(MOST_STEPS):
            _check(path, result)
            if result["type"] not in ("form", "menu"):
                return
            given = self._answer(result)
            try:
                orjson.dumps(given)
            except TypeError:
                return
            flow = f"{path}/{result['flow_id']}"
            result = await self._async_post(flow, given) or result

    def _answer(self, result: Json) -> Json:
        """Return what is said to a form or a menu."""
        if result["type"] == "menu":
            choices = (*result["menu_options"], *result["menu_options"], "user", "x", 7)
            return {"next_step_id": self._dice.pick(choices)}
        return answer(self._dice, result["step_id"], result["data_schema"])

    async def _async_post(self, path: str, given: Json) -> Json:
        """Return what comes next; nothing where the answer was refused with a reason."""
        response = await self._client.post(path, json=given)
        assert response.status in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST), given
        found: Json = await response.json()
        if response.status == HTTPStatus.BAD_REQUEST:
            assert found.get("errors"), (found, given)
            return {}
        return found

    def _check_stored(self) -> None:
        """Check that what was taken can be stored and read."""
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            json_bytes(dict(entry.data))
            for voice in entry.subentries.values():
                written = orjson.loads(json_bytes(dict(voice.data)))
                assert written == voice.data
                assert voice.title.strip()
                assert_typed(VoiceOptions.from_subentry(voice.title, written))


_WAYS: Final = (
    _Case.async_add_account,
    _Case.async_change_account,
    _Case.async_give_key,
    _Case.async_add_voice,
    _Case.async_add_voice,
    _Case.async_change_voice,
)


def _check(path: str, result: Json) -> None:
    """Check what a flow says: in words that are translated, at fields that it shows."""
    texts = TEXTS["config"] if path == OF_ACCOUNT else _VOICE_TEXTS
    match result["type"]:
        case "form":
            names = {"base", *_names(result["data_schema"])}
            errors = result["errors"] or {}
            assert errors.keys() <= names, errors
            assert set(errors.values()) <= texts["error"].keys()
            assert result["step_id"] in texts["step"]
            words = result["description_placeholders"] or {}
            assert all(isinstance(word, str) for word in words.values())
            assert KEY not in json.dumps(result)
        case "abort":
            assert result["reason"] in texts["abort"]
        case kind:
            assert kind in ("menu", "create_entry")


_VOICE_TEXTS: Final[Json] = TEXTS["config_subentries"]["voice"]


def _names(fields: list[Json]) -> Iterator[str]:
    """Yield the names of all fields and parts."""
    for field in fields:
        yield field["name"]
        yield from _names(field.get("schema", []))


def _is_complaint(record: logging.LogRecord) -> bool:
    """Tell whether it is no template's, of which Home Assistant speaks by itself."""
    return record.levelname == "ERROR" and record.name != template.__name__


async def _fill_often(
    hass: HomeAssistant,
    client: TestClient,
    trials: _Trials,
    caplog: pytest.LogCaptureFixture,
    few: int,
) -> None:
    """Fill in a few flows; complain of each exception."""
    for data in examples(few):
        dice = trials.dice = Dice(data)
        await _Case(hass, client, dice).async_try()
        assert [each for each in caplog.records if _is_complaint(each)] == []


async def test_no_answer_in_a_form_raises(
    hass: HomeAssistant,
    client: TestClient,
    trials: _Trials,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is told at its field, or can be stored and read."""
    await _fill_often(hass, client, trials, caplog, FEW)


def _takes_all(field: Field, value: Any) -> Any:
    """Take whatever is typed for what the field is for."""
    return value


async def _stumbles(flow: VoiceFlow, typed: Any) -> Mapping[str, str]:
    """Trust that there is what was not typed."""
    raise KeyError(typed)


def _tea_time(flow: VoiceFlow, chosen: Mapping[str, Any]) -> None:
    """Store a time that nobody can read."""
    flow._data.update(chosen, quiet_from="tea time")


@pytest.mark.parametrize(
    "mistake",
    [
        patch.object(Field, "__call__", _takes_all),
        patch.object(VoiceFlow, "_async_refuse_model", _stumbles),
        patch.object(VoiceFlow, "_take_manners", _tea_time),
        patch.dict(TEXTS["config"]["error"], clear=True),
    ],
    ids=["takes all", "raises", "stores what cannot be read", "without words"],
)
async def test_a_form_that_raises_or_takes_all_is_found(
    hass: HomeAssistant,
    client: TestClient,
    trials: _Trials,
    caplog: pytest.LogCaptureFixture,
    mistake: Any,
) -> None:
    """By a status, by what is stored, or by a word that nobody translated."""
    with mistake, pytest.raises((AssertionError, ValueError)):
        await _fill_often(hass, client, trials, caplog, 150)
