"""The pictures of a run: `latency.png` and `scaling.png`."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
import numpy as np

from .measures import Measure, quantile
from .results import RESULTS, Findings

_OURS: Final = "#e8710a"
_THEIRS: Final = "#5f6368"
_GOAL: Final = "#1e8e3e"


def draw(findings: Findings) -> None:
    """Draw all that carries samples or growth."""
    measures = [one for section in findings.values() for one in section]
    delays = [one for one in measures if one.samples]
    growths = [one for one in measures if one.growth]
    if delays:
        _save(_latencies(delays), "latency.png")
    if growths:
        _save(_growths(growths), "scaling.png")


def _save(figure: Figure, name: str) -> None:
    """Write a figure."""
    FigureCanvasAgg(figure)
    figure.savefig(RESULTS / name, dpi=110)


def _latencies(measures: Sequence[Measure]) -> Figure:
    """Draw each delay's spread on one logarithmic axis: p1 to p99, p50 as a dot."""
    figure = Figure(figsize=(10, 1.4 + 0.34 * len(measures)), layout="constrained")
    axes: Axes = figure.subplots()
    for row, one in enumerate(reversed(measures)):
        _spread(axes, row, one)
    axes.set_yticks(range(len(measures)), [_label(one) for one in reversed(measures)])
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("ms: p1 to p99 as a bar, p50 as a dot, the goal in green")
    axes.grid(axis="x", which="both", alpha=0.25)
    axes.set_title("Delays", loc="left")
    return figure


def _spread(axes: Axes, row: int, one: Measure) -> None:
    """Draw one delay's spread, and its goal."""
    color = _THEIRS if _is_theirs(one) else _OURS
    low, middle, high = (max(quantile(one.samples, s), 1e-3) for s in (0.01, 0.5, 0.99))
    axes.plot([low, high], [row, row], color=color, linewidth=5, alpha=0.5)
    axes.plot([middle], [row], "o", color=color)
    if one.goal is not None:
        axes.plot([one.goal] * 2, [row - 0.4, row + 0.4], color=_GOAL, linewidth=2)


def _label(one: Measure) -> str:
    """Name what is delayed, without the share that the value is of it."""
    return one.name.replace(" p99", "").replace(" p50", "")


def _is_theirs(one: Measure) -> bool:
    """Tell whether a measure is a peer's: only ours have goals, or say so."""
    return one.goal is None and not one.name.endswith("ours")


def _growths(measures: Sequence[Measure]) -> Figure:
    """Draw each growth with the straight line through it."""
    rows = ceil(len(measures) / 2)
    figure = Figure(figsize=(10, 3.2 * rows), layout="constrained")
    panels = list(figure.subplots(rows, 2, squeeze=False).flat)
    for axes, one in zip(panels, measures, strict=False):
        _growth(axes, one)
    for axes in panels[len(measures) :]:
        axes.set_visible(False)
    return figure


def _growth(axes: Axes, one: Measure) -> None:
    """Draw one growth."""
    voices = np.array(list(one.growth))
    values = np.array(list(one.growth.values()))
    if len(voices) > 1:
        slope, start = np.polyfit(voices, values, 1)
        axes.plot(voices, start + slope * voices, color=_THEIRS, linestyle=":")
    axes.plot(voices, values, "o-", color=_OURS)
    axes.set_title(f"{one.name}: {one.value:.3g} {one.unit}", loc="left", fontsize=10)
    axes.set_xlabel("voices at once")
    axes.set_ylabel(one.growth_unit)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
