"""People of the house with different rights, and what each may do with a voice."""

from dataclasses import dataclass
from typing import Any, Final

from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import Credentials, Group
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockUser

from tests.common import VOICE_ENTITY_ID


@dataclass(frozen=True)
class Person:
    """One kind of user, and whether it may see and control the voice."""

    group: str
    sees: bool
    controls: bool
    entities: dict[str, Any] | None = None
    """Rights of its own, where its group is none of Home Assistant's."""


PEOPLE: Final = {
    "admin": Person(GROUP_ID_ADMIN, sees=True, controls=True),
    "user": Person(GROUP_ID_USER, sees=True, controls=True),
    "reader": Person(GROUP_ID_READ_ONLY, sees=True, controls=False),
    "reader of the voice alone": Person(
        "guests", True, False, {"entity_ids": {VOICE_ENTITY_ID: {"read": True}}}
    ),
    "controller of the voice alone": Person(
        "family", True, True, {"entity_ids": {VOICE_ENTITY_ID: True}}
    ),
    "user of lights": Person("staff", False, False, {"domains": {"light": True}}),
    "nobody": Person("nobody", False, False, {}),
}


async def async_user(hass: HomeAssistant, name: str) -> MockUser:
    """Return a user of a kind, known to Home Assistant."""
    person = PEOPLE[name]
    if person.entities is None:
        group = await hass.auth.async_get_group(person.group)
        assert group is not None
    else:
        policy = {"entities": person.entities}
        group = Group(person.group, policy=policy, id=person.group)
    user = MockUser(id=f"id of {name}", name=name, groups=[group])
    # A group of one's own has no name that an expired login would need.
    return user.add_to_hass(hass)


async def async_login(hass: HomeAssistant, user: MockUser) -> str:
    """Return an access token of a user."""
    credential = Credentials(
        id=f"credential of {user.id}",
        auth_provider_type="homeassistant",
        auth_provider_id=None,
        data={"username": user.id},
        is_new=False,
    )
    user.credentials.append(credential)
    token = await hass.auth.async_create_refresh_token(
        user, CLIENT_ID, credential=credential
    )
    return hass.auth.async_create_access_token(token)
