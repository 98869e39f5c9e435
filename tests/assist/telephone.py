"""A telephone that calls Home Assistant's own `voip` integration.

It speaks SIP over UDP as RFC 3261 has it (INVITE, ACK, BYE) and offers Opus.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import socket
from typing import Any, override
from uuid import uuid4

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.assist.rtp import OPUS, RtpEnd
from tests.common import async_set_up
from tests.links.satellite import HOST

_LINE = "\r\n"


class Sip(asyncio.DatagramProtocol):
    """The socket of a telephone's signals."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self.answers: asyncio.Queue[str] = asyncio.Queue()
        self.transport: Any = None

    @override
    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Have a socket."""
        self.transport = transport

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep an answer."""
        self.answers.put_nowait(data.decode())


class Telephone:
    """A telephone on somebody's table; one call at a time."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, port: int) -> None:
        """Know where Home Assistant listens."""
        self._hass = hass
        self.entry = entry
        self._there = (HOST, port)
        self._sip = Sip()
        self._call_id = ""
        self._number = 0
        self._to = ""
        self.sound = RtpEnd()

    @property
    def address(self) -> str:
        """Return its SIP address, by which Home Assistant knows it."""
        port = self._sip.transport.get_extra_info("sockname")[1]
        return f"sip:grandma@{HOST}:{port}"

    async def plug_in(self) -> None:
        """Open the socket that it keeps."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self._sip, (HOST, 0))

    async def call(self) -> None:
        """Call Home Assistant, which must answer with Opus."""
        loop = asyncio.get_running_loop()
        self.sound = RtpEnd()
        await loop.create_datagram_endpoint(lambda: self.sound, (HOST, 0))
        self._call_id, self._number = uuid4().hex, 0
        self._to = f"<sip:assist@{HOST}:{self._there[1]}>"
        self._send("INVITE", self._offer())
        head, body = await self._answer("INVITE")
        assert ";tag=" in head["to"]
        self._to = head["to"]
        assert f"a=rtpmap:{OPUS} opus/48000/2" in body
        [media] = [line for line in body.splitlines() if line.startswith("m=audio ")]
        self._send("ACK")
        self.sound.speak_to((HOST, int(media.split()[1])))

    async def hang_up(self) -> None:
        """End the call; Home Assistant must say that it knows."""
        self._send("BYE")
        await self._answer("BYE")
        await self.sound.close()
        assert self.sound.faults == []

    async def unplug(self) -> None:
        """Close everything."""
        await self.sound.close()
        self._sip.transport.close()

    def entity_id(self, domain: str, key: str) -> str:
        """Return an entity that Home Assistant has made for this telephone."""
        unique_id = f"{self.address}-{key}"
        found = er.async_get(self._hass).async_get_entity_id(domain, "voip", unique_id)
        assert found is not None, unique_id
        return found

    async def is_known(self) -> None:
        """Let Home Assistant know this telephone, allow its calls, give it the voice.

        A first call makes the device; whoever owns the house does the rest.
        """
        await self.call()
        await self.sound.until(lambda: bool(self.sound.pitches))
        await self.hang_up()
        await self._hass.async_block_till_done()
        for domain, action, key, data in (
            ("switch", "turn_on", "allow_call", {}),
            ("select", "select_option", "pipeline", {"option": "Pumpkin"}),
        ):
            target = {"entity_id": self.entity_id(domain, key), **data}
            await self._hass.services.async_call(domain, action, target, blocking=True)

    def _offer(self) -> str:
        """Return what the telephone can hear, as SDP."""
        lines = (
            *("v=0", f"o=grandma 1 1 IN IP4 {HOST}", "s=Call", f"c=IN IP4 {HOST}"),
            *("t=0 0", f"m=audio {self.sound.port} RTP/AVP {OPUS}"),
            *(f"a=rtpmap:{OPUS} opus/48000/2", "a=ptime:20", "a=sendrecv", ""),
        )
        return _LINE.join(lines)

    def _send(self, method: str, body: str = "") -> None:
        """Send a request."""
        self._number += method != "ACK"
        here = self.address.split("@")[1]
        lines = [
            f"{method} sip:assist@{HOST}:{self._there[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{uuid4().hex}",
            "Max-Forwards: 70",
            f"From: <{self.address}>;tag=grandma",
            f"To: {self._to}",
            f"Contact: <{self.address}>",
            f"Call-ID: {self._call_id}",
            f"CSeq: {self._number} {method}",
            f"Content-Length: {len(body)}",
        ]
        if body:
            lines.append("Content-Type: application/sdp")
        message = _LINE.join([*lines, "", body])
        self._sip.transport.sendto(message.encode(), self._there)

    async def _answer(self, method: str) -> tuple[dict[str, str], str]:
        """Return the headers and the body of what must be an OK for this call."""
        async with asyncio.timeout(5):
            text = await self._sip.answers.get()
        # Its OK to a BYE lacks the empty line that ends the headers: phones forgive it.
        top, _, body = text.partition(_LINE * 2)
        status, *lines = top.strip().split(_LINE)
        head = {
            name.lower(): value.strip()
            for name, value in (line.split(":", 1) for line in lines)
        }
        assert status == "SIP/2.0 200 OK", status
        assert head["call-id"] == self._call_id
        assert head["cseq"] == f"{self._number} {method}"
        assert head["from"] == f"<{self.address}>;tag=grandma"
        return head, body


@asynccontextmanager
async def telephone(hass: HomeAssistant) -> AsyncIterator[Telephone]:
    """Have Home Assistant's `voip` integration, and a telephone it does not know."""
    assert await async_setup_component(hass, "assist_pipeline", {})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    entry = MockConfigEntry(domain="voip", data={}, options={"sip_port": port})
    await async_set_up(hass, entry)
    phone = Telephone(hass, entry, port)
    await phone.plug_in()
    try:
        yield phone
    finally:
        await phone.unplug()
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()
