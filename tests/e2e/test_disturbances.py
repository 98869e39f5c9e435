"""What may happen to a conversation in the middle of it."""

import pytest

from .conftest import Play, Scenario


@pytest.fixture(scope="module")
def disturbed(play: Play) -> Scenario:
    """Unload the entry in one conversation, restart the satellite in the next."""
    return play("disturbances")


def test_a_conversation_holds_one_connection_to_each_end(disturbed: Scenario) -> None:
    """So that the next check looks where there was something."""
    assert disturbed.facts["unloaded"]["before"] == {"satellite": 1, "service": 1}


def test_an_unloaded_entry_leaves_no_socket(disturbed: Scenario) -> None:
    """Neither to the satellite nor to the service."""
    assert disturbed.facts["unloaded"]["after"] == {"satellite": 0, "service": 0}


def test_an_unloaded_entry_leaves_no_stream(disturbed: Scenario) -> None:
    """The address that the player was given is unknown."""
    assert disturbed.facts["unloaded"]["stream_before"] == 200
    assert disturbed.facts["unloaded"]["stream_after"] in {404, 410}


def test_an_unloaded_entry_falls_silent(disturbed: Scenario) -> None:
    """MPD stops as it does for `media_stop`."""
    assert disturbed.facts["unloaded"]["silent_after_ms"] < 1000


def test_a_conversation_survives_a_restart_of_its_satellite(
    disturbed: Scenario,
) -> None:
    """The visitor is heard by the satellite that came back; the log is clean."""
    assert disturbed.facts["streamed_after_restart"]
    content = disturbed.facts["restarted"]
    assert [check for check in content["checks"] if not check["ok"]] == []
