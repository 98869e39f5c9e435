"""The HTTP endpoints beside the websocket."""

from http import HTTPStatus

import aiohttp
import orjson
import pytest
from websockets.asyncio.client import connect

from custom_components.realtime_pumpkin.rehearsal import ServerOptions

from .conftest import Serve


async def test_a_client_secret_opens_the_session_it_was_made_for(serve: Serve) -> None:
    """Minted over HTTP with the key, used once in place of it."""
    async with (
        serve(None, ServerOptions(key="right")) as port,
        aiohttp.ClientSession() as http,
    ):
        url = f"http://127.0.0.1:{port}/v1/realtime/client_secrets"
        wanted = {"session": {"type": "realtime", "model": "m", "instructions": "Boo."}}
        headers = {"Authorization": "Bearer right"}
        async with http.post(url, json=wanted, headers=headers) as answer:
            secret = await answer.json()
        assert secret["value"].startswith("ek_")
        assert secret["session"]["instructions"] == "Boo."
        async with http.post(url, json=wanted) as answer:
            assert answer.status == HTTPStatus.UNAUTHORIZED
        wrong = {"session": {"type": "realtime", "voice": "echo"}}
        async with http.post(url, json=wrong, headers=headers) as answer:
            assert answer.status == HTTPStatus.BAD_REQUEST
            assert (await answer.json())["error"]["param"] == "session.voice"
        bearer = {"Authorization": f"Bearer {secret['value']}"}
        url = f"ws://127.0.0.1:{port}/v1/realtime"
        async with connect(url, additional_headers=bearer) as socket:
            session = orjson.loads(await socket.recv())["session"]
    assert (session["model"], session["instructions"]) == ("m", "Boo.")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/realtime/client_secrets", b"{", HTTPStatus.BAD_REQUEST),
        ("/v1/realtime/client_secrets", b"[]", HTTPStatus.BAD_REQUEST),
        (
            "/v1/realtime/client_secrets",
            b'{"expires_after":{"seconds":"x"}}',
            HTTPStatus.BAD_REQUEST,
        ),
        ("/v1/elsewhere", b"{}", HTTPStatus.NOT_FOUND),
    ],
)
async def test_a_wrong_post_is_answered(
    serve: Serve, path: str, body: bytes, status: HTTPStatus
) -> None:
    """With the status and JSON."""
    async with (
        serve() as port,
        aiohttp.ClientSession() as http,
        http.post(f"http://127.0.0.1:{port}{path}", data=body) as answer,
    ):
        assert answer.status == status
        assert "error" in await answer.json()


async def test_the_models_are_listed(serve: Serve) -> None:
    """As clients ask to check a key."""
    async with (
        serve() as port,
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{port}/v1/models") as answer,
    ):
        models = (await answer.json())["data"]
    assert "gpt-realtime-2.1-mini" in {model["id"] for model in models}


async def test_the_models_are_listed_for_those_with_a_key(serve: Serve) -> None:
    """HTTP 401 for the others."""
    async with (
        serve(None, ServerOptions(key="right")) as port,
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{port}/v1/models") as answer,
    ):
        assert answer.status == HTTPStatus.UNAUTHORIZED
