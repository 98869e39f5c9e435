"""Draw `timeline.png`: who spoke when, what happened, and how long it was quiet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
import numpy as np

from .lightline import draw_light
from .measure import events as house
from .measure.conversation import Speech, Who
from .measure.recording import Samples
from .measure.report import Measurement

_NIGHT, _PAPER, _FAINT = "#15111f", "#efe6d5", "#7d748c"
_CUT, _TOOL = "#ff5a7a", "#c9a3ff"
_COLOURS = {Who.PUMPKIN: "#ff8a1f", Who.VISITOR: "#58cfc0"}
_LANES = {Who.VISITOR: 1.0, Who.PUMPKIN: -1.0}
_HEIGHT = 0.62
_WIDTH_INCHES, _TALK_INCHES, _LIGHT_INCHES = 16.0, 6.6, 2.2
_COLUMNS = 2400
_LETTER_INCHES = 0.09

_FEW_LETTERS, _MANY_LETTERS = 34, 64


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, with seconds counted from the doorbell."""

    axes: Axes
    seen: Measurement
    talk: Sequence[Speech]
    names: dict[Who, str]
    inches: float
    """The width of the picture."""

    @property
    def letter(self) -> float:
        """Return the width of a letter as a share of the picture's width."""
        return _LETTER_INCHES / self.inches

    @property
    def zero_s(self) -> float:
        """Return the doorbell's place in the recording."""
        return self.seen.doorbell_s or 0.0

    @property
    def width_s(self) -> float:
        """Return how much time the picture shows."""
        return self.seen.recording.duration_s

    def x(self, place_s: float) -> float:
        """Return where a place of the recording is drawn."""
        return place_s - self.zero_s


def draw(
    path: Path,
    seen: Measurement,
    talk: Sequence[Speech],
    visitor: str,
    inches: float = _WIDTH_INCHES,
) -> None:
    """Write the picture of a visit, so many inches wide at 150 dots each."""
    # Where there is less room beside words, they need more below.
    talk_inches = _TALK_INCHES + 1.2 * (_WIDTH_INCHES / inches - 1)
    height = talk_inches + (0.0 if seen.light is None else _LIGHT_INCHES)
    figure = Figure(figsize=(inches, height), dpi=150, facecolor=_NIGHT)
    below = (height - talk_inches) / height
    scale = talk_inches / height
    axes = figure.add_axes((0.05, below + 0.105 * scale, 0.925, 0.78 * scale))
    names = {Who.VISITOR: visitor, Who.PUMPKIN: "Pumpkin"}
    picture = Picture(axes, seen, talk, names, inches)
    _dress(picture)
    for who, samples in (
        (Who.VISITOR, seen.recording.microphone),
        (Who.PUMPKIN, seen.recording.speaker),
    ):
        _draw_wave(picture, who, samples)
    for index, speech in enumerate(talk):
        _draw_words(picture, index, speech)
    _draw_pauses(picture)
    _draw_interruptions(picture)
    _draw_marks(picture)
    if seen.light is not None:
        axes.set_xlabel("")
        strip = figure.add_axes((0.05, 0.07, 0.925, below - 0.03), sharex=axes)
        draw_light(strip, seen.light, picture.x)
    top = below + 0.935 * scale
    figure.text(0.05, top, "One visit at the door", color=_PAPER, fontsize=17)
    figure.text(0.975, top, _summary(seen), color=_FAINT, fontsize=10.5, ha="right")
    figure.savefig(path, facecolor=_NIGHT)


