"""A quick start of the processes that run tests: what stays is no garbage.

Loaded before every plugin by `script/test`. Home Assistant and the service's library are
millions of objects; looking through them again and again for garbage, while they are
imported, takes longer than importing them.
"""

import gc

gc.disable()


def pytest_sessionstart() -> None:
    """Look through no plugin's modules when the session ends."""
    gc.freeze()


def pytest_collection_finish() -> None:
    """Look for garbage again, but only for what the tests themselves leave."""
    gc.freeze()
    gc.enable()
