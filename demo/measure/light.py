"""How a light follows what is heard, by Home Assistant's times and the recording's."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self

import numpy as np
from numpy.typing import NDArray

from custom_components.realtime_pumpkin.audio.level import loudness

from .events import HouseEvent
from .recording import Recording

STEP_S = 0.01
_WINDOW_S = 0.04
_NEAR_S = 0.3
"""A peak is the loudest moment so long before and after it."""

_PROMINENT = 0.2
_SILENCE_DBFS = -96.0

type Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """What can be said of a light in numbers."""

    calls: int
    most_calls_in_a_second: int
    peaks: int
    peak_ms: float | None
    """How far a peak of what is heard and the light's lie apart: the median."""

    lag_ms: float | None
    """How much later the light is as a whole: where both curves are most alike."""


@dataclass(frozen=True)
class Light:
    """What was heard, and how bright a light was, in steps of 10 ms."""

    level: Curve
    """How loud the speaker is, from 0 to 1."""

    brightness: Curve
    """How bright the light is, from 0 to 1."""

    called: Sequence[float]
    """When the light was called, in seconds of the recording."""

    start: str
    end: str

    @classmethod
    def of(
        cls, recording: Recording, events: Sequence[HouseEvent], entity_id: str
    ) -> Self:
        """Read the states that a light went through, and what it was told."""
        level = _level(recording)
        brightness = np.zeros(len(level))
        states = [
            event
            for event in events
            if event.event_type == "state_changed"
            and event.data["entity_id"] == entity_id
            and event.data["new_state"]
        ]
        for event in states:
            place = max(0, round(recording.place_s(event.at) / STEP_S))
            brightness[place:] = _brightness(event)
        told = [
            recording.place_s(event.at)
            for event in events
            if event.event_type == "call_service"
            and entity_id in str(event.data["service_data"].get("entity_id"))
        ]
        start = states[0].data["old_state"]["state"] if states else "unknown"
        end = states[-1].data["new_state"]["state"] if states else "unknown"
        return cls(level, brightness, told, start, end)

    @property
    def is_as_it_was(self) -> bool:
        """Tell whether the light is on or off as before."""
        return self.start == self.end != "unknown"

    @property
    def figures(self) -> Figures:
        """Return the numbers."""
        apart = self._apart_ms()
        return Figures(
            len(self.called),
            _most_in_a_second(self.called),
            len(apart),
            round(median(apart), 1) if apart else None,
            self._lag_ms(),
        )

    def _apart_ms(self) -> list[float]:
        """Return how far each peak of what is heard is from the light's beside it."""
        near = round(_NEAR_S / STEP_S)
        apart = []
        for peak in _peaks(self.level, near):
            around = self.brightness[peak - near : peak + near + 1]
            brightest = np.flatnonzero(around >= around.max() - 1e-9)
            apart.append(abs(int(brightest[0]) - near) * STEP_S * 1000)
        return apart

    def _lag_ms(self) -> float | None:
        """Return by how much the light has to be moved to be most like the level."""
        heard = self.level**2
        lags = range(-50, 51)
        if not heard.any() or not self.brightness.any():
            return None
        likeness = [
            float(
                np.corrcoef(heard[50:-50], np.roll(self.brightness, -lag)[50:-50])[0, 1]
            )
            for lag in lags
        ]
        return float(lags[int(np.argmax(likeness))] * STEP_S * 1000)


def _brightness(event: HouseEvent) -> float:
    """Return how bright a light is in a state."""
    state = event.data["new_state"]
    if state["state"] != "on":
        return 0.0
    return float(state["attributes"].get("brightness") or 255) / 255


def _level(recording: Recording) -> Curve:
    """Return how loud the speaker is around each moment."""
    power = np.square(recording.speaker.astype(np.float64) / 32768)
    total = np.concatenate(([0.0], np.cumsum(power)))
    half = round(_WINDOW_S / 2 * recording.rate)
    middles = np.arange(0, len(power), round(STEP_S * recording.rate))
    first, last = np.maximum(middles - half, 0), np.minimum(middles + half, len(power))
    mean = (total[last] - total[first]) / np.maximum(last - first, 1)
    dbfs = 10 * np.log10(np.maximum(mean, 10 ** (_SILENCE_DBFS / 10)))
    return np.array([loudness(float(each)) for each in dbfs])


def _peaks(level: Curve, near: int) -> list[int]:
    """Return where it is louder than for a while before and after."""
    return [
        place
        for place in range(near, len(level) - near)
        if level[place] == (around := level[place - near : place + near + 1]).max()
        and level[place] > level[place - 1]
        and level[place] - around.min() >= _PROMINENT
    ]


def _most_in_a_second(times: Sequence[float]) -> int:
    """Return how many calls the busiest second has."""
    placed = sorted(times)
    return max(
        (
            sum(first <= other < first + 1 for other in placed[at:])
            for at, first in enumerate(placed)
        ),
        default=0,
    )
