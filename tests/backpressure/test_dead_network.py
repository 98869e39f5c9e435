"""A microphone that is heard for long while the network is of no use."""

import asyncio

import pytest

from custom_components.realtime_pumpkin.links.wyoming_microphone import (
    SatelliteMicrophone,
)
from tests.backpressure.dead_network import PCM_24K, SCENARIOS, kept_kb, porch_of
from tests.links.satellite import link_to
from tests.links.virtual_time import run

MOST_KB = 1536
"""16 s of microphone, twice; a minute would be 1.88 MiB at 16 kHz."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_memory_does_not_grow_with_what_is_heard(
    socket_enabled: None, name: str
) -> None:
    """Two minutes of sound leave as little behind as one."""
    first, *later = run(kept_kb(name, warm_up_s=40, steps=2, step_s=60))
    assert max(later) - first < MOST_KB


def test_a_microphone_that_nobody_takes_from_keeps_five_seconds(
    socket_enabled: None,
) -> None:
    """The rest is counted as lost."""

    async def scenario() -> None:
        async with porch_of(PCM_24K) as porch:
            microphone = SatelliteMicrophone(link_to(porch.satellite))
            await microphone.open()
            await asyncio.sleep(120)
            assert sum(map(len, microphone._frames._frames)) <= PCM_24K.bytes_of(5000)
            assert microphone.dropped > 1000
            await microphone.close()

    run(scenario())
