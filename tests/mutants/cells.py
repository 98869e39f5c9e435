"""Cells of the matrix of faults, as tests that notice."""

from typing import Final

WAY: Final = "tests/faults/test_way.py"
SOCKET: Final = "tests/faults/test_socket.py"
SATELLITE: Final = "tests/faults/test_satellite.py"
PLAYER: Final = "tests/faults/test_player.py"
HOUSE: Final = "tests/faults/test_house.py"


def cell(file: str, fault: str, phase: str) -> tuple[str]:
    """Return a cell as pytest names it."""
    return (f"{file}::test_cell[{fault}-{phase}]",)
