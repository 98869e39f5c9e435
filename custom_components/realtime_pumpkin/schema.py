"""The forms of the flows."""

from typing import Final

from homeassistant.components.media_player.const import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.const import CONF_API_KEY, CONF_NAME
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from .const import (
    CONF_BASE_URL,
    CONF_ENTITY_ID,
    CONF_HOST,
    CONF_INSTRUCTIONS,
    CONF_MODEL,
    CONF_PORT,
    CONF_VOICE,
    DEFAULT_BASE_URL,
    DEFAULT_INSTRUCTIONS,
    DEFAULT_MODEL,
    DEFAULT_SATELLITE_PORT,
    DEFAULT_VOICE,
    MODELS,
    VOICES,
)

DEFAULT_NAME: Final = "Pumpkin"

_KEY: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))

ACCOUNT: Final = probatio.Schema(
    {
        probatio.Required(CONF_API_KEY): _KEY,
        probatio.Required(CONF_BASE_URL, default=DEFAULT_BASE_URL): _URL,
    }
)
REAUTH: Final = probatio.Schema({probatio.Required(CONF_API_KEY): _KEY})
# An empty key keeps the stored one, which no form ever shows.
RECONFIGURE: Final = probatio.Schema(
    {probatio.Optional(CONF_API_KEY): _KEY, probatio.Required(CONF_BASE_URL): _URL}
)

PERSONA: Final = probatio.Schema(
    {
        probatio.Required(CONF_NAME, default=DEFAULT_NAME): TextSelector(),
        probatio.Required(
            CONF_INSTRUCTIONS, default=DEFAULT_INSTRUCTIONS
        ): TemplateSelector(),
        probatio.Required(CONF_VOICE, default=DEFAULT_VOICE): SelectSelector(
            SelectSelectorConfig(
                options=list(VOICES),
                custom_value=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        probatio.Required(CONF_MODEL, default=DEFAULT_MODEL): SelectSelector(
            SelectSelectorConfig(
                options=list(MODELS),
                custom_value=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
    }
)
MICROPHONE: Final = probatio.Schema(
    {
        probatio.Required(CONF_HOST): TextSelector(),
        probatio.Required(CONF_PORT, default=DEFAULT_SATELLITE_PORT): probatio.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=1, max=65535, step=1, mode=NumberSelectorMode.BOX
                )
            ),
            probatio.Coerce(int),
        ),
    }
)
SPEAKER: Final = probatio.Schema(
    {
        probatio.Optional(CONF_ENTITY_ID): EntitySelector(
            EntitySelectorConfig(
                filter=EntityWithDeviceFilterSelectorConfig(
                    domain=MEDIA_PLAYER_DOMAIN,
                    supported_features=[
                        "media_player.MediaPlayerEntityFeature.PLAY_MEDIA"
                    ],
                )
            )
        )
    }
)
