"""Start a real Home Assistant whose only user is the demo."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
import json
from pathlib import Path

from .places import INTEGRATION, PORCH, PYTHON, Folder
from .processes import Process, Supervisor, answers, free_port

_READY_S = 90.0

PLACE = """\
# Written by a program.
homeassistant:
  name: The porch
  latitude: 52.37
  longitude: 4.89
  elevation: 2
  unit_system: metric
  time_zone: UTC
  currency: EUR
  country: NL
  internal_url: {url}
"""
"""Where the house is, as its configuration begins."""

# `default_config` fails as a whole where one of its programs is missing.
_CONFIGURATION = f"""\
{PLACE}\
automation: !include automations.yaml
config:
frontend:
history:
input_boolean:
  fog_machine:
    name: Fog machine
    icon: mdi:weather-fog
input_button:
logbook:
logger:
  default: warning
  logs:
    custom_components.realtime_pumpkin: debug
    homeassistant.components.automation: info
    homeassistant.core: info
pumpkin_porch:
recorder:
  exclude:
    entities:
      - light.candle
      - number.jaw
script:
  fog_machine:
    alias: Fog machine
    description: Switches on the fog machine on the porch.
    sequence:
      - action: input_boolean.turn_on
        target:
          entity_id: input_boolean.fog_machine
system_health:
"""


async def start(supervisor: Supervisor, folder: Folder) -> tuple[Process, str]:
    """Start Home Assistant with an empty house; return it and its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    furnish(folder.home, port, _CONFIGURATION.format(url=url), (INTEGRATION, PORCH))
    (folder.home / "automations.yaml").write_text("[]\n")
    process = await launch(supervisor, folder.home)
    await process.ready(lambda: answers(port), _READY_S)
    return process, url


async def launch(
    supervisor: Supervisor, home: Path, through: Sequence[str] = ()
) -> Process:
    """Start Home Assistant on a folder that is furnished, through another command."""
    return await supervisor.start(
        "home-assistant",
        [*through, PYTHON, "-m", "homeassistant", "--skip-pip", "--log-no-color"],
        {"--config": home},
        cwd=home,
    )


def furnish(
    home: Path, port: int, configuration: str, integrations: Sequence[Path]
) -> None:
    """Write what a person would have before the first start: nothing of ours."""
    (home / "configuration.yaml").write_text(configuration)
    components = home / "custom_components"
    components.mkdir()
    for integration in integrations:
        (components / integration.name).symlink_to(integration)
    storage = home / ".storage"
    storage.mkdir()
    _store(storage, "http", 2, 2, _http(port))
    # Its other steps look for the house on the internet.
    done = {"done": ["core_config", "analytics", "integration"]}
    _store(storage, "onboarding", 4, 1, done)


def _store(
    storage: Path, key: str, version: int, minor: int, data: Mapping[str, object]
) -> None:
    """Write one of Home Assistant's stores."""
    content = {"version": version, "minor_version": minor, "key": key, "data": data}
    (storage / key).write_text(json.dumps(content), encoding="utf-8")


def _http(port: int) -> dict[str, object]:
    """Return the store that binds the web server to this machine only."""
    stable = {
        "server_port": port,
        "server_host": ["127.0.0.1"],
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }
    return {"stable": stable, "pending": None, "yaml_migration_done": True}
