"""The folded parts of the form for what a voice sees and what it remembers."""

from collections.abc import Mapping
from typing import Final

from homeassistant.core import split_entity_id
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
)

from ..const import CAMERA_DOMAIN
from ..fields import Field
from ..staging import Eyes, NightMemory
from .parts import group, number, switch, time_of_day


def _only_a_camera(entity_id: str) -> str:
    """Return a camera as it is; raise `ValueError` where it is none."""
    if split_entity_id(entity_id)[0] != CAMERA_DOMAIN:
        raise ValueError("no camera")
    return entity_id


_EYES: Final = group(
    Eyes().as_data(),
    camera=Field(
        EntitySelector(
            EntitySelectorConfig(
                filter=EntityWithDeviceFilterSelectorConfig(domain=CAMERA_DOMAIN)
            )
        ),
        _only_a_camera,
    ),
    picture_edge=number(256, 2048, "px"),
    looks_again=switch(),
)
_MEMORY: Final = group(
    NightMemory().as_data(),
    remembers_night=switch(),
    remembered_visits=number(1, 20),
    night_ends=time_of_day(),
)
SENSES: Final[Mapping[str, section]] = {"eyes": _EYES, "memory": _MEMORY}
