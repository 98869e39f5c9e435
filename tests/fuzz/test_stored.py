"""Damaged files and entries: the rest is set up, and what is broken lies aside."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
import contextlib
from dataclasses import asdict
from functools import partial
import logging
from pathlib import Path
from typing import Any, Final
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin import (
    disabled_entries,
    ledger,
    lenders,
    pipelines,
    stored,
    unreadable,
)
from custom_components.realtime_pumpkin.const import CONF_UNREADABLE, DOMAIN
from custom_components.realtime_pumpkin.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.realtime_pumpkin.loans import Loans
from custom_components.realtime_pumpkin.migration import MINOR_VERSION
from custom_components.realtime_pumpkin.options import VoiceOptions
from custom_components.realtime_pumpkin.stored import read
from custom_components.realtime_pumpkin.theatre.nights import Nights
from tests.realtime_server import KEY

from . import damage
from .amount import examples
from .dice import Dice
from .typed import assert_typed

_REAL: Final = {
    name: getattr(Store, name)
    for name in ("_async_load", "_async_write_data", "async_remove")
}
"""As they are before the tests' plugin keeps all files in memory."""

FEW: Final = 25
WELL: Final = VoiceOptions.from_subentry("Whole", damage.VOICE)
_OF_HOME_ASSISTANT: Final = ("homeassistant.util.json", "homeassistant.helpers.storage")
"""Who says by themselves that a file is no JSON."""


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Keep files where they can be damaged."""
    return hass_tmp_config_dir


@pytest.fixture
def on_disk(hass: HomeAssistant) -> Iterator[Path]:
    """Yield the folder in which files are really read and written."""
    folder = Path(hass.config.path(".storage"))
    folder.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        for name, function in _REAL.items():
            stack.enter_context(patch.object(Store, name, function))
        yield folder


@pytest.fixture
async def house(
    hass: HomeAssistant, homeassistant_component: None, on_disk: Path
) -> AsyncIterator[Path]:
    """Yield the folder of a house whose server lets everybody in."""
    for entity_id in ("select.whole", "media_player.hurt"):
        hass.states.async_set(entity_id, "unavailable")
    hass.states.async_set("light.hurt", "on", {"brightness": 200})
    hass.states.async_set("number.hurt", "7")
    hass.states.async_set("switch.hurt", "off")
    logging.disable(logging.INFO)  # Else most time is spent on it.
    with patch(f"custom_components.{DOMAIN}.async_check_account", AsyncMock()):
        yield on_disk
    logging.disable(logging.NOTSET)


def _complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the exceptions that were logged, and forget what was."""
    found = [
        f"{record.name}: {record.getMessage()} {record.exc_info}"
        for record in caplog.records
        if record.levelname == "ERROR" and record.name not in _OF_HOME_ASSISTANT
    ]
    assert KEY not in caplog.text
    caplog.clear()
    return found


