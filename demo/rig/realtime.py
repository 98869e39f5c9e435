"""Start the local Realtime server, which needs no key and no cloud."""

from collections.abc import Sequence

from aiohttp import ClientError, ClientSession

from .places import PYTHON, ROOT
from .processes import Process, Supervisor, free_port

KEY = "rehearsal"
_READY_S = 60.0


async def start(
    supervisor: Supervisor, arguments: Sequence[str] = (), port: int | None = None
) -> tuple[Process, str]:
    """Start the server; return it and its base URL."""
    port = port or free_port()
    process = await supervisor.start(
        "realtime-server",
        [PYTHON, "-m", "demo.realtime_server", *arguments],
        {"--host": "127.0.0.1", "--port": port},
        cwd=ROOT,
    )
    url = f"http://127.0.0.1:{port}/v1"

    async def serves() -> bool:
        try:
            async with (
                ClientSession() as session,
                session.get(f"{url}/models") as answer,
            ):
                return answer.ok
        except ClientError:
            return False

    await process.ready(serves, _READY_S)
    return process, url
