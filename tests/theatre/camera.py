"""A camera at the porch, as Home Assistant has it."""

import asyncio
from functools import cache
from typing import override

from homeassistant.components.camera import Camera
from homeassistant.components.camera.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import numpy as np

from tests.theatre.test_picture import encoded

CAMERA = "camera.porch"


class PorchCamera(Camera):
    """A camera that shows what a test wants, when it wants."""

    _attr_name = "Porch"
    entity_id = CAMERA

    def __init__(self) -> None:
        """Show an orange wall at once."""
        super().__init__()
        self.picture: bytes | None = orange()
        self.fails_with: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.is_asked = asyncio.Event()
        self.asked = 0

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return the picture."""
        self.asked += 1
        self.is_asked.set()
        await self.may_answer.wait()
        if self.fails_with is not None:
            raise self.fails_with
        return self.picture


@cache
def orange(width: int = 1280, height: int = 720) -> bytes:
    """Return a JPEG."""
    return encoded(np.full((height, width, 3), (230, 120, 20), np.uint8))


async def async_add_camera(hass: HomeAssistant) -> PorchCamera:
    """Hang up a camera."""
    assert await async_setup_component(hass, "camera", {})
    camera = PorchCamera()
    await hass.data[DATA_COMPONENT].async_add_entities([camera])
    return camera
