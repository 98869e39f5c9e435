"""What a row of the matrix is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tests.faults.cell import Phase, Trouble
from tests.faults.world import DOOR, Kind


class Group(StrEnum):
    """What fails."""

    SERVICE = "The service and the way to it"
    SATELLITE = "The satellite"
    DEVICE = "A device that Home Assistant has connected"
    PLAYER = "The media player"
    HOUSE = "The house itself"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, how it is made, and what is expected of it at each phase."""

    name: str
    group: Group
    trouble: Trouble
    at: Mapping[Phase, Trouble] = field(default_factory=dict)
    """How it is made where that differs."""

    exempt: Mapping[Phase, str] = field(default_factory=dict)
    """Where it is meaningless, and why."""

    kind: Kind = DOOR

    def trouble_at(self, phase: Phase) -> Trouble:
        """Return how it is made at a phase."""
        return self.at.get(phase, self.trouble)

    def brief(self, seconds: float) -> Fault:
        """Return it as a fault that passes."""
        return replace(
            self,
            name=f"{self.name}, for {seconds:g} s",
            trouble=replace(self.trouble, lasts_s=seconds),
            at={
                phase: replace(trouble, lasts_s=seconds)
                for phase, trouble in self.at.items()
            },
        )
