"""The act that lets things move with a level: jaw, candle, eyes."""

import asyncio
from collections.abc import Sequence
from typing import Final, override

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event

from ..audio.level import WINDOW_MS
from ..const import LOGGER
from ..lending import MOVED, Loan, Order
from ..links.meter import Outlook
from ..loans import Loans, async_get_loans
from ..options import VoiceOptions
from ..realtime.protocols import ConversationSession
from ..request import ConversationRequest
from ..staging import Follows, LevelTarget
from .act import Act, Stage
from .motion import LOOKS_AHEAD, Motion
from .puppets import Puppet, puppet

_STEP_S: Final = WINDOW_MS / 1000
_CALL_TIMEOUT_S: Final = 5.0
_PATIENCE_S: Final = 2.0
"""How long the end of a conversation waits for a slow device."""

_MOST_FAILURES: Final = 3


class String:
    """What one puppet hangs on: a call at a time, and only as long as it is lent."""

    def __init__(
        self, hass: HomeAssistant, doll: Puppet, outlook: Outlook, loan: Loan
    ) -> None:
        """Leave it as it is for now."""
        self.puppet = doll
        self.loan = loan
        self._hass = hass
        self._loans: Loans = async_get_loans(hass)
        self._outlook = outlook
        self._motion = Motion(doll.target, doll.place)
        self._context = Context()
        self._task: asyncio.Task[None] | None = None
        self._failures = 0

    @property
    def is_held(self) -> bool:
        """Tell whether it may be moved: it is lent to us, and does as it is told."""
        return self.loan in self._loans.open and self._failures < _MOST_FAILURES

    def pull(self, now: float) -> None:
        """Move it, where it is time; a device that is slow misses what was between."""
        if not self.is_held:
            return
        self.puppet.passes(now)
        levels = self._outlook.outlook(self.puppet.target.offset_ms, LOOKS_AHEAD)
        place = self._motion.step(now, levels, may_move=self._task is None)
        if place is not None:
            call = self._async_call(self.puppet.order(place))
            # Eager: the call is on its way before this returns.
            task = self._hass.async_create_background_task(
                call, f"move {self.loan.entity_id}", eager_start=True
            )
            self._task = None if task.done() else task

    async def _async_call(self, order: Order) -> None:
        """Call an action, without a queue behind it."""
        domain, action, data = order
        try:
            async with asyncio.timeout(_CALL_TIMEOUT_S):
                await self._hass.services.async_call(
                    domain,
                    action,
                    {ATTR_ENTITY_ID: self.loan.entity_id, **data},
                    blocking=True,
                    context=self._context,
                )
        except Exception as err:  # noqa: BLE001  # Integrations raise anything.
            self._failures += 1
            if self._failures == _MOST_FAILURES:
                name = self.loan.entity_id
                LOGGER.warning("%s does not follow the level: %r", name, err)
        else:
            self._failures = 0
        finally:
            self._task = None

    @callback
    def changed(self, before: State | None, now: State | None) -> None:
        """Leave it to whoever has changed it meanwhile."""
        if now is None or now.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            return
        if self.is_held and self.puppet.is_touched(before, now, self._context):
            self._hass.async_create_task(
                self._loans.async_waive(self.loan), f"leave {self.loan.entity_id}"
            )

    async def async_let_go(self) -> None:
        """Give it back as it was, once it takes another call."""
        if (task := self._task) is not None:
            await asyncio.wait([task], timeout=_PATIENCE_S)
            task.cancel()
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, self._motion.free_at - now))
        await self._loans.async_give_back(self.loan)


class Puppetry(Act):
    """Move what follows the level of the voice, or of the visitor."""

    def __init__(self, stage: Stage, targets: Sequence[LevelTarget]) -> None:
        """Move nothing yet."""
        super().__init__(stage)
        self._targets = targets
        self._strings: dict[str, String] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._unsubscribe: CALLBACK_TYPE | None = None

    @override
    async def async_open(self, session: ConversationSession) -> None:
        """Note how all things are, then begin to move them."""
        for target in self._targets:
            await self._async_take(target)
        self._unsubscribe = async_track_state_change_event(
            self.stage.hass, list(self._strings), self._changed
        )
        self._tick()

    async def _async_take(self, target: LevelTarget) -> None:
        """Borrow a thing; what shows no state now is left out."""
        hass, entity_id = self.stage.hass, target.entity_id
        if (state := hass.states.get(entity_id)) is None:
            LOGGER.warning("%s does not exist: it cannot follow the level", entity_id)
            return
        doll = puppet(target, state)
        loan = await async_get_loans(hass).async_borrow(entity_id, MOVED, doll.kind)
        if loan is None:
            LOGGER.info("%s is not there: it does not follow the level", entity_id)
            return
        is_voice = target.follows is Follows.VOICE
        outlook: Outlook = self.stage.levels if is_voice else self.stage.visitor
        self._strings[entity_id] = String(hass, doll, outlook, loan)

    @override
    async def async_close(self) -> None:
        """Give all things back as they were."""
        if self._timer is not None:
            self._timer.cancel()
        if self._unsubscribe is not None:
            self._unsubscribe()
        ends = [
            # Of Home Assistant's, for it goes on where the conversation does not wait.
            self.stage.hass.async_create_task(each.async_let_go(), f"give back {name}")
            for name, each in self._strings.items()
        ]
        if ends:
            await asyncio.wait(ends, timeout=_PATIENCE_S + 1)

    def _tick(self) -> None:
        """Pull each string, 25 times a second."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for string in self._strings.values():
            string.pull(now)
        due = now if self._timer is None else self._timer.when()
        self._timer = loop.call_at(max(due + _STEP_S, now), self._tick)

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        """See who else has a hand in it."""
        data = event.data
        self._strings[data["entity_id"]].changed(data["old_state"], data["new_state"])


def make_puppetry(
    stage: Stage, options: VoiceOptions, request: ConversationRequest
) -> Puppetry | None:
    """Return the act where anything is to move; `request` changes nothing of it."""
    targets = options.jaw_and_candle.level_targets
    return Puppetry(stage, targets) if targets else None