class _Case:
    """A house at its start, with something wrong about what it has stored."""

    def __init__(self, hass: HomeAssistant, folder: Path, dice: Dice) -> None:
        """Damage a few files, the account and one of its two voices."""
        self.hass = hass
        self._folder = folder
        names = damage.FILES if dice.one_in(4) else (dice.pick(damage.FILES),)
        self._files = [damage.file(dice, name) for name in names]
        self._data = damage.account(dice)
        self._voice = damage.voice(dice)
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            entry_id=damage.ENTRY_ID,
            title="Account",
            data=self._data,
            minor_version=dice.pick((MINOR_VERSION, MINOR_VERSION, 1, 99)),
            subentries_data=[
                _subentry(damage.HURT, damage.title(dice), self._voice),
                _subentry(damage.WHOLE, "Whole", damage.VOICE),
            ],
        )

    async def async_try(self) -> None:
        """Start, look at what became of it, and remove it all."""
        for file in self._files:
            self._path(file.name).write_bytes(file.content)
        try:
            await self._async_check_house()
            self.entry.add_to_hass(self.hass)
            await self.hass.config_entries.async_setup(self.entry.entry_id)
            await self.hass.async_block_till_done()
            await self._async_check_entry()
            self._check_files()
        finally:
            await self.hass.config_entries.async_remove(self.entry.entry_id)
            await self.hass.async_block_till_done()
            for path in self._folder.glob(f"{DOMAIN}.*"):
                path.unlink()

    def _path(self, name: str) -> Path:
        """Return where a file lies."""
        return self._folder / f"{DOMAIN}.{name}"

    def _is_partly_well(self, name: str) -> bool:
        """Tell whether a file is there in which only one item is damaged."""
        return any(one.name == name and one.hurt is not None for one in self._files)

    async def _async_check_house(self) -> None:
        """Read what belongs to no account, as the integration does at its start."""
        loans = Loans(self.hass)
        await loans.async_load()
        for loan in loans.open:
            assert_typed(loan)
        if self._is_partly_well("loans"):
            assert "select.whole" in [loan.entity_id for loan in loans.open]
        nights = Nights(self.hass)
        await nights.async_load()
        for voice_id in (damage.HURT, damage.WHOLE):
            if night := nights.get(voice_id):
                assert_typed(night)
                night.notes(20)
                json_bytes(night.summary())
        if self._is_partly_well("nights"):
            assert nights.get(damage.WHOLE) is not None
        journal = disabled_entries.DisabledEntries(self.hass)
        await journal.async_give_back()
        for loan in loans.open:
            await loans.async_waive(loan)

    async def _async_check_entry(self) -> None:
        """Look at the account and its voices."""
        entry = self.entry
        if entry.state is not ConfigEntryState.LOADED:
            assert entry.error_reason_translation_key, (entry.state, entry.reason)
            assert self._data != damage.ACCOUNT
            return
        voices = entry.runtime_data.voices
        assert voices[damage.WHOLE].options == WELL
        self._check_voice(voices.get(damage.HURT))
        self._check_books(entry.runtime_data.ledger)
        report = await async_get_config_entry_diagnostics(self.hass, entry)
        assert KEY not in json_bytes(report).decode()
        await self._async_open_forms()

    def _check_voice(self, coordinator: Any) -> None:
        """Check that a damaged voice is there or asked about, with all it had."""
        if coordinator is None:
            issue = unreadable.issue_id(damage.HURT)
            assert ir.async_get(self.hass).async_get_issue(DOMAIN, issue)
        else:
            assert_typed(coordinator.options)
        data = self.entry.subentries[damage.HURT].data
        kept = {*data, *data.get(CONF_UNREADABLE, {})}
        assert self._voice.keys() - {CONF_UNREADABLE} <= kept

    def _check_books(self, books: ledger.Ledger) -> None:
        """Check that what can be read of the books adds up."""
        for voice_id in (damage.HURT, damage.WHOLE):
            assert_typed(books.totals(voice_id, dt_util.now()))
            books.last_end(voice_id)
            books.record(voice_id, {"input_text": 2**40}, 1.0, dt_util.now())
        json_bytes([asdict(totals) for totals in books._voices.values()])
        if self._is_partly_well(f"usage.{damage.ENTRY_ID}"):
            assert damage.WHOLE in books._voices

    async def _async_open_forms(self) -> None:
        """Check that the way out is open: the forms of what is damaged."""
        voice = await self.entry.start_subentry_reconfigure_flow(self.hass, damage.HURT)
        account = await self.entry.start_reconfigure_flow(self.hass)
        assert voice["type"] is account["type"] is FlowResultType.FORM
        self.hass.config_entries.subentries.async_abort(voice["flow_id"])
        self.hass.config_entries.flow.async_abort(account["flow_id"])

    def _check_files(self) -> None:
        """Check that what could not be read lies aside; words are forgotten."""
        was_read = {*damage.LISTS}
        if self.entry.state is ConfigEntryState.LOADED:
            was_read |= {*damage.FILES}
        for file in self._files:
            if file.hurt is None or file.name not in was_read:
                continue
            aside = self._folder.glob(f"{DOMAIN}.{file.name}.corrupt.*")
            is_kept = file.name != "nights" and not _is_readable(file)
            expected = [file.content] if is_kept else []
            assert [one.read_bytes() for one in aside] == expected


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "loans": lenders.read_loan,
    "disabled_entries": partial(read, disabled_entries._ID),
    "usage": partial(read, ledger._PAGE),
    "pipelines": partial(read, pipelines._MADE),
}


def _is_readable(file: damage.File) -> bool:
    """Tell whether what is damaged of a file makes sense all the same."""
    with contextlib.suppress(ValueError):
        _READERS[file.name.partition(".")[0]](file.hurt)
        return True
    return False


def _subentry(
    subentry_id: str, title: str, data: dict[str, Any]
) -> ConfigSubentryDataWithId:
    """Return a voice as Home Assistant stores it."""
    return ConfigSubentryDataWithId(
        data=data,
        subentry_id=subentry_id,
        subentry_type="voice",
        title=title,
        unique_id=None,
    )


async def _damage_often(
    hass: HomeAssistant, folder: Path, caplog: pytest.LogCaptureFixture, few: int
) -> None:
    """Start a few times with something wrong; complain of each exception."""
    for data in examples(few):
        await _Case(hass, folder, Dice(data)).async_try()
        assert _complaints(caplog) == []


async def test_nothing_that_is_stored_stops_the_rest(
    hass: HomeAssistant, house: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor gives a wrong type, nor is lost; the forms of what is damaged open."""
    await _damage_often(hass, house, caplog, FEW)


def _trusts(stored: Mapping[str, Any], readers: Any) -> dict[str, Any]:
    """Take data as they are."""
    return dict(stored)


@pytest.mark.parametrize(
    "mistake",
    [
        patch.object(unreadable, "sorted_out", _trusts),
        patch.object(ledger, "read", lambda kind, value: ledger._Page(**value)),
        patch.object(stored, "_async_put_aside", AsyncMock()),
    ],
    ids=["trusts an entry", "trusts a file", "loses a file"],
)
async def test_a_start_that_trusts_or_loses_what_is_stored_is_found(
    hass: HomeAssistant, house: Path, caplog: pytest.LogCaptureFixture, mistake: Any
) -> None:
    """By an exception, a wrong type, or what is missing."""
    with mistake, pytest.raises(AssertionError):
        await _damage_often(hass, house, caplog, 80)
