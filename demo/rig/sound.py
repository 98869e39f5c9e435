"""Start what makes sound: the sound card, the satellite and the media player."""

from dataclasses import dataclass
import os
from pathlib import Path
import secrets
import shlex

from .places import PYTHON, ROOT, SATELLITE_PYTHON, Folder, program
from .processes import Process, Supervisor, answers, free_port

_DEVICE = ROOT / "demo/porch/device.py"
_READY_S = 20.0

_MPD_CONFIG = """\
# Written by the demo: a player of its own, no sound card, no files.
bind_to_address "127.0.0.1"
port "{port}"
state_file "{folder}/state"
playlist_directory "{folder}"
log_level "default"
zeroconf_enabled "no"
audio_output {{
    type "pipe"
    name "The porch"
    command {command}
    format "{rate}:16:1"
    mixer_type "software"
}}
"""


@dataclass(frozen=True, slots=True)
class Card:
    """The porch's sound card, running."""

    address: str
    speaker_rate: int

    def command(self, role: str) -> str:
        """Return the shell command that joins a standard stream to the card."""
        return shlex.join([str(PYTHON), "-I", "-S", str(_DEVICE), role, self.address])


async def start_card(
    supervisor: Supervisor, folder: Folder, rate: int, echo_db: float | None = None
) -> Card:
    """Start the sound card; it records from its first sample on.

    `echo_db` is how loud the speaker is in the microphone; None: not at all.
    """
    echo = {} if echo_db is None else {"--echo-db": echo_db}
    address = f"realtime-pumpkin-porch-{os.getpid()}-{secrets.token_hex(4)}"
    process = await supervisor.start(
        "porch",
        [PYTHON, "-m", "demo.porch.room"],
        {
            "--address": address,
            "--directory": folder.sound,
            "--speaker-rate": rate,
            **echo,
        },
        cwd=ROOT,
    )
    facts = folder.sound / "room.json"

    async def recording() -> bool:
        return facts.exists()

    await process.ready(recording, _READY_S)
    return Card(address, rate)


async def start_satellite(
    supervisor: Supervisor, card: Card, port: int | None = None
) -> tuple[Process, int]:
    """Start a Wyoming satellite that always streams; return it and its port."""
    port = port or free_port()
    process = await supervisor.start(
        "satellite",
        [SATELLITE_PYTHON, "-m", "wyoming_satellite", "--no-zeroconf", "--debug"],
        {
            "--name": "Porch",
            "--uri": f"tcp://127.0.0.1:{port}",
            "--mic-command": card.command("microphone"),
            "--snd-command": card.command("speaker"),
            "--snd-command-rate": card.speaker_rate,
        },
    )
    await process.ready(lambda: answers(port), _READY_S)
    return process, port


async def start_esphome(
    supervisor: Supervisor, card: Card, *options: str
) -> tuple[Process, int, int]:
    """Start a device with ESPHome's firmware; return it, its port and its control's.

    `options` are those of `demo.esphome_device`.
    """
    port, control_port = free_port(), free_port()
    process = await supervisor.start(
        "satellite",
        [PYTHON, "-m", "demo.esphome_device", *options],
        {
            "--port": port,
            "--control-port": control_port,
            "--card": card.address,
            "--card-rate": card.speaker_rate,
        },
        cwd=ROOT,
    )
    await process.ready(lambda: answers(control_port), _READY_S)
    return process, port, control_port


async def start_player(
    supervisor: Supervisor, card: Card, folder: Folder
) -> tuple[Process, int]:
    """Start MPD with the sound card as its only output; return it and its port."""
    port = free_port()
    config = folder.player / "mpd.conf"
    config.write_text(_player_config(card, folder.player, port), encoding="utf-8")
    process = await supervisor.start(
        "mpd", [program("mpd"), "--no-daemon", "--stderr", config]
    )
    await process.ready(lambda: answers(port), _READY_S)
    return process, port


def _player_config(card: Card, folder: Path, port: int) -> str:
    """Return MPD's configuration."""
    return _MPD_CONFIG.format(
        port=port,
        folder=_escaped(str(folder)),
        command=f'"{_escaped(card.command("speaker"))}"',
        rate=card.speaker_rate,
    )


def _escaped(text: str) -> str:
    """Return text as it stands between quotes in MPD's configuration."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