def _dress(picture: Picture) -> None:
    """Prepare an empty night with a time axis."""
    axes = picture.axes
    axes.set_facecolor(_NIGHT)
    axes.set_xlim(picture.x(0), picture.x(picture.width_s))
    axes.set_ylim(-2.75 - (_WIDTH_INCHES / picture.inches - 1), 2.45)
    axes.set_yticks([])
    axes.tick_params(axis="x", colors=_FAINT, length=4, labelsize=9.5)
    axes.set_xlabel("seconds since the doorbell", color=_FAINT, fontsize=9.5)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(_FAINT)
    for who, lane in _LANES.items():
        axes.axhline(lane, color=_COLOURS[who], alpha=0.25, linewidth=0.8)
        axes.text(
            -0.006,
            lane,
            picture.names[who],
            transform=axes.get_yaxis_transform(),
            color=_COLOURS[who],
            fontsize=11,
            fontweight="bold",
            rotation=90,
            ha="right",
            va="center",
        )


def _draw_wave(picture: Picture, who: Who, samples: Samples) -> None:
    """Draw a channel's envelope around its lane."""
    step = max(len(samples) // _COLUMNS, 1)
    blocks = samples[: len(samples) // step * step].reshape(-1, step)
    level = np.abs(blocks.astype(np.int32)).max(axis=1) / 32768
    loudest = max(float(level.max(initial=0.0)), 0.05)
    envelope = level / loudest * _HEIGHT
    times = (np.arange(len(level)) + 0.5) * step / picture.seen.recording.rate
    lane = _LANES[who]
    picture.axes.fill_between(
        times - picture.zero_s,
        lane - envelope,
        lane + envelope,
        color=_COLOURS[who],
        linewidth=0,
    )


def _draw_words(picture: Picture, index: int, speech: Speech) -> None:
    """Write a speech's words outside its wave, as wide as there is room."""
    above = speech.who is Who.VISITOR
    start = picture.x(speech.span.start_s)
    later = [s.span.start_s for s in picture.talk[index + 1 :] if s.who is speech.who]
    until = picture.x(later[0] if later else picture.width_s)
    room = int((until - start) / picture.width_s / picture.letter)
    # At the right edge words have no room; there they end where the picture ends.
    at_edge = not later and room < min(len(speech.text) + 2, _FEW_LETTERS)
    letters = _FEW_LETTERS if at_edge else min(max(room - 2, 12), _MANY_LETTERS)
    picture.axes.text(
        until if at_edge else start,
        _LANES[speech.who] + (0.78 if above else -0.78),
        textwrap.fill(f"“{speech.text or '…'}”", letters),
        color=_PAPER,
        fontsize=9.5,
        linespacing=1.35,
        ha="right" if at_edge else "left",
        multialignment="left",
        va="bottom" if above else "top",
        bbox={"facecolor": _NIGHT, "edgecolor": "none", "pad": 1.5},
    )


def _draw_pauses(picture: Picture) -> None:
    """Mark how long it was quiet whenever the word passed on."""
    for start, end, answer in _silences(picture):
        if not answer and picture.inches < _WIDTH_INCHES:
            continue  # The visitor's own pauses have no room.
        colour = _PAPER if answer else _FAINT
        left, right = picture.x(start), picture.x(end)
        picture.axes.annotate(
            "",
            (right, 0),
            (left, 0),
            arrowprops={"arrowstyle": "|-|,widthA=.25,widthB=.25", "color": colour},
        )
        picture.axes.text(
            (left + right) / 2,
            0.1,
            f"{(end - start) * 1000:.0f} ms",
            color=colour,
            fontsize=9.5,
            fontweight="bold" if answer else "normal",
            ha="center",
            va="bottom",
        )


def _silences(picture: Picture) -> Iterator[tuple[float, float, bool]]:
    """Yield silences (start, end, whether the pumpkin's answer ended it)."""
    before = picture.seen.doorbell_s
    for speech in picture.talk:
        if before is not None and speech.span.start_s > before:
            yield before, speech.span.start_s, speech.who is Who.PUMPKIN
        before = speech.span.end_s


def _draw_interruptions(picture: Picture) -> None:
    """Show for how long both were heard, and where the pumpkin fell silent."""
    axes = picture.axes
    for each in picture.seen.interruptions:
        start = picture.x(each.speech.start_s)
        end = picture.x(each.told_s if each.silent_s is None else each.silent_s)
        bottom, top = _LANES[Who.PUMPKIN] - _HEIGHT, _LANES[Who.VISITOR] + _HEIGHT
        axes.fill_between(
            (start, end), bottom, top, color=_CUT, alpha=0.22, linewidth=0, zorder=0
        )
        axes.plot(
            (end, end),
            (bottom, _LANES[Who.PUMPKIN] + _HEIGHT),
            color=_CUT,
            linewidth=2.2,
        )
        took = each.first_sound_to_silence_ms
        axes.text(
            start - 0.005 * picture.width_s,
            -0.2,
            "interrupted" if took is None else f"interrupted, silent in {took:.0f} ms",
            color=_CUT,
            fontsize=9.5,
            fontweight="bold",
            ha="right",
            va="center",
        )


def _draw_marks(picture: Picture) -> None:
    """Mark the doorbell, the tools and the end."""
    seen = picture.seen
    tools = {event.at for event in seen.tool_calls}
    marks = [(seen.doorbell_s, "doorbell", _PAPER), *_tool_marks(seen, tools)]
    marks.append((seen.ended_s, "conversation ended", _PAPER))
    rows = [float("-inf")] * 4
    known = ((at, name, colour) for at, name, colour in marks if at is not None)
    for place, name, colour in sorted(known):
        letters = len(name) * 1.05 * picture.letter * picture.width_s
        begins = place - letters if _is_near_end(picture, place) else place
        free = (row for row, until in enumerate(rows) if until < begins)
        row = next(free, len(rows) - 1)
        rows[row] = begins + letters
        _draw_mark(picture, picture.x(place), name, row, colour)


def _tool_marks(
    seen: Measurement, of_house: set[float]
) -> Iterator[tuple[float | None, str, str]]:
    """Yield the calls of tools (place, name, colour); the house's stand out."""
    for event in house.named(seen.events, "tool_called"):
        name = f"{event.data.get('name')}()"
        colour = _TOOL if event.at in of_house else _PAPER
        yield seen.recording.place_s(event.at), name, colour


def _draw_mark(picture: Picture, x: float, name: str, row: int, colour: str) -> None:
    """Draw one mark with its name, in one of the rows at the top."""
    axes = picture.axes
    line = "solid" if colour == _TOOL else (0, (2, 3))
    axes.axvline(x, color=colour, alpha=0.55, linewidth=1, linestyle=line, zorder=0)
    near_end = _is_near_end(picture, x + picture.zero_s)
    axes.annotate(
        name,
        (x, 2.45),
        (-5 if near_end else 5, 10 - row * 15),
        textcoords="offset points",
        color=colour,
        fontweight="bold" if colour == _TOOL else "normal",
        fontsize=9.5,
        style="italic",
        ha="right" if near_end else "left",
        va="top",
    )


def _is_near_end(picture: Picture, place_s: float) -> bool:
    """Tell whether a name at a place of the recording would leave the picture."""
    return place_s > picture.width_s * 0.88


def _summary(seen: Measurement) -> str:
    """Return the figures in one line."""
    gaps = ", ".join(f"{turn.gap_ms:.0f}" for turn in seen.answered)
    greeting = "never" if seen.greeting_ms is None else f"{seen.greeting_ms:.0f} ms"
    figures = [
        f"doorbell to first sound {greeting}",
        f"answers after {gaps or 'never'} ms",
        *_counted(len(seen.interruptions), "interruption"),
        *_counted(len(seen.tool_calls), "tool call"),
    ]
    if seen.light is not None and seen.light.figures.peak_ms is not None:
        figures.append(f"light and sound {seen.light.figures.peak_ms:.0f} ms apart")
    return "  ·  ".join(figures)


def _counted(number: int, what: str) -> Iterator[str]:
    """Yield how often something happened, where it did."""
    if number:
        yield f"{number} {what}{'s' if number > 1 else ''}"
