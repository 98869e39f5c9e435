"""What the test plugin, made for one release of Home Assistant, lacks on a later one.

Loaded before every plugin by `script/test --home-assistant`, and by nothing else.
"""

# First of all: 2026.11 gives `httpx` another meaning before anybody else imports it.
from homeassistant.components import logger
from homeassistant.components.logger import helpers

if not hasattr(logger, "_clear_logger_overwrites"):
    # The plugin takes it from where it was until 2026.10.
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # type: ignore[attr-defined]
