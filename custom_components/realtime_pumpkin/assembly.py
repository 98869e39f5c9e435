"""Put the parts of a voice's conversations together."""

from collections.abc import Callable
from dataclasses import replace

from homeassistant.core import Context, HomeAssistant

from .call import Call, OnLinkLost
from .house.tools import HouseTools, async_house_tools
from .links.meter import Ear, LevelFeed, MeteredSink
from .links.nobody import Nobody
from .links.open import VoiceLinks
from .links.protocols import AudioSink, AudioSource
from .links.satellite_stream import SatelliteStream
from .links.wake import async_wake
from .options import MediaPlayerSpeaker, VoiceOptions
from .prompt import first_words
from .realtime.config import SessionConfig
from .realtime.connection import Connect
from .realtime.finish import finish_spec
from .realtime.preparation import Preparation
from .realtime.protocols import SessionObserver
from .realtime.runner import RealtimeSession
from .request import AS_USUAL, ConversationRequest
from .session_setup import can_be_interrupted, create_behaviour, create_config
from .theatre.act import Stage
from .theatre.ears import Ears
from .theatre.ensemble import Seat
from .theatre.performance import MAKERS, Performance, perform
from .tools import Toolbox
from .voice_state import VoiceState

PREPARED_FOR = 120.0
"""How long a session that was opened ahead is kept, in seconds."""


class Assembly:
    """Make calls whose parts are all still closed."""

    def __init__(
        self,
        hass: HomeAssistant,
        connect: Connect,
        links: VoiceLinks,
        seat: Seat,
        state: Callable[[], VoiceState],
    ) -> None:
        """Talk through sockets of `connect` and ends of `links`."""
        self._hass = hass
        self._links = links
        self._events = events = seat.events
        self._preparation = Preparation(connect)
        self.levels = LevelFeed()
        self._stage = Stage(hass, events, self.levels, seat, state)

    def call(
        self,
        options: VoiceOptions,
        request: ConversationRequest,
        heard: SatelliteStream | None,
        house: HouseTools,
        *,
        observer: SessionObserver,
        on_link_lost: OnLinkLost,
        is_muted: Callable[[], bool],
    ) -> Call:
        """Return a conversation as it was asked for, with a satellite that was heard.

        It may use of the house what `async_house` found. Raises `ServiceValidationError` where the persona cannot be rendered.
        """
        if request.in_browser:
            options = options.in_browser()
        source, sink = self.links(options, heard)
        if heard is not None:
            options = options.measured_at(heard.satellite)
        visitor = self._ear(options, source)
        performance = self._perform(options, request, house, visitor)
        toolbox = self._toolbox(request, performance, house)
        config = self._config(options, request, performance, house, toolbox)
        opening = first_words(self._hass, options.openings, request.opening)
        request = replace(request, opening=opening)
        if not request.listens:
            source = Nobody(source.capabilities)
        session = RealtimeSession(
            config,
            create_behaviour(options, source, request, performance.context),
            connect=self._preparation.take,
            speaker=sink,
            observer=observer,
        )
        return Call(
            source,
            sink,
            session,
            toolbox,
            on_link_lost,
            is_muted,
            performance,
            observer.conversation_updated,
            visitor if options.jaw_and_candle.hears_visitor else None,
        )

    async def async_house(self, options: VoiceOptions, cause: Context) -> HouseTools:
        """Return what a conversation whose events have a context may use of the house."""
        return await async_house_tools(self._hass, options, self._events, cause)

    def links(
        self, options: VoiceOptions, heard: SatelliteStream | None = None
    ) -> tuple[AudioSource, AudioSink]:
        """Return both audio ends; how loud the speaker is heard is told."""
        source, sink = self._links.create(options, heard=heard)
        return source, MeteredSink(sink, self.levels)

    def _ear(self, options: VoiceOptions, source: AudioSource) -> Ear:
        """Return what tells how loud visitors are at a microphone."""
        found = options.calibration
        return Ear(
            self.levels,
            hears_voice=not can_be_interrupted(options, source),
            noise_dbfs=None if found is None else found.noise_dbfs,
        )

    async def async_prepare(self, options: VoiceOptions) -> None:
        """Open a session ahead and wake the speaker.

        Raises `RealtimeError`, `LinkError` or `ServiceValidationError`.
        """
        house = await self.async_house(options, Context())
        performance = self._perform(options, AS_USUAL, house, Ear(self.levels))
        toolbox = self._toolbox(AS_USUAL, performance, house)
        config = self._config(options, AS_USUAL, performance, house, toolbox)
        await self._preparation.prepare(config, PREPARED_FOR)
        if isinstance(options.speaker, MediaPlayerSpeaker):
            _, sink = self.links(options)
            await async_wake(sink)

    async def async_close(self) -> None:
        """Close a session that was opened ahead."""
        await self._preparation.close()

    def _perform(
        self,
        options: VoiceOptions,
        request: ConversationRequest,
        house: HouseTools,
        visitor: Ear,
    ) -> Performance:
        """Return the acts; one of them hears what confirms something sensitive."""

        def ears(stage: Stage, *_: object) -> Ears:
            """Return what passes the visitor's words on."""
            return Ears(stage, house.consent.hear)

        stage = replace(self._stage, visitor=visitor)
        return perform(stage, options, request, (*MAKERS, ears))

    def _toolbox(
        self, request: ConversationRequest, performance: Performance, house: HouseTools
    ) -> Toolbox:
        """Return what the model may call in this conversation."""
        if not request.listens:
            return Toolbox(finish=None)
        return Toolbox(
            {**house.tools, **performance.tools},
            finish=finish_spec(performance.finish_arguments),
        )

    def _config(
        self,
        options: VoiceOptions,
        request: ConversationRequest,
        performance: Performance,
        house: HouseTools,
        toolbox: Toolbox,
    ) -> SessionConfig:
        """Return how the session is to be."""
        extra = [request.instructions or "", performance.instructions]
        if request.listens:
            extra.append(house.instructions)
        return create_config(
            self._hass, options, "\n\n".join(filter(None, extra)), toolbox.specs
        )
