"""The doorbell's camera, which sees a tiny witch."""

import io
from typing import override

from homeassistant.components.camera import Camera
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType
from PIL import Image, ImageDraw

_SIZE = (1280, 960)
_NIGHT, _MOON, _FLOOR = (22, 18, 44), (244, 236, 200), (58, 46, 40)
_CLOAK, _SKIN, _BAND = (92, 40, 130), (236, 190, 150), (255, 138, 31)


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Hang the camera up."""
    async_add_entities([Porch(await hass.async_add_executor_job(witch))])


class Porch(Camera):
    """A camera at the door."""

    _attr_name = "Porch"
    _attr_unique_id = "porch"

    def __init__(self, picture: bytes) -> None:
        """See always the same."""
        super().__init__()
        self._picture = picture

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return the picture, a JPEG."""
        return self._picture


def witch() -> bytes:
    """Draw a small witch under the moon, as a JPEG."""
    picture = Image.new("RGB", _SIZE, _NIGHT)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((980, 90, 1140, 250), fill=_MOON)
    draw.rectangle((0, 820, *_SIZE), fill=_FLOOR)
    draw.polygon([(640, 470), (470, 860), (810, 860)], fill=_CLOAK)
    draw.ellipse((565, 400, 715, 550), fill=_SKIN)
    draw.polygon([(640, 150), (545, 410), (735, 410)], fill=(18, 14, 24))
    draw.ellipse((470, 385, 810, 440), fill=(18, 14, 24))
    draw.rectangle((560, 365, 720, 388), fill=_BAND)
    for eye in (610, 660):
        draw.ellipse((eye, 462, eye + 14, 480), fill=(20, 20, 20))
    draw.arc((605, 480, 675, 525), 20, 160, fill=(150, 50, 60), width=6)
    draw.line((830, 450, 900, 860), fill=(120, 84, 50), width=14)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()
