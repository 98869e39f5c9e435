"""Media players as processes of their own: MPD, whose sound goes nowhere at real pace."""

from pathlib import Path

from demo.rig.places import Folder, program
from demo.rig.processes import Supervisor, answers, free_port

_READY_S = 20.0
_CONFIG = """\
# Written by the soak: a player without a sound card and without files.
bind_to_address "127.0.0.1"
port "{port}"
state_file "{folder}/state"
playlist_directory "{folder}"
log_level "default"
zeroconf_enabled "no"
audio_output {{
    type "null"
    name "Nothing"
    sync "yes"
    mixer_type "software"
}}
"""


async def start_player(supervisor: Supervisor, folder: Folder, number: int) -> int:
    """Start a player; return its port."""
    port, own = free_port(), folder.player / str(number)
    _write(own, port)
    process = await supervisor.start(
        f"mpd-{number}", [program("mpd"), "--no-daemon", "--stderr", own / "mpd.conf"]
    )
    await process.ready(lambda: answers(port), _READY_S)
    return port


def _write(own: Path, port: int) -> None:
    """Write a player's configuration."""
    own.mkdir()
    config = _CONFIG.format(port=port, folder=own)
    (own / "mpd.conf").write_text(config, encoding="utf-8")
