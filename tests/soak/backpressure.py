"""Eight hours of a microphone while the network is of no use, in virtual time."""

import asyncio
from functools import partial
import json
from typing import Final

from demo.rig.places import ROOT
from tests.backpressure.dead_network import SCENARIOS, kept_kb
from tests.links.virtual_time import VirtualTimeLoop

from .promises import Promise, run_part, say

HOURS: Final = 8
MOST_GROWTH_MB: Final = 1.0
"""Eight hours of sound are 900 MB at 16 kHz and 1.4 GB at 24 kHz."""

_WARM_UP_S: Final = {False: 1800.0, True: 45.0}
_STEP_S: Final = {False: 3600.0, True: 30.0}


def measure(is_short: bool) -> list[Promise]:
    """Let each scenario run for eight hours, or for four minutes."""
    found, promises = {}, []
    for name in SCENARIOS:
        hearing = kept_kb(name, _WARM_UP_S[is_short], HOURS, _STEP_S[is_short])
        with asyncio.Runner(
            loop_factory=partial(VirtualTimeLoop, is_patient=False)
        ) as runner:
            found[name] = kept = runner.run(hearing)
        say(f"{name}: {kept} KiB")
        growth = round((max(kept[2:]) - kept[1]) / 1024, 3)
        what = f"memory growth while {name}"
        promises.append(Promise(what, growth, "MB", MOST_GROWTH_MB))
    folder = ROOT / "soak-output"
    folder.mkdir(exist_ok=True)
    path = folder / f"backpressure{'-short' if is_short else ''}.json"
    path.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return promises


if __name__ == "__main__":
    run_part(measure)
