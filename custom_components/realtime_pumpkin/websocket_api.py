"""What the card asks of a voice over Home Assistant's websocket."""

from collections.abc import Mapping
import functools
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import (
    ERR_HOME_ASSISTANT_ERROR,
    ERR_SERVICE_VALIDATION_ERROR,
)
from homeassistant.components.websocket_api.decorators import (
    async_response,
    websocket_command,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.typing import VolDictType
import probatio

from .bus import ConversationEvent
from .const import (
    ATTR_CONVERSATION_ID,
    CONF_KIND,
    CONF_MICROPHONE,
    CONF_SPEAKER,
    DOMAIN,
    EventName,
)
from .coordinator import VoiceCoordinator
from .links.browser import BrowserTab
from .links.errors import BrowserHeld
from .request import ConversationRequest

ERR_HELD: Final = "browser_held"

_ENTITY: Final[VolDictType] = {probatio.Required("entity_id"): cv.entity_id}
_TEXT: Final = probatio.All(cv.string, probatio.Strip, probatio.Length(max=10_000))
_CLIENT_ID: Final = probatio.All(cv.string, probatio.Length(min=1, max=64))
_COUNT: Final = probatio.All(int, probatio.Range(min=0))


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands, once for all accounts."""
    for command in (websocket_subscribe, websocket_attach, websocket_start):
        async_register_command(hass, command)


@callback
@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/subscribe",
        **_ENTITY,
        probatio.Optional("levels", default=False): cv.boolean,
    }
)
def websocket_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Stream what happens to a voice to somebody who may see its entity."""
    voice = _voice(hass, connection, msg, POLICY_READ)
    spectator = Spectator(connection, msg["id"], msg["entity_id"], voice)
    connection.subscriptions[msg["id"]] = spectator.watch(levels=msg["levels"])
    connection.send_result(msg["id"])
    spectator.greet()


@callback
@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/browser",
        **_ENTITY,
        probatio.Required("client_id"): _CLIENT_ID,
        probatio.Optional("echo_cancelled", default=False): cv.boolean,
        probatio.Optional("take_over", default=False): cv.boolean,
        probatio.Optional("utterance", default=0): _COUNT,
        probatio.Optional("received_bytes", default=0): _COUNT,
    }
)
def websocket_attach(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Let a tab lend a voice its microphone and speaker until it unsubscribes."""
    voice = _voice(hass, connection, msg, POLICY_CONTROL)
    msg_id, port = msg["id"], voice.browser
    tab = BrowserTab(
        client_id=msg["client_id"],
        user_id=connection.user.id,
        owner=connection.user.name or "",
        echo_cancelled=msg["echo_cancelled"],
        send=functools.partial(connection.send_event, msg_id),
        utterance=msg["utterance"],
        received_bytes=msg["received_bytes"],
    )

    @callback
    def take(hass: HomeAssistant, connection: ActiveConnection, payload: bytes) -> None:
        """Take what the tab heard, or what it reports."""
        port.receive(tab, payload)

    handler_id, unregister = connection.async_register_binary_handler(take)

    @callback
    def leave() -> None:
        """Let the tab go: for good if it said so, else until it is back."""
        unregister()
        # Only who unsubscribes was taken out before; a closed socket takes none.
        port.detach(tab, for_good=msg_id not in connection.subscriptions)

    tab.send({"type": "handler", "id": handler_id})
    try:
        port.attach(tab, take_over=msg["take_over"])
    except BrowserHeld as err:
        unregister()
        _refuse(connection, msg_id, ERR_HELD, err.translation_key, err.placeholders)
        return
    connection.subscriptions[msg_id] = leave
    connection.send_result(msg_id)


@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/start_conversation",
        **_ENTITY,
        probatio.Optional("opening"): _TEXT,
        probatio.Optional("instructions"): _TEXT,
        probatio.Optional("context"): _TEXT,
        probatio.Optional("in_browser", default=False): cv.boolean,
    }
)
@async_response
async def websocket_start(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Start a conversation, for once in the browser where that is asked for."""
    voice = _voice(hass, connection, msg, POLICY_CONTROL)
    try:
        request = ConversationRequest(
            opening=msg.get("opening") or None,
            instructions=msg.get("instructions") or None,
            context=msg.get("context") or None,
            in_browser=msg["in_browser"],
            cause=connection.context(msg),
        )
        conversation_id = await voice.async_start_conversation(request)
    except HomeAssistantError as err:
        code = ERR_HOME_ASSISTANT_ERROR
        if isinstance(err, ServiceValidationError):
            code = ERR_SERVICE_VALIDATION_ERROR
        key, placeholders = err.translation_key, err.translation_placeholders
        _refuse(connection, msg["id"], code, key, placeholders, str(err))
        return
    connection.send_result(msg["id"], {ATTR_CONVERSATION_ID: conversation_id})


class Spectator:
    """Somebody who watches a voice over one connection."""

    def __init__(
        self,
        connection: ActiveConnection,
        msg_id: int,
        entity_id: str,
        voice: VoiceCoordinator,
    ) -> None:
        """Send what happens as events of one subscription."""
        self._voice = voice
        self._send = functools.partial(connection.send_event, msg_id)
        self._can_control = connection.user.permissions.check_entity(
            entity_id, POLICY_CONTROL
        )
        self._last_state: Mapping[str, Any] = {}
        self._last_cost: float | None = None

    @callback
    def watch(self, *, levels: bool) -> CALLBACK_TYPE:
        """Listen to the voice; return what ends it."""
        voice = self._voice
        endings = [
            voice.async_add_listener(self._show_state),
            voice.listen(self._tell),
            voice.events.listen_to_deltas(self._tell_delta),
        ]
        if levels:
            endings.append(voice.levels.listen(self._tell_level))

        @callback
        def end() -> None:
            """Listen no more."""
            for ending in endings:
                ending()

        return end

    @callback
    def greet(self) -> None:
        """Tell how things are, and what has been said already."""
        self._show_state()
        if said := self._voice.so_far().get("transcript"):
            self._send({"type": "history", "transcript": said})

    @callback
    def _show_state(self) -> None:
        """Tell the voice's state where it has changed."""
        voice, tab = self._voice, self._voice.browser.tab
        ends = voice.subentry.data
        state = {
            "type": "closed" if voice.is_shut_down else "state",
            "name": voice.subentry.title,
            "phase": voice.data.phase,
            "conversation_id": voice.data.conversation_id,
            "available": voice.data.is_enabled,
            "is_muted": voice.data.is_muted,
            "can_control": self._can_control,
            "microphone": ends[CONF_MICROPHONE][CONF_KIND],
            "speaker": ends[CONF_SPEAKER][CONF_KIND],
            "browser": None if tab is None else tab.owner,
            "client_id": None if tab is None else tab.client_id,
        }
        if state != self._last_state:
            self._last_state = state
            self._send(state)
        self._tell_cost()

    @callback
    def _tell(self, event: ConversationEvent) -> None:
        """Tell what happened in the conversation."""
        if event.name is not EventName.ASSISTANT_TRANSCRIPT_DELTA:
            self._send({"type": "event", "event": event.name, "data": event.data})
        self._tell_cost()

    @callback
    def _tell_delta(self, event: ConversationEvent) -> None:
        """Tell a few words as they are said."""
        self._send({"type": "event", "event": event.name, "data": event.data})

    @callback
    def _tell_level(self, level: float) -> None:
        """Tell how loud the voice is heard."""
        self._send({"type": "level", "level": level})

    @callback
    def _tell_cost(self) -> None:
        """Tell what the conversation has cost so far, where that has changed."""
        cost = self._voice.so_far().get("cost_usd")
        if cost is not None and cost != self._last_cost:
            self._send({"type": "cost", "usd": cost})
        self._last_cost = cost


def _voice(
    hass: HomeAssistant,
    connection: ActiveConnection,
    msg: dict[str, Any],
    permission: str,
) -> VoiceCoordinator:
    """Return the voice behind an entity; raise where the user may not use it."""
    entity_id = msg["entity_id"]
    if not connection.user.permissions.check_entity(entity_id, permission):
        raise Unauthorized(
            context=connection.context(msg), entity_id=entity_id, permission=permission
        )
    entity = er.async_get(hass).async_get(entity_id)
    if entity is not None and entity.platform == DOMAIN:
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            voices: Mapping[str, VoiceCoordinator] = entry.runtime_data.voices
            if (voice := voices.get(entity.config_subentry_id or "")) is not None:
                return voice
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="voice_not_found",
        translation_placeholders={"entity_id": entity_id},
    )


def _refuse(
    connection: ActiveConnection,
    msg_id: int,
    code: str,
    key: str | None,
    placeholders: Mapping[str, str] | None,
    words: str = "",
) -> None:
    """Answer a command with words that the frontend can translate."""
    connection.send_error(
        msg_id,
        code,
        words or str(key),
        translation_key=key,
        translation_domain=DOMAIN,
        translation_placeholders=dict(placeholders or {}),
    )
