"""A whole Home Assistant in this process, in virtual time, on real sockets.

Its web server, its stores and its threads are real. The server that voices talk to is
the project's own, the satellites are fakes that fail on what they did not expect.
"""

# First of all imports: the test plugin's own `custom_components` would win over ours.
import custom_components  # noqa: F401  # isort: skip

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from unittest.mock import AsyncMock, patch

from homeassistant import bootstrap
from homeassistant.components.media_player.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.runner import RuntimeConfig

from demo.rig import home_assistant
from demo.rig.places import INTEGRATION, Folder
from demo.rig.processes import free_port

from .player import Player

_CONFIGURATION = """\
# Written by the soak.
homeassistant:
  name: The porch
  time_zone: UTC
  unit_system: metric
  country: NL
  internal_url: {url}
media_player:
"""
_FFMPEG = "homeassistant.components.ffmpeg.FFmpegManager.async_get_version"


@asynccontextmanager
async def home_assistant_in(folder: Folder) -> AsyncIterator[HomeAssistant]:
    """Run Home Assistant in this loop, from its start to its stop."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    configuration = _CONFIGURATION.format(url=url)
    home_assistant.furnish(folder.home, port, configuration, (INTEGRATION,))
    # A process would end in real time.
    with patch(_FFMPEG, AsyncMock()):
        config = RuntimeConfig(str(folder.home), skip_pip=True, log_no_color=True)
        hass = await bootstrap.async_setup_hass(config)
        assert hass is not None
        await hass.async_start()
        await hass.async_block_till_done()
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


async def add_player(hass: HomeAssistant) -> Player:
    """Add a media player that fetches what it is told to play."""
    player = Player()
    await hass.data[DATA_COMPONENT].async_add_entities([player])
    return player
