"""Render the images of the integration from `pumpkin.svg`.

Needs Chromium, pngquant and the font DejaVu Sans.

Run `.venv/bin/python docs/brand/render.py` after a change of the drawing.
"""

from io import BytesIO
from pathlib import Path
import subprocess
import tempfile
from typing import Final

from PIL import Image

_HERE: Final = Path(__file__).parent
_TARGET: Final = _HERE.parents[1] / "custom_components" / "realtime_pumpkin" / "brand"
_CANVAS: Final = (2400, 1100)
"""Pixels to draw on, before what is transparent is cut off."""

_PAGE: Final = """<!doctype html><style>
  html, body {{ margin: 0; background: transparent }}
  body {{ display: flex; align-items: center; gap: 70px; padding: 40px }}
  svg {{ height: 1000px; flex: none }}
  p {{ margin: 0; font: 700 250px/1.05 "DejaVu Sans", sans-serif }}
  {theme}
</style>{drawing}{words}"""
_WORDS: Final = "<p>Realtime<br>Pumpkin</p>"
_LIGHT: Final = "p { color: #4a1505 }"
# A dark page swallows shadows and outlines: there they are of a lighter wood.
_DARK: Final = """
  p { color: #ffe0a0 }
  svg .skin-low { stop-color: #c4601a }
  svg .rib { stroke: #c9661d; stroke-opacity: .8 }
  svg .stem { fill: #7f9f41; stroke: #5f7a2d }
  svg .stem-line { stroke: #b3cf73 }
  svg .tendril { stroke: #7f9f41 }
"""


def _draw(theme: str, words: str = "") -> Image.Image:
    """Return the drawing beside words, without its transparent border."""
    drawing = (_HERE / "pumpkin.svg").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder, "page.html"), Path(folder, "page.png")
        page.write_text(
            _PAGE.format(drawing=drawing, words=words, theme=theme), encoding="utf-8"
        )
        subprocess.run(
            [
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--default-background-color=00000000",
                f"--window-size={_CANVAS[0]},{_CANVAS[1]}",
                f"--screenshot={picture}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        image = Image.open(BytesIO(picture.read_bytes())).convert("RGBA")
    return image.crop(image.getchannel("A").getbbox())


def _squared(image: Image.Image) -> Image.Image:
    """Return an image in the middle of a transparent square."""
    side = max(image.size)
    square = Image.new("RGBA", (side, side))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def _save(image: Image.Image, height: int, name: str) -> None:
    """Store an image of `height` pixels, small."""
    width = round(image.width * height / image.height)
    scaled = image.resize((width, height), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    scaled.save(buffer, "PNG")
    pressed = subprocess.run(
        ["pngquant", "--speed", "1", "--strip", "-"],
        input=buffer.getvalue(),
        check=True,
        capture_output=True,
        timeout=60,
    )
    (_TARGET / name).write_bytes(pressed.stdout)


def main() -> None:
    """Render all images."""
    _TARGET.mkdir(exist_ok=True)
    for prefix, theme in (("", _LIGHT), ("dark_", _DARK)):
        icon, logo = _squared(_draw(theme)), _draw(theme, _WORDS)
        for scale, suffix in ((1, ""), (2, "@2x")):
            _save(icon, 256 * scale, f"{prefix}icon{suffix}.png")
            _save(logo, 200 * scale, f"{prefix}logo{suffix}.png")


if __name__ == "__main__":
    main()
