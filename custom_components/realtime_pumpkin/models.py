"""What a loaded config entry holds."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .client import RealtimeAccount
from .coordinator import VoiceCoordinator


@dataclass(frozen=True, slots=True)
class RealtimePumpkinData:
    """One account and its voices by subentry id."""

    account: RealtimeAccount
    voices: dict[str, VoiceCoordinator]


type RealtimePumpkinConfigEntry = ConfigEntry[RealtimePumpkinData]
