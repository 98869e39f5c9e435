"""All rows of the matrix."""

from tests.faults.device_faults import DEVICE_FAULTS, REGISTRY_FAULTS
from tests.faults.fault import Fault
from tests.faults.house_faults import HOUSE_FAULTS
from tests.faults.player_faults import PLAYER_FAULTS
from tests.faults.satellite_faults import SATELLITE_FAULTS
from tests.faults.service_faults import SOCKET_FAULTS, WAY_FAULTS

FAULTS: tuple[Fault, ...] = (
    *WAY_FAULTS,
    *SOCKET_FAULTS,
    *SATELLITE_FAULTS,
    *DEVICE_FAULTS,
    *REGISTRY_FAULTS,
    *PLAYER_FAULTS,
    *HOUSE_FAULTS,
)
