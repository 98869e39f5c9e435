"""Talk to Home Assistant as its user interface does, over REST and websocket."""

import asyncio
from collections.abc import Callable
import contextlib
from itertools import count
from typing import Any, Self

from aiohttp import ClientSession, ClientTimeout, ClientWebSocketResponse, WSMsgType

USER = "porch"
PASSWORD = "trick-or-treat"
_TIMEOUT_S = 60.0

type Json = dict[str, Any]
type Listener = Callable[[Json], None]


class HouseError(Exception):
    """Home Assistant refused something; says what and why."""


class House:
    """A person who is logged in."""

    def __init__(self, url: str, session: ClientSession) -> None:
        """Know the address; nobody is logged in yet."""
        self.url = url
        self._session = session
        self._token = ""
        self._socket: ClientWebSocketResponse | None = None
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._listeners: dict[int, Listener] = {}
        self._ids = count(1)
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    def at(cls, url: str) -> Self:
        """Return a house at an address."""
        return cls(url, ClientSession(timeout=ClientTimeout(total=_TIMEOUT_S)))

    async def __aenter__(self) -> Self:
        """Come in."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave, closing every connection."""
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        if self._socket:
            await self._socket.close()
        await self._session.close()

    async def onboard(self) -> None:
        """Make the first user and log in as them."""
        user = {"name": "Porch", "username": USER, "password": PASSWORD}
        answer = await self.post(
            "/api/onboarding/users",
            {**user, "client_id": self._client_id, "language": "en"},
        )
        await self.log_in(answer["auth_code"])

    @property
    def login(self) -> Json:
        """Return what a browser keeps of who is logged in."""
        return {
            "access_token": self._token,
            "token_type": "Bearer",
            "expires_in": 1800,
            "expires": 4_000_000_000_000,
            "hassUrl": self.url,
            "clientId": self._client_id,
            "refresh_token": "none",
        }

    async def log_in(self, code: str) -> None:
        """Trade an authorization code for a token."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self._client_id,
        }
        async with self._session.post(f"{self.url}/auth/token", data=form) as response:
            if response.status != 200:
                raise HouseError(f"Login was refused: {await response.text()}")
            self._token = (await response.json())["access_token"]

    @property
    def _client_id(self) -> str:
        """Return who asks: the user interface."""
        return f"{self.url}/"

    async def get(self, path: str) -> Any:
        """Return what is at a path."""
        return await self._rest("GET", path)

    async def post(self, path: str, body: Json) -> Any:
        """Send something to a path and return the answer."""
        return await self._rest("POST", path, body)

    async def delete(self, path: str) -> Any:
        """Delete what is at a path."""
        return await self._rest("DELETE", path)

    async def act(self, action: str, **data: Any) -> Any:
        """Perform an action, such as `input_button.press`."""
        domain, _, name = action.partition(".")
        return await self.post(f"/api/services/{domain}/{name}", data)

    async def state(self, entity_id: str) -> Json:
        """Return an entity's state and attributes."""
        answer: Json = await self.get(f"/api/states/{entity_id}")
        return answer

    async def _rest(self, method: str, path: str, body: Json | None = None) -> Any:
        """Ask over REST; raise `HouseError` where the answer is no."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with self._session.request(
            method, self.url + path, json=body, headers=headers
        ) as response:
            if response.status >= 400:
                text = await response.text()
                raise HouseError(f"{method} {path}: {response.status} {text}")
            return await response.json()

    async def connect(self) -> None:
        """Open the websocket."""
        self._socket = await self._session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0, heartbeat=30
        )
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": self._token})
        answer = await self._socket.receive_json()
        if answer["type"] != "auth_ok":
            raise HouseError(f"The websocket refused the token: {answer}")
        self._reader = asyncio.create_task(self._read(self._socket), name="house")

    async def ask(self, command: str, **data: Any) -> Any:
        """Send a websocket command and return its result."""
        return await self._command(next(self._ids), command, data)

    async def subscribe(self, listener: Listener, command: str, **data: Any) -> None:
        """Send a subscribing command; the listener gets every event from now on."""
        number = next(self._ids)
        self._listeners[number] = listener
        await self._command(number, command, data)

    async def _command(self, number: int, command: str, data: Json) -> Any:
        """Send a numbered command and wait for its result."""
        if self._socket is None:
            raise HouseError("The websocket is not open")
        answer = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        await self._socket.send_json({"id": number, "type": command, **data})
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                return await answer
        except TimeoutError as err:
            raise HouseError(f"Home Assistant did not answer {command}") from err

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        """Give every message to whoever waits for it."""
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._take(message.json())
        for answer in self._answers.values():
            answer.set_exception(HouseError("Home Assistant closed the websocket"))

    def _take(self, message: Json) -> None:
        """Take one message."""
        match message["type"]:
            case "event":
                self._listeners[message["id"]](message["event"])
            case "result":
                answer = self._answers.pop(message["id"])
                if message["success"]:
                    answer.set_result(message["result"])
                else:
                    answer.set_exception(HouseError(str(message["error"])))
