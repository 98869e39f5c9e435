"""Draw how a light follows what is heard, below the talk of `timeline.png`."""

from collections.abc import Callable

from matplotlib.axes import Axes
import numpy as np

from .measure.light import STEP_S, Light

_NIGHT, _FAINT, _LEVEL, _FLAME = "#15111f", "#7d748c", "#efe6d5", "#ffb347"


def draw_light(axes: Axes, light: Light, x: Callable[[float], float]) -> None:
    """Draw the brightness as a flame, and the level of what is heard as a line in it."""
    times = [x(at * STEP_S) for at in range(len(light.level))]
    axes.set_facecolor(_NIGHT)
    axes.set_ylim(0, 1.06)
    for share in np.linspace(0.15, 1, 6):
        axes.fill_between(
            times,
            light.brightness * share,
            step="post",
            color=_FLAME,
            alpha=0.16,
            linewidth=0,
        )
    axes.step(times, light.brightness, where="post", color=_FLAME, linewidth=0.9)
    axes.plot(times, light.level**2, color=_LEVEL, linewidth=0.7, alpha=0.85)
    axes.set_yticks([])
    axes.tick_params(axis="x", colors=_FAINT, length=4, labelsize=9.5)
    axes.set_xlabel("seconds since the doorbell", color=_FAINT, fontsize=9.5)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(_FAINT)
    _name(axes, 0.72, "Candle", _FLAME)
    _name(axes, 0.24, "Level", _LEVEL)


def _name(axes: Axes, height: float, name: str, colour: str) -> None:
    """Write what a colour stands for beside the strip."""
    axes.text(
        -0.006,
        height,
        name,
        transform=axes.transAxes,
        color=colour,
        fontsize=11,
        fontweight="bold",
        rotation=90,
        ha="right",
        va="center",
    )
