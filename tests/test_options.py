"""Tests of what a flow stored and what the voice makes of it."""

from custom_components.realtime_pumpkin.options import AssistMicrophone, VoiceOptions
from tests.common import VOICE_DATA


def test_a_satellite_of_home_assistant_is_known_by_its_entity() -> None:
    """Nothing else of it is stored: the registries know the rest."""
    microphone = {"kind": "assist", "entity_id": "assist_satellite.porch"}
    options = VoiceOptions.from_subentry(
        "Pumpkin", {**VOICE_DATA, "microphone": microphone}
    )
    assert options.microphone == AssistMicrophone("assist_satellite.porch")
