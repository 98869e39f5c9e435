"""Debian's chromium without a window, driven over its debugging protocol."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
import itertools
import json
from pathlib import Path
import shutil
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from demo.rig.processes import RigError, Supervisor

_READY_S = 40.0
_ANSWER_S = 60.0
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--mute-audio",
    "--remote-debugging-port=0",
)


class PageError(Exception):
    """A script of the page threw."""


class Page:
    """One tab of the browser."""

    def __init__(self, socket: ClientConnection, target: str, session: str) -> None:
        """Talk to a tab over the browser's socket."""
        self.target = target
        self.printed: list[str] = []
        self._socket = socket
        self._session = session
        self._ids = itertools.count(1000)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listeners: dict[str, Callable[[dict[str, Any]], None]] = {}

    def on(self, event: str, listener: Callable[[dict[str, Any]], None]) -> None:
        """Hear of an event of the protocol."""
        self._listeners[event] = listener

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the protocol."""
        number = next(self._ids)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message = {
            "id": number,
            "method": method,
            "params": params,
            "sessionId": self._session,
        }
        await self._socket.send(json.dumps(message))
        async with asyncio.timeout(_ANSWER_S):
            return await self._answers[number]

    async def run(self, script: str) -> Any:
        """Return what an expression of JavaScript comes to; raise what it throws."""
        answer = await self.ask(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if thrown := answer.get("exceptionDetails"):
            words = thrown.get("exception", {}).get("description", thrown["text"])
            raise PageError(f"{words} in {script[:200]}")
        return answer["result"].get("value")

    async def open(self, url: str) -> None:
        """Load a page."""
        await self.ask("Page.navigate", url=url)

    async def until(self, script: str, seconds: float = 30.0) -> Any:
        """Wait until an expression is true and return it."""
        async with asyncio.timeout(seconds):
            while not (value := await self._peek(script)):  # noqa: ASYNC110 - a page
                await asyncio.sleep(0.1)
            return value

    async def resize(self, width: int, height: int, *, dark: bool = False) -> None:
        """Give the page the size of another device and a colour scheme."""
        await self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.ask("Emulation.setEmulatedMedia", features=[scheme])

    async def screenshot(
        self, path: Path, clip: dict[str, float] | None = None
    ) -> None:
        """Write what the page, or a part of it, looks like; the name says in what."""
        kind = path.suffix.removeprefix(".")
        more: dict[str, Any] = {} if clip is None else {"clip": {**clip, "scale": 1}}
        if kind == "webp":
            more["quality"] = 82
        answer = await self.ask("Page.captureScreenshot", format=kind, **more)
        await asyncio.to_thread(path.write_bytes, b64decode(answer["data"]))

    def take(self, message: dict[str, Any]) -> None:
        """Take what the browser sent for this tab."""
        if (number := message.get("id")) is not None:
            answer = self._answers.pop(number, None)
            if answer is not None and not answer.done():
                if "error" in message:
                    answer.set_exception(PageError(str(message["error"])))
                else:
                    answer.set_result(message["result"])
            return
        if message["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.printed.append(json.dumps(message["params"])[:800])
        if (listener := self._listeners.get(message["method"])) is not None:
            listener(message["params"])

    async def _peek(self, script: str) -> Any:
        """Return what an expression comes to, None while the page changes."""
        try:
            return await self.run(script)
        except PageError:
            return None


class Chromium:
    """A running browser."""

    def __init__(self, socket: ClientConnection) -> None:
        """Talk over the browser's socket."""
        self._socket = socket
        self._pages: dict[str, Page] = {}
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def page(self) -> Page:
        """Open a tab."""
        target = (await self._ask("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self._ask(
            "Target.attachToTarget", targetId=target, flatten=True
        )
        page = Page(self._socket, target, attached["sessionId"])
        self._pages[attached["sessionId"]] = page
        for domain in ("Page", "Runtime"):
            await page.ask(f"{domain}.enable")
        return page

    async def close(self, page: Page) -> None:
        """Close a tab as a person does."""
        await self._ask("Target.closeTarget", targetId=page.target)

    async def listen(self) -> None:
        """Pass on what the browser sends."""
        async for text in self._socket:
            message = json.loads(text)
            if (page := self._pages.get(message.get("sessionId", ""))) is not None:
                page.take(message)
            elif (answer := self._answers.pop(message.get("id"), None)) is not None:
                answer.set_result(message.get("result", {}))

    async def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the browser itself."""
        number = next(self._ids)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        await self._socket.send(json.dumps(message))
        async with asyncio.timeout(_ANSWER_S):
            return await self._answers[number]


@asynccontextmanager
async def chromium(
    supervisor: Supervisor, profile: Path, flags: Sequence[str] = ()
) -> AsyncIterator[Chromium]:
    """Start the browser with a profile of its own; end it afterwards."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise RigError("chromium is not installed; run script/setup, it says how")
    await asyncio.to_thread(profile.mkdir, parents=True)
    process = await supervisor.start(
        "chromium",
        [program, *_FLAGS, f"--user-data-dir={profile}", *flags, "about:blank"],
    )
    port_file = profile / "DevToolsActivePort"

    async def answers() -> bool:
        return port_file.exists() and len(port_file.read_text().split()) == 2

    await process.ready(answers, _READY_S)
    port, path = port_file.read_text().split()
    address = f"ws://127.0.0.1:{port}{path}"
    async with connect(address, max_size=None, ping_interval=None) as socket:
        browser = Chromium(socket)
        listening = asyncio.create_task(browser.listen())
        try:
            yield browser
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await supervisor.stop(process)
