"""No flow: entries are made by the control."""

from homeassistant.config_entries import ConfigFlow

from . import DOMAIN


class BenchFlow(ConfigFlow, domain=DOMAIN):
    """Know the version of entries."""
