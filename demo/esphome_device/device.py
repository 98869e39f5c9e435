"""The device: its clients, its assistant, its player and its person."""

import asyncio
from dataclasses import asdict, fields
from typing import Any

from .assistant import Assistant, Phase
from .connection import Connection
from .description import MEDIA_PLAYER_KEY, Description
from .frames import Message, pb
from .mischief import Mischief
from .player import Player
from .record import Record
from .sound import Card, OwnCard

HOST = "127.0.0.1"


class Device:
    """A satellite at a port of 127.0.0.1, and everything a person can do to it."""

    def __init__(
        self,
        description: Description | None = None,
        card: Card | None = None,
        *,
        pace: float = 1.0,
    ) -> None:
        """Be switched off. `pace` is how much faster than ours its own card's time is."""
        self.description = description or Description()
        self.record = Record()
        self.mischief = Mischief()
        self.card: Card = card or OwnCard(pace=pace)
        self.player = Player(
            self.card, self.record, self.mischief, self._announcing, self._publish
        )
        self.assistant = Assistant(
            self._send,
            self.player.announce,
            self.player.silence,
            self.record,
            self.mischief,
            pace,
        )
        self.port = 0
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()
        self._subscriber: Connection | None = None

    async def start(self, port: int = 0) -> int:
        """Switch on; return the port. Raises `OSError` where it is taken."""
        await self.card.start(self.assistant.hear)
        await self.revive(port)
        return self.port

    async def close(self) -> None:
        """Switch off."""
        await self.player.close()
        await self.card.close()
        self.die()
        if self._server:
            await self._server.wait_closed()

    async def revive(self, port: int = 0) -> None:
        """Be on the network again after `die`, at the same port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._take, self._connections.add, self._leave),
            HOST,
            port or self.port,
            reuse_address=True,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    # What a person does, or what goes wrong.

    def press(self) -> None:
        """Press the button: start while idle, stop while anything goes on."""
        self.record.note("press")
        if self.assistant.phase is Phase.IDLE:
            self.assistant.start()
        else:
            self.assistant.stop()

    def wake(self) -> None:
        """Say the wake word; while a run goes on it ends it."""
        self.record.note("wake")
        if self.assistant.phase is Phase.IDLE:
            self.assistant.start(self._wake_words[0].wake_word)
        else:
            self.assistant.stop()

    def mute(self, on: bool = True) -> None:
        """Move the switch of the microphone; an open run never hears again."""
        self.mischief.muted = on
        if on and self.assistant.phase is not Phase.IDLE:
            self.mischief.stalled = True

    def misbehave(self, **how: Any) -> None:
        """Set what is wrong with the device, by the names in `Mischief`."""
        known = {field.name for field in fields(Mischief)}
        if unknown := how.keys() - known:
            raise ValueError(f"The device does not know how to {', '.join(unknown)}")
        for name, value in how.items():
            setattr(self.mischief, name, value)

    def say_finished(self) -> None:
        """Say that an announcement is over though none is."""
        self.assistant.say_finished()

    def end_audio(self) -> None:
        """End the microphone's stream with a flag."""
        self.assistant.end_audio()

    def die(self) -> None:
        """Lose power: every connection is gone, nobody listens."""
        self.player.lose_power()
        for connection in list(self._connections):
            connection.abort()
        if self._server:
            self._server.close()

    def status(self) -> dict[str, Any]:
        """Return what the device is doing, and all that it remembers."""
        return {
            "phase": self.assistant.phase.value,
            "connected": self._subscriber is not None,
            "volume": self.player.volume,
            "mischief": asdict(self.mischief),
            **self.record.facts,
        }

    # What comes in and goes out.

    def _take(self, connection: Connection, message: Message) -> None:
        """Take a client's message."""
        self.record.message("<", message)
        if not self._greet(connection, message) and not self._converse(
            connection, message
        ):
            self.record.complain(f"{type(message).__name__}, which it does not know")

    def _greet(self, connection: Connection, message: Message) -> bool:
        """Answer what every client asks; False where it is something else."""
        match message:
            case pb.HelloRequest():
                self._answer(connection, self.description.hello)
            case pb.AuthenticationRequest():
                self._answer(connection, pb.AuthenticationResponse())
            case pb.DeviceInfoRequest():
                self._answer(connection, self.description.device_info)
            case pb.ListEntitiesRequest():
                for entity in self.description.entities:
                    self._answer(connection, entity)
            case pb.PingRequest():
                self._answer(connection, pb.PingResponse())
            case pb.DisconnectRequest():
                self._answer(connection, pb.DisconnectResponse())
                connection.close()
            case pb.SubscribeStatesRequest():
                connection.wants_states = True
                self._answer(connection, self.player.state)
            case _:
                return isinstance(
                    message,
                    (
                        pb.SubscribeHomeassistantServicesRequest,
                        pb.SubscribeHomeAssistantStatesRequest,
                        pb.GetTimeResponse,
                        pb.PingResponse,
                        pb.DisconnectResponse,
                    ),
                )
        return True

    def _converse(self, connection: Connection, message: Message) -> bool:
        """Do what a voice assistant is told; False where it is something else."""
        match message:
            case pb.SubscribeVoiceAssistantRequest():
                self._subscribe(connection, message.subscribe)
            case pb.VoiceAssistantConfigurationRequest():
                self._answer(connection, self.description.configuration)
            case pb.VoiceAssistantResponse():
                self.assistant.answered(message.error)
            case pb.VoiceAssistantEventResponse():
                data = {item.name: item.value for item in message.data}
                self.assistant.told(message.event_type, data)
            case pb.VoiceAssistantAnnounceRequest():
                self.assistant.asked_to_announce(message)
            case pb.MediaPlayerCommandRequest() if message.key == MEDIA_PLAYER_KEY:
                self.player.command(message)
            case pb.VoiceAssistantSetConfiguration():
                pass
            case _:
                return False
        return True

    def _subscribe(self, connection: Connection, wanted: bool) -> None:
        """Let one client have the voice assistant; the firmware refuses a second."""
        if not wanted:
            if self._subscriber is connection:
                self._subscriber = None
                self.assistant.lose_client()
            else:
                self.record.complain("an unsubscription by somebody else")
        elif self._subscriber is None:
            self._subscriber = connection
        else:
            self.record.complain("a second subscription to the voice assistant")

    def _leave(self, connection: Connection) -> None:
        """Notice that a client has gone."""
        self._connections.discard(connection)
        if self._subscriber is connection:
            self._subscriber = None
            self.assistant.lose_client()

    def _answer(self, connection: Connection, message: Message) -> None:
        """Send a message to one client."""
        self.record.message(">", message)
        connection.send(message)

    def _send(self, message: Message) -> None:
        """Send a message to who has the voice assistant."""
        if self._subscriber:
            self._answer(self._subscriber, message)

    def _publish(self, message: Message) -> None:
        """Send a state to everybody who wants to know."""
        for connection in self._connections:
            if connection.wants_states:
                self._answer(connection, message)

    def _announcing(self, playing: bool) -> None:
        """Let the assistant know of an announcement."""
        self.assistant.announcing(playing)

    @property
    def _wake_words(self) -> Any:
        """Return the wake words."""
        return self.description.configuration.available_wake_words
