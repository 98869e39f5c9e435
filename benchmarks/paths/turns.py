"""From the end of what a visitor says to the first sound of the answer.

Beside Home Assistant's own Assist pipeline with ears, agent and voice that need no
time, at the same satellite, with the same words and the same silence that ends a turn,
which is taken off. Both sides hear the end of speech with a neural network; how long after
that was known is told as well. Assist's voice answers in the satellite's own format;
Home Assistant has ffmpeg convert whatever a Wyoming satellite plays all the same.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.measures import Measure, middle

from .rig import Rig, rig

_ROUNDS: Final = 7
_SILENCE_MS: Final = 700
"""What Assist waits for by default."""

_OPENING_S: Final = 2.5
_PAUSE_S: Final = 1.0
"""For the answer and what is left of it in the air."""


@dataclass(slots=True)
class Waits:
    """How long nothing was heard, in ms, round by round."""

    after_speech: list[float] = field(default_factory=list)
    """Since somebody stopped to speak, without the silence that ends a turn."""

    after_turn: list[float] = field(default_factory=list)
    """Since it was known that the turn is over."""

    def add(self, noted: Mapping[str, Any], turn_over_at: int) -> None:
        """Add a round; times in ns."""
        first = noted["first_sound_at"]
        wait = (first - noted["spoken_at"]) / 1e6
        self.after_speech.append(wait - _SILENCE_MS)
        self.after_turn.append((first - turn_over_at) / 1e6)


async def measure() -> list[Measure]:
    """Return the waits on both ways, and their ratio, taking turns."""
    async with rig("--listens", "--vad", "silero", "--pace", "inf") as bench:
        waits = await _rounds(bench)
    told = [
        Measure(f"{since} to first sound, {name}", middle(values), "ms")
        for name, each in waits.items()
        for since, values in (
            ("end of speech", each.after_speech),
            ("turn over", each.after_turn),
        )
    ]
    ours, assist = waits["ours"], waits["Assist"]
    return [
        *told,
        Measure(
            "end of speech against Assist",
            _ratio(ours.after_speech, assist.after_speech),
            "x",
            0.5,
        ),
    ]


def _ratio(ours: list[float], theirs: list[float]) -> float:
    """Return the middle of the rounds' ratios."""
    return middle(one / other for one, other in zip(ours, theirs, strict=True))


async def _rounds(bench: Rig) -> dict[str, Waits]:
    """Say a sentence to each in turn; the first round is not kept."""
    ask = bench.world.ask
    port = await ask("satellites", count=1)
    rival = await ask("satellites", count=1, waits_for_wake_word=True)
    await bench.home.ask("add_assist", port=rival[0])
    voice = await bench.add_voices(port, options={"silence_duration_ms": _SILENCE_MS})
    await bench.home.ask("act", action="start_conversation", entities=voice["entities"])
    await asyncio.sleep(_OPENING_S)
    waits = {"ours": Waits(), "Assist": Waits()}
    for number in range(_ROUNDS + 1):
        ours, assist = waits.values() if number else (Waits(), Waits())
        noted = await ask("say", satellite=0)
        ours.add(noted, noted["turn_over_at"])
        await asyncio.sleep(_PAUSE_S)
        noted = await ask("say", satellite=1)
        assist.add(noted, noted["events"]["voice-stopped"])
        await asyncio.sleep(_PAUSE_S)
    return waits
