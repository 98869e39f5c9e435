"""The rules of hassfest and HACS for a custom integration, as schemas.

Neither checker can be installed, so their rules are restated here with Home Assistant's
own validators. Unknown keys are errors throughout.
"""

import json
from pathlib import Path
import re
from string import Formatter
from typing import Any
from urllib.parse import urlparse

from awesomeversion import AwesomeVersion, AwesomeVersionException
from awesomeversion.strategy import AwesomeVersionStrategy
from homeassistant.const import Platform
from homeassistant.helpers import config_validation as cv, selector
import voluptuous as vol

REPOSITORY = Path(__file__).parents[1]
ROOT = REPOSITORY / "custom_components" / "realtime_pumpkin"
DOMAIN = ROOT.name

URL = re.compile(r"(\w+://|www\.)\w+", re.IGNORECASE)
SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
QUOTED_PLACEHOLDER = re.compile(r"'\{\w+\}'")
REFERENCE = re.compile(r"\[%|%\]")
# What hassfest lets any integration import without naming it in the manifest.
IMPORTABLE = {platform.value for platform in Platform} | {
    "automation",
    "conversation",
    "device_automation",
    "frontend",
    "homeassistant",
    "media_source",
    "persistent_notification",
    "script",
    "stream",
    "sun",
    "system_health",
    "webhook",
    "websocket_api",
    "zone",
}


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds an object."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def https_url(value: str) -> str:
    """Accept a secure address that is not Home Assistant's own documentation."""
    url = urlparse(value)
    if url.scheme != "https" or url.netloc.endswith("home-assistant.io"):
        raise vol.Invalid("not a secure address of our own")
    return value


def version(value: str) -> str:
    """Accept what Home Assistant takes for a version."""
    try:
        AwesomeVersion(
            value,
            ensure_strategy=[
                AwesomeVersionStrategy.CALVER,
                AwesomeVersionStrategy.SEMVER,
                AwesomeVersionStrategy.SIMPLEVER,
                AwesomeVersionStrategy.BUILDVER,
                AwesomeVersionStrategy.PEP440,
            ],
        )
    except AwesomeVersionException as error:
        raise vol.Invalid("not a version") from error
    return value


def slug(value: str) -> str:
    """Accept a translation key."""
    if not SLUG.fullmatch(value):
        raise vol.Invalid(f"{value!r} is no slug")
    return value


def text(value: Any) -> str:
    """Accept a text that can be translated and shown."""
    words = cv.string_with_no_html(value)
    if words != words.strip() or not words:
        raise vol.Invalid("empty or with outer spaces")
    if URL.search(words) or REFERENCE.search(words):
        raise vol.Invalid("addresses and references belong elsewhere")
    if QUOTED_PLACEHOLDER.search(words):
        raise vol.Invalid("a placeholder in single quotes")
    if not all(name.isidentifier() for name in placeholders(words)):
        raise vol.Invalid("a placeholder that is no identifier")
    return words


