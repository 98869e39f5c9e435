"""Satellites, files of personas and data of actions: nothing that they hold raises."""

from collections.abc import Callable
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings
import pytest

from custom_components.realtime_pumpkin.action_input import ActionSchema
from custom_components.realtime_pumpkin.links import wyoming, wyoming_handshake
from custom_components.realtime_pumpkin.personas import gallery

from .action import fuzz_action
from .dice import inputs, noise
from .persona import fuzz_persona
from .wyoming import fuzz_satellite, fuzz_wire


@settings(max_examples=80)
@given(inputs())
def test_no_bytes_break_a_wyoming_connection(data: bytes) -> None:
    """What is read is a well formed event, and sound comes in whole frames."""
    fuzz_wire(data)


@pytest.mark.usefixtures("socket_enabled")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(inputs())
def test_no_satellite_breaks_its_microphone_or_speaker(data: bytes) -> None:
    """Over TCP: nothing but its own errors is raised, none is logged, none is left."""
    fuzz_satellite(data)


@settings(max_examples=200)
@given(inputs())
def test_no_data_of_an_action_is_refused_without_our_words(data: bytes) -> None:
    """Each is taken or answered with a text that is translated."""
    fuzz_action(data)


async def test_no_file_breaks_the_gallery(hass: HomeAssistant) -> None:
    """There is a character, or a reason why not."""
    for seed in range(50):
        fuzz_persona(noise(seed))


def _catches(fuzz: Callable[[bytes], None], tries: int = 1500) -> None:
    """Check that a fuzzer finds what is wrong now."""
    for seed in range(tries):
        try:
            fuzz(noise(seed))
        except Exception:  # noqa: BLE001 - whatever trace it leaves
            return
    pytest.fail("not found")


def test_a_reader_that_trusts_a_satellite_is_found() -> None:
    """One that passes on whatever rate is told."""
    with patch(
        "tests.fuzz.wyoming.chunk_format",
        lambda event: wyoming_handshake.AudioFormat(event.data.get("rate"), 1),
    ):
        _catches(fuzz_wire)


@pytest.mark.usefixtures("socket_enabled")
def test_a_link_that_trusts_a_satellite_is_found() -> None:
    """One that stumbles over an event without data."""
    with patch.object(
        wyoming, "speaker_format", lambda event: event.data["snd_format"]["rate"]
    ):
        _catches(fuzz_satellite, 60)


def test_an_action_that_refuses_in_other_words_is_found() -> None:
    """One that says no word that is translated."""
    with patch.object(ActionSchema, "_reason", lambda self, error: ("", {})):
        _catches(fuzz_action)


async def test_a_gallery_that_trusts_its_files_is_found(hass: HomeAssistant) -> None:
    """One that gives no reason."""
    with patch.object(gallery, "_reason", lambda err: ""):
        _catches(fuzz_persona, 100)
