"""Every guard that a test must notice when it is gone; see `mutant.py` for the form."""

from typing import Final

from tests.mutants.core import CORE
from tests.mutants.leftovers import LEFTOVERS
from tests.mutants.limits import LIMITS
from tests.mutants.links import LINKS
from tests.mutants.mutant import Guard
from tests.mutants.privacy import PRIVACY
from tests.mutants.queues import QUEUES
from tests.mutants.robustness import ROBUSTNESS
from tests.mutants.security import SECURITY
from tests.mutants.strangers import STRANGERS

GUARDS: Final[tuple[Guard, ...]] = (
    *ROBUSTNESS,
    *CORE,
    *LINKS,
    *LEFTOVERS,
    *LIMITS,
    *QUEUES,
    *SECURITY,
    *PRIVACY,
    *STRANGERS,
)
"""All lists; another list is a module beside this one and a line here."""
