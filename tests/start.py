"""A quick start of the processes that run tests: what stays is no garbage.

Loaded before every plugin by `script/test`. Home Assistant and the service's library are
millions of objects; looking through them again and again for garbage, while they are
imported, takes longer than importing them.
"""

import gc
import logging

import pytest

gc.disable()

MOST_YOUNG = 50_000
"""Objects that are made before garbage is looked for; 2,000 as Python has it."""


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Write only what a test asks for, and never to the terminal: pytest keeps it.

    Home Assistant's plugin has each state and each statement of SQL written, twice; a test
    that reads the log sets its level with `caplog`, and `-v` writes all of it.
    """
    if config.getoption("verbose") > 0:
        return
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    for handler in [each for each in root.handlers if _is_of_the_terminal(each)]:
        root.removeHandler(handler)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


def _is_of_the_terminal(handler: logging.Handler) -> bool:
    """Tell whether it is what `logging.basicConfig` sets up."""
    return type(handler) is logging.StreamHandler


def pytest_sessionstart() -> None:
    """Look through no plugin's modules when the session ends."""
    gc.freeze()


def pytest_collection_finish() -> None:
    """Look for garbage again, but seldom and only for what the tests themselves leave."""
    gc.freeze()
    gc.set_threshold(MOST_YOUNG)
    gc.enable()
