"""What the tests of satellites in Home Assistant's hands have in common."""

import pytest

from custom_components.realtime_pumpkin.links import assist, assist_start


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing as long as people would."""
    monkeypatch.setattr(assist_start, "START_TIMEOUT_S", 1.0)
    monkeypatch.setattr(assist_start, "_PATIENCE_S", 0.5)
    monkeypatch.setattr(assist_start, "_SILENCED_S", 0.5)
    monkeypatch.setattr(assist, "STALLED_AFTER_S", 0.6)
