"""Python without its collector of garbage, to see what is given back without it."""

from collections.abc import Iterator
from contextlib import contextmanager
import gc


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nothing be collected meanwhile, and nothing from before be in the way."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
