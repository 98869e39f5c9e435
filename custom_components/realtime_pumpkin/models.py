"""What a loaded config entry holds."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .client import RealtimeAccount
from .coordinator import VoiceCoordinator
from .ledger import Ledger


@dataclass(frozen=True, slots=True)
class RealtimePumpkinData:
    """One account, what its voices have used, and the voices by subentry id."""

    account: RealtimeAccount
    ledger: Ledger
    voices: dict[str, VoiceCoordinator]


type RealtimePumpkinConfigEntry = ConfigEntry[RealtimePumpkinData]