def placeholders(words: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def icon(value: Any) -> str:
    """Accept the name of a Material Design icon."""
    if not isinstance(value, str) or not value.startswith("mdi:"):
        raise vol.Invalid("not an mdi icon")
    return value


MANIFEST = vol.Schema(
    {
        vol.Required("domain"): cv.slug,
        vol.Required("name"): str,
        vol.Required("codeowners"): vol.All(
            [vol.Match(r"^@[\w-]+$")], vol.Length(min=1)
        ),
        vol.Required("documentation"): https_url,
        vol.Required("issue_tracker"): https_url,
        vol.Required("iot_class"): "cloud_push",
        vol.Required("version"): version,
        vol.Optional("after_dependencies"): [cv.slug],
        vol.Optional("config_flow"): bool,
        vol.Optional("dependencies"): [cv.slug],
        vol.Optional("integration_type"): "service",
        vol.Optional("loggers"): [str],
        vol.Optional("requirements"): [str],
    }
)

HACS = vol.Schema(
    {
        vol.Required("name"): str,
        vol.Optional("content_in_root"): bool,
        vol.Optional("country"): [str],
        vol.Optional("filename"): str,
        vol.Optional("hacs"): version,
        vol.Optional("hide_default_branch"): bool,
        vol.Optional("homeassistant"): version,
        vol.Optional("persistent_directory"): str,
        vol.Optional("render_readme"): bool,
        vol.Optional("zip_release"): bool,
    }
)

_TEXTS = {slug: text}
_FORM = {
    vol.Optional("title"): text,
    vol.Optional("description"): text,
    vol.Optional("data"): _TEXTS,
    vol.Optional("data_description"): _TEXTS,
    vol.Optional("menu_options"): _TEXTS,
    vol.Optional("menu_option_descriptions"): _TEXTS,
    vol.Optional("submit"): text,
    vol.Optional("sections"): {
        slug: {
            vol.Optional("name"): text,
            vol.Optional("description"): text,
            vol.Optional("data"): _TEXTS,
            vol.Optional("data_description"): _TEXTS,
        }
    },
}


def described_fields_exist(step: dict[str, Any]) -> dict[str, Any]:
    """Accept a form that describes no field it does not have."""
    for part in (step, *step.get("sections", {}).values()):
        if (
            extra := part.get("data_description", {}).keys()
            - part.get("data", {}).keys()
        ):
            raise vol.Invalid(f"descriptions without fields: {sorted(extra)}")
    return step


_FLOW = {
    vol.Optional("flow_title"): text,
    vol.Required("step"): {slug: vol.All(_FORM, described_fields_exist)},
    vol.Optional("error"): _TEXTS,
    vol.Optional("abort"): _TEXTS,
    vol.Optional("progress"): _TEXTS,
    vol.Optional("create_entry"): vol.Schema({vol.Any("default", slug): text}),
}
_SUBENTRY_FLOW = {
    **_FLOW,
    vol.Required("entry_type"): text,
    vol.Required("initiate_flow"): {vol.Required("user"): text, slug: text},
}
_NAMED = {vol.Required("name"): text, vol.Required("description"): text}
_STATES = {vol.Optional("name"): text, vol.Optional("state"): _TEXTS}
_PURPOSE = {slug: {**_NAMED, vol.Optional("fields"): {slug: _NAMED}}}

TRANSLATIONS = vol.Schema(
    {
        vol.Optional("common"): _TEXTS,
        vol.Optional("conditions"): _PURPOSE,
        vol.Optional("config"): _FLOW,
        vol.Optional("config_subentries"): {slug: _SUBENTRY_FLOW},
        vol.Optional("device"): {slug: {vol.Optional("name"): text}},
        vol.Optional("entity"): {
            slug: {
                slug: {
                    **_STATES,
                    vol.Optional("state_attributes"): {slug: _STATES},
                    vol.Optional("unit_of_measurement"): text,
                }
            }
        },
        vol.Optional("exceptions"): {slug: {vol.Required("message"): text}},
        vol.Optional("issues"): {
            slug: vol.All(
                {
                    vol.Required("title"): text,
                    vol.Exclusive("description", "fix"): text,
                    vol.Exclusive("fix_flow", "fix"): _FLOW,
                },
                cv.has_at_least_one_key("description", "fix_flow"),
            )
        },
        vol.Optional("options"): _FLOW,
        vol.Optional("selector"): {
            slug: {
                vol.Optional("options"): _TEXTS,
                vol.Optional("fields"): {slug: _NAMED},
            }
        },
        vol.Optional("services"): {
            slug: {
                **_NAMED,
                vol.Optional("fields"): {slug: _NAMED},
                vol.Optional("sections"): {slug: {vol.Required("name"): text}},
            }
        },
        vol.Optional("system_health"): {vol.Optional("info"): _TEXTS},
        vol.Optional("triggers"): _PURPOSE,
    }
)

_ICONS = {slug: icon}
_ENTITY_ICONS = {
    vol.Optional("default"): icon,
    vol.Optional("state"): _ICONS,
    vol.Optional("range"): vol.Schema({vol.Coerce(float): icon}),
}
ICONS = vol.Schema(
    {
        vol.Optional("conditions"): {slug: {vol.Required("condition"): icon}},
        vol.Optional("entity"): {
            slug: {
                slug: {
                    **_ENTITY_ICONS,
                    vol.Optional("state_attributes"): {slug: _ENTITY_ICONS},
                }
            }
        },
        vol.Optional("services"): {
            slug: {vol.Required("service"): icon, vol.Optional("sections"): _ICONS}
        },
        vol.Optional("triggers"): {slug: {vol.Required("trigger"): icon}},
    }
)

_FIELD = {
    vol.Optional("default"): vol.NotIn([None]),
    vol.Optional("example"): vol.NotIn([None]),
    vol.Optional("required"): bool,
    vol.Required("selector"): selector.validate_selector,
}
_SECTION = {vol.Optional("collapsed"): bool, vol.Required("fields"): {slug: _FIELD}}
SERVICES = vol.Schema(
    {
        slug: {
            vol.Optional("target"): vol.Any(
                None, selector.TargetSelector.CONFIG_SCHEMA
            ),
            vol.Optional("fields"): {slug: vol.Any(_FIELD, _SECTION)},
        }
    }
)

_PURPOSE_FIELD = {
    **_FIELD,
    vol.Optional("context"): {str: str},
}
PURPOSES = vol.Schema(
    {
        slug: {
            vol.Required("target"): selector.TargetSelector.CONFIG_SCHEMA,
            vol.Optional("fields"): {slug: _PURPOSE_FIELD},
        }
    }
)
"""The rules for `triggers.yaml` and `conditions.yaml`; ours all have a target."""
