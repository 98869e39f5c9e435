"""Make `overview.webp`, the picture of the first page, of a visit that was really played.

`script/demo`, then `.venv/bin/python docs/images/overview.py demo-output/latest`: the
faces are screenshots of the card (`python -m tests.e2e.card_pictures`), each is the one
that the card shows at that moment of the visit, and below is the visit's own time line.
`overview.json` is the visit's report, which has every figure of the picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
import shutil
import sys
from typing import Final

from PIL import Image, ImageDraw, ImageFont

_HERE: Final = Path(__file__).parent
sys.path.insert(0, str(_HERE.parents[1]))

from demo.measure.conversation import Speech, Who, speeches  # noqa: E402
from demo.measure.report import Expectation, Measurement  # noqa: E402
from demo.timeline import draw  # noqa: E402

_INCHES: Final = 11.2
_FACE: Final = (13, 54, 511, 386)
"""Where the face is in a screenshot of the card, without what stands at its top."""

_IDLE_FACE: Final = (13, 54, 511, 482)
"""The same where nobody talks: there is no line to type in, and more face."""

_NIGHT, _PAPER, _FAINT = "#15111f", "#efe6d5", "#7d748c"
_GAP, _MARGIN, _CAPTION, _LEADERS = 14, 60, 44, 54
_AXES: Final = (0.05, 0.925)
"""Left edge and width of the time line in its picture, as `demo.timeline` draws it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A face, what it does, and when, in seconds of the recording."""

    state: str
    words: str
    at_s: float


def _middle(speech: Speech) -> float:
    """Return the moment in the middle of a speech."""
    return (speech.span.start_s + speech.span.end_s) / 2


def moments(seen: Measurement, talk: Sequence[Speech]) -> Iterator[Moment]:
    """Yield what the card showed at the turning points of a visit."""
    voice = [speech for speech in talk if speech.who is Who.PUMPKIN]
    visitor = [speech for speech in talk if speech.who is Who.VISITOR]
    yield Moment("idle", "waits for a visitor", seen.doorbell_s or 0.0)
    yield Moment("speaking", "greets, with a riddle", _middle(voice[0]))
    yield Moment("listening", "listens", _middle(visitor[0]))
    for cut in seen.interruptions[:1]:
        yield Moment("listening", "is interrupted", cut.speech.start_s)
    for tool in seen.tool_calls[:1]:
        at_s = seen.recording.place_s(tool.at)
        yield Moment("thinking", "makes fog", at_s)
    yield Moment("laughing", "laughs and says goodbye", _middle(voice[-1]))


def _face(state: str, width: int, height: int) -> Image.Image:
    """Return the face of a state, as high as its tile, with its sky on both sides."""
    picture = _HERE / f"card/pumpkin-{state}-dark-desktop.webp"
    with Image.open(picture) as card:
        face = card.convert("RGB").crop(_IDLE_FACE if state == "idle" else _FACE)
    face = face.resize(
        (round(face.width * height / face.height), height), Image.Resampling.LANCZOS
    )
    sky = face.resize((1, height), Image.Resampling.BOX, (0, 0, 12, height))
    tile = sky.resize((width, height))
    tile.paste(face, ((width - face.width) // 2, 0))
    return tile


def _strip(shown: Sequence[Moment], places: Sequence[float], width: int) -> Image.Image:
    """Return the faces beside each other, each led to its place in the time line."""
    side = (width - 2 * _MARGIN - _GAP * (len(shown) - 1)) / len(shown)
    left, top, right, bottom = _FACE
    face_height = round(side * (bottom - top) / (right - left))
    height = _MARGIN // 2 + face_height + _CAPTION + _LEADERS
    strip = Image.new("RGB", (width, height), _NIGHT)
    pen = ImageDraw.Draw(strip)
    font = ImageFont.truetype("DejaVuSans.ttf", 20)
    for index, (moment, place) in enumerate(zip(shown, places, strict=True)):
        x = round(_MARGIN + index * (side + _GAP))
        y = _MARGIN // 2
        strip.paste(_face(moment.state, round(side), face_height), (x, y))
        middle = x + side / 2
        below = y + face_height + _CAPTION
        pen.text(
            (middle, y + face_height + 10), moment.words, _PAPER, font, anchor="ma"
        )
        pen.line((middle, below, place, height), _FAINT, 2)
    return strip


def overview(folder: Path) -> Image.Image:
    """Return the picture of a visit whose files are in a folder."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    seen = Measurement.of_folder(folder, Expectation(**report["rig"]["expected"]))
    talk = speeches(seen)
    line = folder / "overview-timeline.png"
    draw(line, seen, talk, "Child", _INCHES)
    with Image.open(line) as drawn:
        below = drawn.convert("RGB")
    line.unlink()
    shown = list(moments(seen, talk))
    start, share = _AXES
    duration = seen.recording.duration_s
    places = [below.width * (start + share * each.at_s / duration) for each in shown]
    above = _strip(shown, places, below.width)
    whole = Image.new("RGB", (below.width, above.height + below.height), _NIGHT)
    whole.paste(above, (0, 0))
    whole.paste(below, (0, above.height))
    return whole


def main() -> None:
    """Make the picture of the visit whose folder is named."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    overview(folder).save(_HERE / "overview.webp", quality=90, method=6)
    shutil.copyfile(folder / "report.json", _HERE / "overview.json")


if __name__ == "__main__":
    main()
