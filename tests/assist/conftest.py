"""What the tests of satellites in Home Assistant's hands have in common."""

from pathlib import Path

from homeassistant.components import tts
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.realtime_pumpkin.links import announcements, assist, assist_start
from tests.assist.browsers import Browsers


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing as long as people would."""
    monkeypatch.setattr(assist_start, "START_TIMEOUT_S", 1.0)
    monkeypatch.setattr(assist_start, "_PATIENCE_S", 0.5)
    monkeypatch.setattr(assist_start, "_SILENCED_S", 0.5)
    monkeypatch.setattr(announcements, "_SETTLE_S", 0.2)
    monkeypatch.setattr(assist, "STALLED_AFTER_S", 0.6)


@pytest.fixture
def no_old_sounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant keep what was read for this test only."""
    monkeypatch.setattr(tts, "_init_tts_cache_dir", lambda *_: str(tmp_path))


@pytest.fixture
def browsers(
    no_old_sounds: None,
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
) -> Browsers:
    """Return whoever opens the dialog."""
    return Browsers(hass, hass_ws_client, hass_client)
