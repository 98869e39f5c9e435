"""The only owner of a voice's conversation and the only source of its state."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
import functools
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util.ulid import ulid_now

from .admission import Admission
from .announcer import Announcer
from .answering import answering
from .assembly import Assembly
from .bus import EventListener, event_of
from .calibration import Calibration
from .call import Call, Carrier
from .checkup import Checkup
from .client import Account
from .const import DOMAIN, LOGGER, Connection, EventName
from .heard import async_answer
from .issues import (
    Failure,
    as_home_assistant_error,
    as_validation_error,
    async_clear_issues,
)
from .ledger import Ledger, Totals
from .limits import SwitchedOff
from .links.announcements import Announcements
from .links.assist_run import AssistAccess
from .links.browser import BrowserPort
from .links.errors import LinkError
from .links.open import VoiceLinks
from .links.satellite_stream import SatelliteStream
from .links.tap import Tap
from .loans import async_get_loans
from .options import VoiceOptions
from .pipelines import Pipelines
from .realtime.errors import ErrorKind, RealtimeError
from .realtime.events import (
    AssistantTranscriptDelta,
    ConversationUpdate,
    Failed,
    Phase,
    SessionLost,
    SessionStarted,
    ToolCalled,
)
from .realtime.finish import EndReason
from .request import AS_USUAL, ConversationRequest
from .running import Running
from .tally import RunningTally
from .theatre.ensemble import Seat
from .turns.parts import Parts
from .turns.reader import Reader
from .turns.turns import Turns
from .voice_events import VoiceEvents
from .voice_state import VoiceState


class VoiceCoordinator(DataUpdateCoordinator[VoiceState]):
    """Join link, session and Home Assistant for one voice."""

    config_entry: ConfigEntry[Any]

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        subentry: ConfigSubentry,
        account: Account,
        ledger: Ledger,
        pipelines: Pipelines,
    ) -> None:
        """Read the voice's options; nothing is opened before a conversation."""
        # First, as a coordinator that is half made would be shut down all the same.
        self.options = VoiceOptions.from_subentry(subentry.title, subentry.data)
        super().__init__(hass, LOGGER, config_entry=entry, name=subentry.title)
        self.subentry = subentry
        self.data = VoiceState()
        self._admission = Admission(hass, subentry, ledger)
        self.events = VoiceEvents(hass, entry, subentry)
        self.browser = BrowserPort(subentry.title, self.async_update_listeners)
        self.tap = Tap(hass, self._heard)
        pipeline = functools.partial(pipelines.async_ensure, subentry)
        self._announcements = Announcements(hass)
        access = AssistAccess(
            self.tap, async_get_loans(hass), pipeline, self._announcements
        )
        self.links = VoiceLinks(hass, self._spawn, browser=self.browser, access=access)
        connect = functools.partial(account.async_connect, self.options.model)
        self._seat = Seat(hass, self, subentry.subentry_id, self._spawn)
        self._assembly = Assembly(
            hass, connect, self.links, self._seat, lambda: self.data
        )
        self.levels = self._assembly.levels
        self._checkup = Checkup(hass, entry, subentry, self.links)
        self.tally = RunningTally(self, hass.loop.time)
        self.events.listen(self.tally.hear)
        self._announcer = Announcer(hass, self._spawn)
        parts = Parts(
            hass,
            connect,
            self._admission,
            self.events,
            self._spawn,
            options=lambda: self.options,
            answering=functools.partial(answering, hass, subentry.subentry_id),
            is_enabled=lambda: self.data.is_enabled,
            on_spent=self.async_check_budget,
        )
        self.turns = Turns(parts)
        self.reader = Reader(parts)
        self._is_shut_down = False
        again = functools.partial(self.admit, cools_down=False)
        self._running = Running(again, lambda: self._is_shut_down)

    @property
    def totals(self) -> Totals:
        """Return what the voice has used today and this month."""
        return self._admission.totals

    @property
    def is_within_budget(self) -> bool:
        """Tell whether neither the day nor the month has cost all it may cost."""
        return self._admission.budget_reached(self.options.limits) is None

    @property
    def is_shut_down(self) -> bool:
        """Tell whether the voice was removed, or makes room for itself anew."""
        return self._is_shut_down

    def so_far(self) -> Mapping[str, Any]:
        """Return how the running conversation is so far, as at its end."""
        call = self._running.call
        return self.events.tellable(call.summary(self.options.model)) if call else {}

    @callback
    def listen(self, listener: EventListener) -> CALLBACK_TYPE:
        """Call the listener for each conversation event until unsubscribed."""
        return self.events.listen(listener)

    async def async_start_conversation(
        self,
        request: ConversationRequest = AS_USUAL,
        *,
        heard: SatelliteStream | None = None,
    ) -> str:
        """Start a conversation and return its id once the microphone is open.

        A satellite that was `heard` is taken where one starts.
        While one runs, the busy policy decides: the id may be that of the
        running one. Raises a translated `HomeAssistantError` where it cannot
        start, and where limits or budgets do not let it.
        """
        await self._checkup.async_stop()
        await self._announcer.async_stop()
        cause = request.cause or Context()
        request = replace(request, cause=cause)
        house = await self._assembly.async_house(self.options, cause)
        if (running := self.data.conversation_id) is None:
            self.admit()
        else:
            policy = request.busy or self.options.limits.busy
            if not await self._running.async_make_way(policy):
                return running
        async with self._seat.on_stage(request, was_heard=heard is not None):
            call = self._assembly.call(
                self.options,
                request,
                heard,
                house,
                observer=self,
                on_link_lost=self._report,
                is_muted=lambda: self.data.is_muted,
            )
        conversation_id = ulid_now()
        self.events.begin(conversation_id, cause)
        self.async_set_updated_data(self.data.started(conversation_id))
        self.events.fire(EventName.CONVERSATION_STARTED, conversation_id)
        opened: asyncio.Future[Failure | None] = self.hass.loop.create_future()
        talk = self._seat.async_stay(self._async_hold(call, opened))
        self._running.begin(call, lambda: self._spawn(talk, "conversation"))
        if (failure := await opened) is not None:
            raise as_home_assistant_error(failure) from failure
        return conversation_id

    @callback
    def _heard(self, stream: SatelliteStream) -> None:
        """Talk with whoever spoke to a satellite that uses the voice's pipeline."""
        self._spawn(async_answer(self, stream), f"answer {stream.satellite}")

    async def async_prepare(self) -> None:
        """Open a session ahead and wake the speaker: somebody will ring soon.

        The next conversation begins without the handshake; unused, the session
        is closed after two minutes. Raises a translated `HomeAssistantError`
        where the account or the speaker cannot be had.
        """
        if self.data.conversation_id is not None:
            return
        self.admit()
        try:
            await self._assembly.async_prepare(self.options)
        except (LinkError, RealtimeError) as failure:
            raise as_home_assistant_error(failure) from failure

    async def async_stop_conversation(self, *, goodbye: bool = True) -> None:
        """End the conversation, with a spoken goodbye or at once."""
        self._running.stop(goodbye=goodbye)

    async def async_add_message(self, *, role: str, text: str, respond: bool) -> None:
        """Put a message into the running conversation (role system or user).

        Raises `ServiceValidationError` where none is running.
        """
        if (call := self._running.call) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_conversation"
            )
        call.session.add_message(role, text, respond=respond)

    async def async_announce(self, media_id: str) -> None:
        """Play media of Home Assistant through the voice's speaker.

        Raises a translated `HomeAssistantError` where it cannot be played.
        """
        if self.data.conversation_id is not None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="in_conversation"
            )
        _, sink = self._assembly.links(self.options)
        await self._announcer.async_announce(media_id, sink)

    async def async_wait_for_end(self) -> None:
        """Return once no conversation runs."""
        await self._running.async_wait()

    async def async_check_porch(self) -> Calibration:
        """Listen to the voice's own speaker; return what is now stored.

        Raises a translated `HomeAssistantError` where that cannot be, as in a
        conversation.
        """
        if self.data.conversation_id is not None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="porch_check_in_conversation"
            )
        return await self._checkup.async_run(self.options)

    @callback
    def async_switch(self, **switches: bool) -> None:
        """Set `is_enabled`, `is_muted` or `is_watching`; a conversation goes on."""
        self._set(**switches)

    @callback
    def async_take_over(self) -> None:
        """Use what is stored now, from the next conversation on."""
        subentry = self.subentry
        self.options = VoiceOptions.from_subentry(subentry.title, subentry.data)
        self.async_update_listeners()

    @override
    async def async_shutdown(self) -> None:
        """End a running conversation at once; nothing of it stays behind."""
        self._is_shut_down = True
        await super().async_shutdown()
        self._seat.close()
        await self._checkup.async_stop()
        await self._announcer.async_stop()
        await self._assembly.async_close()
        await self.turns.async_close()
        await self._running.async_unload()
        self._announcements.close()
        self.browser.close()
        self.async_update_listeners()

    def _spawn(self, coro: Carrier, name: str) -> asyncio.Task[None]:
        """Start a task of a link that the config entry owns."""
        return self.config_entry.async_create_background_task(
            self.hass, coro, f"{self.name} {name}"
        )

    async def _async_hold(
        self, call: Call, opened: asyncio.Future[Failure | None]
    ) -> str:
        """Hold one conversation from its opening to its end; return why it ended."""
        reason: str = EndReason.ERROR
        failure: Failure | None = None
        try:
            await call.async_open()
            async_clear_issues(self.hass, self.subentry.subentry_id)
            opened.set_result(None)
            reason = await call.async_run()
        except (LinkError, RealtimeError) as error:
            reason, failure = EndReason.START_FAILED, error
        except Exception as error:  # noqa: BLE001 # Ours; it must not go on talking.
            LOGGER.exception("The conversation of %s broke", self.name)
            failure = RealtimeError(ErrorKind.SERVER, None, type(error).__name__)
        except asyncio.CancelledError:
            reason = self._running.reason_if_cancelled
            raise
        finally:
            self._end(call, reason, failure)
            if not opened.done():
                opened.set_result(failure)
        return reason

    def _end(self, call: Call, reason: str, failure: Failure | None) -> None:
        """Go back to idle and say how it was."""
        if failure is not None:
            self._report(failure)
        self._running.over()
        conversation_id = self.data.conversation_id
        summary = call.summary(self.options.model)
        limits = self.options.limits
        reached = self._admission.ended(limits, summary, was_held=call.is_open)
        self.async_set_updated_data(self.data.ended(str(reason)))
        self.events.fire(
            EventName.CONVERSATION_ENDED, conversation_id, reason=str(reason), **summary
        )
        if reached is not None:
            self.events.tell_budget(reached, conversation_id)

    def admit(self, *, cools_down: bool = True) -> None:
        """Raise `ServiceValidationError` where no conversation may start now."""
        if not self.data.is_enabled:
            raise as_validation_error(SwitchedOff())
        self._admission.check(self.options.limits, cools_down=cools_down)

    @callback
    def async_check_budget(self) -> None:
        """Tell that a budget is spent, until its day or month is over."""
        reached = self._admission.show_budget(self.options.limits)
        if reached is not None:
            self.events.tell_budget(reached, self.data.conversation_id)
        self.async_update_listeners()

    @callback
    def conversation_updated(self, update: ConversationUpdate) -> None:
        """Tell automations what happened."""
        event = event_of(update)
        self.events.tell_update(update)
        match update:
            case SessionStarted():
                self._set(connection=Connection.OPEN)
            case SessionLost():
                self._set(connection=Connection.RECONNECTING)
            case AssistantTranscriptDelta() if event is not None:
                self.events.tell_delta(event)
                if not self.options.transcript_deltas:
                    return
            case Failed(kind, code, message, fatal=True):
                self.events.ask_for_help(RealtimeError(ErrorKind(kind), code, message))
        if event is not None:
            self._fire(event.name, **event.data)

    @callback
    def phase_changed(self, phase: Phase) -> None:
        """Show what the voice is doing; idle comes when all is closed."""
        if phase is not Phase.IDLE:
            self._set(phase=phase)

    @callback
    def tool_called(self, call: ToolCalled) -> None:
        """Run a tool beside the conversation."""
        if self._running.call is not None:
            self._running.call.run_tool(call)

    def _set(self, **changes: Any) -> None:
        """Change the state and show it."""
        self.async_set_updated_data(replace(self.data, **changes))

    def _fire(self, name: EventName, /, **data: Any) -> None:
        """Tell automations and entities what happened in the conversation."""
        self.events.fire(name, self.data.conversation_id, **data)

    def _report(self, failure: Failure) -> None:
        """Say that a device or the account failed in the conversation."""
        self.events.report(failure, self.data.conversation_id)
