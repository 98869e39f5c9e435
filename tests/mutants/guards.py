"""Every guard that a test must notice when it is gone; see `mutant.py` for the form."""

from typing import Final

from tests.mutants.mutant import Guard
from tests.mutants.robustness import ROBUSTNESS
from tests.mutants.security import SECURITY

GUARDS: Final[tuple[Guard, ...]] = (*ROBUSTNESS, *SECURITY)
"""All lists; another list is a module beside this one and a line here."""
