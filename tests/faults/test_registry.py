"""What the house knows of a device changes, in every phase of a visit."""

import pytest

from tests.faults.cell import Phase
from tests.faults.check import Record, check
from tests.faults.device_faults import REGISTRY_FAULTS
from tests.faults.stage import Stage

FAULTS = REGISTRY_FAULTS

pytestmark = pytest.mark.usefixtures("socket_enabled")


def test_cell(
    stage: Stage, phase: Phase, more_s: float | None, record_property: Record
) -> None:
    """What comes of it is declared; nothing stays, and the next talk works."""
    check(stage, phase, more_s, record_property)
