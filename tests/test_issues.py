"""Tests of what a person is told when something fails."""

import json
from pathlib import Path
import re
from string import Formatter

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin import issues as module
from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.issues import (
    ISSUES,
    Failure,
    as_home_assistant_error,
    async_clear_issues,
    async_raise_issue,
)
from custom_components.realtime_pumpkin.links.errors import (
    LinkError,
    NoInternalUrl,
    SatelliteModeUnsupported,
    SatelliteOccupied,
    SatelliteUnreachable,
    SpeakerNeverFetched,
)
from custom_components.realtime_pumpkin.personas.gallery import ISSUE as PERSONA_BROKEN
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from custom_components.realtime_pumpkin.retirement import ISSUE as RETIRED
from custom_components.realtime_pumpkin.unprotected import ISSUE as KEY_EXPOSED
from custom_components.realtime_pumpkin.unreadable import ISSUE as UNREADABLE
from tests.common import only_subentry

OTHERS = {RETIRED, PERSONA_BROKEN, KEY_EXPOSED, UNREADABLE}
PACKAGE = Path(module.__file__).parent
TEXTS = json.loads((PACKAGE / "translations/en.json").read_text(encoding="utf-8"))


def placeholders(text: str) -> set[str]:
    """Return what a text wants to be told."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def all_link_errors(base: type[LinkError] = LinkError) -> list[type[LinkError]]:
    """Return every kind of failure of a link."""
    found = [base]
    for error in base.__subclasses__():
        found += all_link_errors(error)
    return found


@pytest.mark.parametrize(
    "failure",
    [
        SatelliteOccupied(host="porch", port="10700"),
        SatelliteModeUnsupported(host="porch", mode="wake"),
        NoInternalUrl(),
        SpeakerNeverFetched(entity_id="media_player.porch", url="x"),
        RealtimeError(ErrorKind.MODEL, "invalid_model", "No such model"),
        RealtimeError(ErrorKind.QUOTA, "insufficient_quota", "No money"),
    ],
)
async def test_what_needs_a_persons_hand_is_a_repair_until_it_works(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    failure: Failure,
) -> None:
    """The repair names the voice, and goes by itself."""
    subentry = only_subentry(loaded_entry)
    async_raise_issue(hass, failure, loaded_entry, subentry)
    [issue] = issue_registry.issues.values()
    assert (issue.domain, issue.translation_key) == (DOMAIN, failure.translation_key)
    assert issue.translation_placeholders == {"voice": "Pumpkin"} | failure.placeholders
    async_clear_issues(hass, subentry.subentry_id)
    assert not issue_registry.issues


@pytest.mark.parametrize(
    "failure",
    [
        SatelliteUnreachable(host="porch", port="10700", error="refused"),
        RealtimeError(ErrorKind.SERVER, None, "oops"),
        RealtimeError(ErrorKind.LOST, "1006", "gone"),
    ],
)
async def test_what_passes_by_itself_is_no_repair(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    failure: Failure,
) -> None:
    """The action's error is enough."""
    async_raise_issue(hass, failure, loaded_entry, only_subentry(loaded_entry))
    assert not issue_registry.issues


async def test_a_key_that_is_refused_in_a_conversation_asks_for_a_new_one(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """A revoked key leads to the form that mends it."""
    refused = RealtimeError(ErrorKind.AUTH, "invalid_api_key", "No")
    async_raise_issue(hass, refused, loaded_entry, only_subentry(loaded_entry))
    await hass.async_block_till_done()
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_unloading_takes_the_repairs_back(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
) -> None:
    """A removed voice must not ask for help."""
    async_raise_issue(hass, NoInternalUrl(), loaded_entry, only_subentry(loaded_entry))
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    assert not issue_registry.issues


async def test_an_actions_error_is_a_sentence(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The text comes from the translations, with what it names filled in."""
    failure = SatelliteUnreachable(host="porch", port="10700", error="refused")
    text = str(as_home_assistant_error(failure))
    assert text.startswith("No satellite answers at porch:10700: refused.")


@pytest.mark.parametrize("error", all_link_errors(), ids=lambda e: e.__name__)
def test_every_failure_of_a_link_has_a_text(error: type[LinkError]) -> None:
    """What the text names is what the error promises in its own docstring."""
    text = TEXTS["exceptions"].get(error.translation_key, {}).get("message")
    if text is None:  # shown by a form only
        text = TEXTS["config_subentries"]["voice"]["error"][error.translation_key]
    if error is not LinkError:
        documented = set(re.findall(r"`(\w+)`", error.__doc__ or ""))
        assert placeholders(text) <= documented


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_every_kind_of_failure_of_the_account_has_a_text(kind: ErrorKind) -> None:
    """The harmless races are told to nobody."""
    failure = RealtimeError(kind, None, "oops")
    texts = TEXTS["exceptions"]
    assert (failure.translation_key in texts) is (kind is not ErrorKind.BENIGN)
    if kind is not ErrorKind.BENIGN:
        text = texts[failure.translation_key]["message"]
        assert placeholders(text) <= set(failure.placeholders)


def test_every_repair_has_a_text_that_names_its_voice() -> None:
    """And no text is left over."""
    assert set(TEXTS["issues"]) == ISSUES | OTHERS
    for key in ISSUES:
        issue = TEXTS["issues"][key]
        named = placeholders(TEXTS["exceptions"][key]["message"])
        shown = (
            issue if "description" in issue else issue["fix_flow"]["step"]["confirm"]
        )
        text = issue["title"] + shown["description"]
        assert placeholders(text) == named | {"voice"}


def test_every_translated_exception_in_the_code_has_a_text() -> None:
    """A missing text would show a bare key to the user."""
    keys = {
        key
        for path in PACKAGE.rglob("*.py")
        for key in re.findall(r'translation_key\s*[=:]\s*"(\w+)"', path.read_text())
    }
    forms = TEXTS["config_subentries"]["voice"]["error"]
    assert keys <= {*TEXTS["exceptions"], *forms, *TEXTS["selector"]}
