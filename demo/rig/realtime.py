"""Start the local Realtime server, which needs no key and no cloud."""

from collections.abc import Sequence

from .places import PYTHON, ROOT
from .processes import Process, Supervisor, answers, free_port

KEY = "rehearsal"
_READY_S = 60.0


async def start(
    supervisor: Supervisor, arguments: Sequence[str] = ()
) -> tuple[Process, str]:
    """Start the server; return it and its base URL."""
    port = free_port()
    process = await supervisor.start(
        "realtime-server",
        [PYTHON, "-m", "demo.realtime_server", *arguments],
        {"--host": "127.0.0.1", "--port": port},
        cwd=ROOT,
    )
    await process.ready(lambda: answers(port), _READY_S)
    return process, f"http://127.0.0.1:{port}/v1"
