"""The voices of a house, and the stages that some of them share."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER, BusyPolicy
from ..options import VoiceOptions
from ..realtime.finish import EndReason
from ..request import ConversationRequest
from ..voice_events import VoiceEvents
from .places import stage_of
from .stage_lock import StageLock

PATIENCE_S: Final = 60.0
"""How long a voice waits for the stage where its busy policy is to wait."""

type Spawn = Callable[[Coroutine[Any, Any, None], str], object]


class Voice(Protocol):
    """What an ensemble knows of a voice: how it is called, what it can be asked."""

    name: str
    options: VoiceOptions
    events: VoiceEvents

    def admit(self) -> None:
        """Raise `ServiceValidationError` where no conversation may start now."""

    async def async_prepare(self) -> None:
        """Be ready to talk in a moment; raise `HomeAssistantError` where it cannot."""

    async def async_start_conversation(self, request: ConversationRequest) -> str:
        """Talk; raise `HomeAssistantError` where it cannot."""


class Ensemble:
    """All voices that are set up, by their ids, and the stages in use."""

    def __init__(self) -> None:
        """Be nobody."""
        self.seats: dict[str, Seat] = {}
        self._locks: dict[str, StageLock] = {}

    def lock(self, stage: str) -> StageLock:
        """Return the lock of a stage; those that nobody uses are forgotten."""
        self._locks = {
            name: lock for name, lock in self._locks.items() if not lock.is_unused
        }
        return self._locks.setdefault(stage, StageLock())

    def name_of(self, voice_id: str | None) -> str:
        """Return how a voice is called."""
        seat = self.seats.get(voice_id or "")
        return seat.name if seat else ""


@dataclass(frozen=True, slots=True)
class _Heir:
    """Who is to talk next, and about what."""

    seat: Seat
    request: ConversationRequest


class Seat:
    """One voice's place in the ensemble: on its stage, or beside it."""

    def __init__(
        self,
        hass: HomeAssistant,
        voice: Voice,
        voice_id: str,
        spawn: Spawn,
    ) -> None:
        """Take a place; `spawn` starts tasks that end with the voice."""
        self._hass = hass
        self._voice = voice
        self.voice_id = voice_id
        self._spawn = spawn
        self._ensemble = async_get_ensemble(hass)
        self._ensemble.seats[voice_id] = self
        self._held: StageLock | None = None
        self._awaited: StageLock | None = None
        self._heir: _Heir | None = None
        self._is_expected = False

    @property
    def name(self) -> str:
        """Return how the voice is called."""
        return self._voice.name

    @property
    def events(self) -> VoiceEvents:
        """Return what tells of the voice."""
        return self._voice.events

    @property
    def stage(self) -> str | None:
        """Return which stage the voice stands on; None: one of its own."""
        return stage_of(self._hass, self._voice.options, self._voice.events.device_id)

    @property
    def others(self) -> dict[str, Seat]:
        """Return who else stands on the stage, by name."""
        if (stage := self.stage) is None:
            return {}
        seats = self._ensemble.seats.values()
        return {
            seat.name: seat
            for seat in seats
            if seat is not self and seat.stage == stage and seat.name != self.name
        }

    @asynccontextmanager
    async def on_stage(
        self, request: ConversationRequest, *, was_heard: bool
    ) -> AsyncIterator[None]:
        """Enter the stage for a conversation, and leave it again where that fails.

        Raises `ServiceValidationError` where another voice talks there: at once,
        or after a while where the busy policy is to wait. A voice that `was_heard`
        a wake word never waits: most likely it heard the other voice.
        """
        policy = request.busy or self._voice.options.limits.busy
        waits = policy is BusyPolicy.QUEUE and not was_heard
        await self._async_enter(request, waits=waits)
        try:
            yield
        except BaseException:
            self.leave(EndReason.START_FAILED)
            raise

    async def async_stay(self, conversation: Coroutine[Any, Any, str]) -> None:
        """Be on stage for a conversation, which returns why it ended, however it does."""
        reason: str = EndReason.ERROR
        try:
            reason = await conversation
        finally:
            self.leave(reason)

    async def _async_enter(self, request: ConversationRequest, *, waits: bool) -> None:
        """Enter the stage; raise `ServiceValidationError` where it is taken."""
        if self._is_expected and request.hand_overs:
            self._is_expected = False
            return
        if (stage := self.stage) is None and self._held is None:
            return
        lock = self._held or self._ensemble.lock(stage or "")
        if lock.try_enter(self.voice_id):
            self._held = lock
            return
        holder = self._ensemble.name_of(lock.holder)
        if not (waits and await self._async_wait(lock)):
            raise _refused("stage_taken", voice=holder)
        self._held = lock
        self._check_again()

    def _check_again(self) -> None:
        """Leave again where the voice may not talk any more after its wait."""
        try:
            if not self.is_open:
                raise _refused("voice_unloaded")
            self._voice.admit()
        except ServiceValidationError:
            self.leave(EndReason.START_FAILED)
            raise

    async def _async_wait(self, lock: StageLock) -> bool:
        """Wait for a stage; tell whether it was entered."""
        if self._awaited is not None:
            return False
        self._awaited = lock
        try:
            return await lock.async_enter(self.voice_id, PATIENCE_S)
        finally:
            self._awaited = None

    async def async_prepare(self) -> None:
        """Let the voice be ready; raise `HomeAssistantError` where it cannot talk."""
        await self._voice.async_prepare()

    @callback
    def hand_over(self, to: Seat, request: ConversationRequest) -> None:
        """Let another voice talk once this one's conversation has ended for it."""
        self._heir = _Heir(to, request)

    @callback
    def leave(self, reason: str) -> None:
        """Leave the stage, to the heir where the conversation ended for its sake."""
        heir, self._heir = self._heir, None
        lock, self._held = self._held, None
        self._is_expected = False
        if lock is None:
            return
        if heir is None or reason != EndReason.HANDED_OVER or not heir.seat.is_open:
            lock.leave(self.voice_id)
            return
        lock.leave(self.voice_id, heir.seat.voice_id)
        heir.seat.follow(lock, heir.request)

    @property
    def is_open(self) -> bool:
        """Tell whether the voice is still set up."""
        return self._ensemble.seats.get(self.voice_id) is self

    def follow(self, lock: StageLock, request: ConversationRequest) -> None:
        """Hold the stage that was left to this voice, and begin to talk."""
        self._held, self._is_expected = lock, True
        self._spawn(self._async_follow(request), "takes over")

    async def _async_follow(self, request: ConversationRequest) -> None:
        """Talk; where that cannot be, the stage is free again."""
        try:
            await self._voice.async_start_conversation(request)
        except HomeAssistantError as err:
            LOGGER.warning("%s could not take over: %s", self.name, err)
        finally:
            if self._is_expected:
                self.leave(EndReason.START_FAILED)

    @callback
    def close(self) -> None:
        """Give the place up: the voice is no more."""
        if self.is_open:
            del self._ensemble.seats[self.voice_id]
        if self._awaited is not None:
            self._awaited.send_away(self.voice_id)


def _refused(key: str, **placeholders: str) -> ServiceValidationError:
    """Return why no conversation may start, translated."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


_ENSEMBLE: Final[HassKey[Ensemble]] = HassKey(f"{DOMAIN}_ensemble")


@callback
def async_get_ensemble(hass: HomeAssistant) -> Ensemble:
    """Return the voices of the house, whatever account they are of."""
    return hass.data.setdefault(_ENSEMBLE, Ensemble())
