"""Touch a device that is another process: one JSON object per line, over loopback."""

import asyncio
from collections.abc import Callable
import json
from typing import Any, Self

from .device import HOST, Device

_LIMIT = 64 * 1024 * 1024
_WITHIN_S = 10.0


class ControlError(Exception):
    """The device did not understand what it was asked to do; says why."""


async def serve(device: Device, port: int) -> asyncio.Server:
    """Do what is asked for at a port: `{"do": "press"}` is answered `{"ok": …}`."""
    commands = _commands(device)

    async def attend(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(_obey(commands, line)).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    return await asyncio.start_server(attend, HOST, port)


def _commands(device: Device) -> dict[str, Callable[..., Any]]:
    """Return what can be asked of a device."""
    methods = (
        device.press,
        device.wake,
        device.mute,
        device.misbehave,
        device.say_finished,
        device.end_audio,
        device.die,
        device.status,
    )
    return {method.__name__: method for method in methods}


def _obey(commands: dict[str, Callable[..., Any]], line: bytes) -> dict[str, Any]:
    """Do one thing and return the answer."""
    try:
        asked = json.loads(line)
        return {"ok": commands[asked.pop("do")](**asked)}
    except (ValueError, KeyError, TypeError) as err:
        return {"error": f"{type(err).__name__}: {err}"}


class Remote:
    """A device in another process, as its control knows it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Use a connection to the control."""
        self._reader = reader
        self._writer = writer
        self._turn = asyncio.Lock()

    @classmethod
    async def at(cls, port: int) -> Self:
        """Connect; raises `OSError` where there is no device."""
        return cls(*await asyncio.open_connection(HOST, port, limit=_LIMIT))

    async def __aenter__(self) -> Self:
        """Use it for a while."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection."""
        self._writer.close()

    async def ask(self, what: str, **how: Any) -> Any:
        """Do something by the name of the device's method and return its result.

        Raises `ControlError` where the device does not know it.
        """
        async with self._turn, asyncio.timeout(_WITHIN_S):
            self._writer.write(json.dumps({"do": what, **how}).encode() + b"\n")
            answer = json.loads(await self._reader.readline())
        if "error" in answer:
            raise ControlError(answer["error"])
        return answer["ok"]

    async def status(self) -> dict[str, Any]:
        """Return what the device is doing, and all that it remembers."""
        facts: dict[str, Any] = await self.ask("status")
        return facts
