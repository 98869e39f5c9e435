"""What a loaded config entry holds."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .client import Account
from .coordinator import VoiceCoordinator
from .ledger import Ledger
from .pipelines import Pipelines


@dataclass(frozen=True, slots=True)
class RealtimePumpkinData:
    """One account, what its voices have used, their pipelines and the voices.

    The voices are known by their subentry ids.
    """

    account: Account
    ledger: Ledger
    pipelines: Pipelines
    voices: dict[str, VoiceCoordinator]


type RealtimePumpkinConfigEntry = ConfigEntry[RealtimePumpkinData]
