"""What in the house can listen and speak, with its place and what it can do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.components.assist_satellite import DOMAIN as SATELLITE_DOMAIN
from homeassistant.components.media_player.const import (
    DOMAIN as MEDIA_PLAYER_DOMAIN,
    MediaPlayerEntityFeature,
)
from homeassistant.components.wyoming import DOMAIN as WYOMING_DOMAIN
from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.selector import SelectOptionDict
from homeassistant.helpers.translation import async_get_translations

from ..const import (
    CONF_DISABLED_ENTRY_ID,
    CONF_ENTITY_ID,
    CONF_KIND,
    DOMAIN,
    MicrophoneKind,
    SpeakerKind,
)
from ..links.satellites import capabilities, has_echo_canceller, own_player

ESPHOME_DOMAIN: Final = "esphome"
ADDRESS: Final = "address"
"""The choice of a satellite that is not in the list."""

_PREFIX: Final = f"component.{DOMAIN}.common.place_"


@dataclass(frozen=True, slots=True)
class Places:
    """The microphones and speakers of a house, in the user's language."""

    hass: HomeAssistant
    texts: Mapping[str, str]

    @classmethod
    async def async_of(cls, hass: HomeAssistant) -> Self:
        """Return the places of a house."""
        language = hass.config.language
        texts = await async_get_translations(hass, language, "common", [DOMAIN])
        return cls(hass, texts)

    def microphones(self, stored: Mapping[str, Any]) -> list[SelectOptionDict]:
        """Return what can listen; what a voice listens with is always among it."""
        options = [*self._satellites(ESPHOME_DOMAIN), *self._satellites(WYOMING_DOMAIN)]
        if (choice := choice_of(stored)) and choice.startswith("direct:"):
            entry_id = stored[CONF_DISABLED_ENTRY_ID]
            entry = self.hass.config_entries.async_get_entry(entry_id)
            name = entry.title if entry else entry_id
            options.append(self._option(choice, name, "direct"))
        others = (ADDRESS, MicrophoneKind.BROWSER.value)
        return options + [
            SelectOptionDict(value=choice, label=self.text(choice)) for choice in others
        ]

    def speakers(self, microphone: Mapping[str, Any]) -> list[SelectOptionDict]:
        """Return what can speak where a microphone listens, the nearest first."""
        own = self.own_player(microphone)
        options = list(self._own_speaker(MicrophoneKind(microphone[CONF_KIND]), own))
        area = self._area(self._entity(microphone.get(CONF_ENTITY_ID)))
        players = [
            (self._area(entity) != area, self._name(entity_id, entity), entity_id)
            for entity_id, entity in self._players()
            if entity_id != own
        ]
        options += [
            SelectOptionDict(value=entity_id, label=name)
            for _, name, entity_id in sorted(players)
        ]
        return options

    def _own_speaker(
        self, kind: MicrophoneKind, own: str | None
    ) -> Iterator[SelectOptionDict]:
        """Yield the speaker beside a microphone, where there is one."""
        match kind:
            case MicrophoneKind.BROWSER:
                choice, label = SpeakerKind.BROWSER, "browser"
            case MicrophoneKind.ASSIST if own is None:
                return
            case _:
                choice, label = SpeakerKind.SATELLITE, "own_speaker"
        yield SelectOptionDict(value=choice.value, label=self.text(label))

    def own_player(self, microphone: Mapping[str, Any]) -> str | None:
        """Return the media player of a satellite that Home Assistant has."""
        satellite = microphone.get(CONF_ENTITY_ID)
        return own_player(self.hass, satellite) if satellite else None

    def text(self, key: str) -> str:
        """Return one of the words about places."""
        return self.texts[_PREFIX + key]

    def _satellites(self, platform: str) -> Iterator[SelectOptionDict]:
        """Yield the satellites of an integration."""
        for entity in er.async_get(self.hass).entities.values():
            if (entity.domain, entity.platform) != (SATELLITE_DOMAIN, platform):
                continue
            if entity.disabled_by is not None:
                continue
            name = self._name(entity.entity_id, entity)
            if platform == WYOMING_DOMAIN:
                yield self._option(f"direct:{entity.config_entry_id}", name, "direct")
                yield self._option(f"assist:{entity.entity_id}", name, "wyoming")
            else:
                choice = f"assist:{entity.entity_id}"
                yield self._option(choice, name, *self._abilities(entity.entity_id))

    def _abilities(self, satellite: str) -> Iterator[str]:
        """Yield what a satellite can do, as its microphone will say of itself."""
        can = capabilities(self.hass, satellite)
        yield "starts" if can.remote_start else "wake_word"
        is_meant_to = has_echo_canceller(self.hass, satellite)
        yield "echo_canceller" if is_meant_to else "echo_unknown"

    def _option(self, choice: str, name: str, *abilities: str) -> SelectOptionDict:
        """Return a choice with its name and what it can do."""
        can = ", ".join(self.text(ability) for ability in abilities)
        return SelectOptionDict(value=choice, label=f"{name}: {can}")

    def _players(self) -> Iterator[tuple[str, er.RegistryEntry | None]]:
        """Yield the media players that play what they are given.

        What is switched off says no more what it can do; the registry remembers.
        """
        for state in self.hass.states.async_all(MEDIA_PLAYER_DOMAIN):
            entity = self._entity(state.entity_id)
            known = entity.supported_features if entity else 0
            features = int(state.attributes.get(ATTR_SUPPORTED_FEATURES, known))
            if features & MediaPlayerEntityFeature.PLAY_MEDIA:
                yield state.entity_id, entity

    def _entity(self, entity_id: str | None) -> er.RegistryEntry | None:
        """Return what is registered of an entity."""
        return er.async_get(self.hass).async_get(entity_id) if entity_id else None

    def _device(
        self, entity: er.RegistryEntry | None
    ) -> dr.DeviceEntry | dr.ChildDeviceEntry | None:
        """Return an entity's device."""
        if entity is None or entity.device_id is None:
            return None
        return dr.async_get(self.hass).async_get(entity.device_id)

    def _area(self, entity: er.RegistryEntry | None) -> str | None:
        """Return the id of the area in which an entity is."""
        device = self._device(entity)
        own = entity.area_id if entity else None
        return own or (device.area_id if device else None)

    def _name(self, entity_id: str, entity: er.RegistryEntry | None) -> str:
        """Return an entity's device, or its own name, with its area."""
        device, state = self._device(entity), self.hass.states.get(entity_id)
        name = (device.name_by_user or device.name) if device else None
        name = name or (state.name if state else entity_id)
        area_id = self._area(entity)
        area = ar.async_get(self.hass).async_get_area(area_id) if area_id else None
        return f"{name} ({area.name})" if area else name


def choice_of(microphone: Mapping[str, Any]) -> str | None:
    """Return how a stored microphone is called in the list."""
    match dict(microphone):
        case {"kind": MicrophoneKind.ASSIST, "entity_id": entity_id}:
            return f"assist:{entity_id}"
        case {"kind": MicrophoneKind.WYOMING, "disabled_entry_id": entry_id}:
            return f"direct:{entry_id}"
        case {"kind": MicrophoneKind.WYOMING}:
            return ADDRESS
        case {"kind": MicrophoneKind.BROWSER}:
            return MicrophoneKind.BROWSER.value
        case _:
            return None
