"""Tests that the images of the integration are as Home Assistant and HACS want them."""

from pathlib import Path

from PIL import Image
import pytest

ROOT = Path(__file__).parents[1] / "custom_components" / "realtime_pumpkin"

BRAND = {
    "icon.png": (256, 256),
    "icon@2x.png": (512, 512),
    "dark_icon.png": (256, 256),
    "dark_icon@2x.png": (512, 512),
    "logo.png": (128, 256),
    "logo@2x.png": (256, 512),
    "dark_logo.png": (128, 256),
    "dark_logo@2x.png": (256, 512),
}
"""Both sides of an icon; between what the shorter side of a logo is."""


def test_the_brand_has_all_its_images() -> None:
    """Nothing is missing, and nothing lies there that is never served."""
    assert {path.name for path in (ROOT / "brand").iterdir()} == BRAND.keys()


@pytest.mark.parametrize("name", BRAND)
def test_an_image_of_the_brand_has_the_size_that_is_asked_for(name: str) -> None:
    """An icon is a square; a logo lies, and its shorter side has its limits."""
    with Image.open(ROOT / "brand" / name) as image:
        width, height = image.size
    if "icon" in name:
        assert (width, height) == BRAND[name]
        return
    least, most = BRAND[name]
    assert least <= height <= most
    assert width >= height


@pytest.mark.parametrize("name", BRAND)
def test_an_image_of_the_brand_is_trimmed_transparent_and_small(name: str) -> None:
    """It touches two opposite edges, shows what is behind it, and loads at once."""
    with Image.open(ROOT / "brand" / name) as image:
        assert image.format == "PNG"
        drawn = image.convert("RGBA").getchannel("A")
    left, top, right, bottom = drawn.getbbox() or (0, 0, 0, 0)
    assert (left, right) == (0, drawn.width) or (top, bottom) == (0, drawn.height)
    assert drawn.getextrema() == (0, 255)
    assert (ROOT / "brand" / name).stat().st_size < 64_000


@pytest.mark.parametrize("theme", ["", "dark_"])
def test_a_logo_for_sharp_screens_is_the_same_twice_as_large(theme: str) -> None:
    """A pixel more or less by rounding."""
    sizes = []
    for suffix in ("", "@2x"):
        with Image.open(ROOT / "brand" / f"{theme}logo{suffix}.png") as image:
            sizes.append(image.size)
    (width, height), (wide, high) = sizes
    assert (wide, high) == (pytest.approx(2 * width, abs=1), 2 * height)
