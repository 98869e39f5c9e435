"""Import the integration's cores without Home Assistant.

`custom_components.realtime_pumpkin` imports Home Assistant and the OpenAI SDK,
which takes seconds and a venv that has them. Its cores (`rehearsal`, `audio`)
need neither, but Python runs a package's `__init__` before anything inside it.
"""

from importlib.machinery import ModuleSpec
from pathlib import Path
import sys
from types import ModuleType

_PACKAGE = "custom_components.realtime_pumpkin"
_FOLDER = Path(__file__).parent.parent / "custom_components" / "realtime_pumpkin"


def stand_in_for_integration() -> None:
    """Register an empty package under the integration's name and path.

    Modules inside it then import as usual and under their ordinary names, only
    the package's own `__init__` does not run. Does nothing where the integration
    is imported already, as in Home Assistant or in its tests. For processes of
    their own only: the integration cannot be set up in this one any more.
    """
    if _PACKAGE in sys.modules:
        return
    spec = ModuleSpec(_PACKAGE, loader=None, is_package=True)
    spec.submodule_search_locations = [str(_FOLDER)]
    package = ModuleType(_PACKAGE)
    package.__spec__ = spec
    package.__path__ = spec.submodule_search_locations
    sys.modules[_PACKAGE] = package
