"""The forms of an account: key, server, organization."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import CONF_API_KEY
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..const import CONF_BASE_URL, CONF_ORGANIZATION, CONF_PROVIDER, Provider
from ..fields import Field
from .parts import choice

ADVANCED: Final = "advanced"
_KEY: Final = Field(
    TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
)
_SERVERS: Final = tuple(each for each in Provider if each is not Provider.REHEARSAL)
_PROVIDER: Final = probatio.Required(CONF_PROVIDER, default=Provider.OPENAI.value)
_SERVER: Final = section(
    probatio.Schema(
        {
            probatio.Optional(CONF_BASE_URL): Field(
                TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
            ),
            probatio.Optional(CONF_ORGANIZATION): Field(TextSelector()),
        }
    ),
    {"collapsed": True},
)
ACCOUNT: Final = probatio.Schema(
    {
        _PROVIDER: choice(CONF_PROVIDER, _SERVERS),
        probatio.Required(CONF_API_KEY): _KEY,
        probatio.Optional(ADVANCED): _SERVER,
    }
)
REAUTH: Final = probatio.Schema({probatio.Required(CONF_API_KEY): _KEY})
# An empty key keeps the stored one, which no form ever shows.
RECONFIGURE: Final = probatio.Schema(
    {
        _PROVIDER: choice(CONF_PROVIDER, _SERVERS),
        probatio.Optional(CONF_API_KEY): _KEY,
        probatio.Optional(ADVANCED): _SERVER,
    }
)


def folded_account(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an account's data as its form shows them."""
    inner = (CONF_BASE_URL, CONF_ORGANIZATION)
    shown = {key: value for key, value in data.items() if key not in inner}
    shown[ADVANCED] = {key: data[key] for key in inner if key in data}
    return shown
