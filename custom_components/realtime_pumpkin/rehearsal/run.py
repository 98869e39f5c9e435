"""One response from its creation to its end: understand, think, put out."""

from collections.abc import Callable

from .hearing import Hearing
from .items import Conversation, Item
from .ladder import Ladder, Steps
from .line import Line, Timer
from .options import TranscriptionOrder
from .outputs import Spoken, Think
from .plan import Brain, Ending, Plan, ResponseRequest
from .response import Response


class Run:
    """Drive one response; `ended` is called once, after `response.done`."""

    def __init__(
        self,
        line: Line,
        conversation: Conversation,
        response: Response,
        *,
        brain: Brain | None,
        hearing: Hearing,
        account: Callable[[Response], None],
        ended: Callable[[Run], None],
    ) -> None:
        """Prepare a response; `account` fills in its usage."""
        self.response = response
        self.created = False
        self._line = line
        self._conversation = conversation
        self._brain = brain
        self._hearing = hearing
        self._account = account
        self._ended = ended
        self._ladder = Ladder(line, conversation, response)
        self._steps: Steps[Ending] | None = None
        self._timer: Timer | None = None
        self._over = False

    def start(self) -> None:
        """Begin, once transcripts that must come first were sent."""
        if self._line.options.transcription_order is TranscriptionOrder.BEFORE:
            self._hearing.when_understood(self._heard_items(), self._create, told=True)
        else:
            self._create()

    def planned(self, plan: Plan) -> None:
        """Carry out a plan after the thinking time."""
        if self._over or self._steps is not None:
            return
        self._ladder.prepare(plan)
        self._steps = self._ladder.climb(plan)
        wait = self._line.options.think_ms if plan.think_ms is None else plan.think_ms
        if wait:
            self._timer = self._line.later(wait / 1000, self._step)
        else:
            self._step()

    def spoken(self, sound: Spoken) -> bool:
        """Take in the sound of a sentence, if it is one of this response."""
        if not self._ladder.spoken(sound):
            return False
        if self._timer is None and self._steps is not None and not self._over:
            self._step()
        return True

    def cancel(self, reason: str) -> None:
        """Cut the response short: `turn_detected` or `client_cancelled`."""
        if self._over:
            return
        if not self.created:
            self._announce()
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
        self._ladder.close("incomplete")
        self.response.cancel(reason)
        self._finish()

    def _heard_items(self) -> frozenset[str]:
        """Return the user's items that this response answers."""
        return frozenset(item.id for item in self._history() if item.role == "user")

    def _history(self) -> list[Item]:
        """Return what the response reads."""
        return (
            list(self._conversation)
            if self.response.input is None
            else self.response.input
        )

    def _create(self) -> None:
        """Announce the response and wait until the user is understood."""
        if self._over:
            return
        self._announce()
        self._hearing.when_understood(self._heard_items(), self._think)

    def _announce(self) -> None:
        """Send `response.created`."""
        self.created = True
        self._line.send("response.created", response=self._wire())

    def _wire(self) -> dict[str, object]:
        """Return the response as this server writes it."""
        return self.response.wire(with_object=self._line.options.item_object)

    def _think(self) -> None:
        """Ask the brain."""
        if self._over:
            return
        request = self._request()
        if self._brain is None:
            self._line.put(Think(self.response.id, request))
        else:
            self.planned(self._brain.plan(request))

    def _request(self) -> ResponseRequest:
        """Return what the brain may look at."""
        response = self.response
        fresh = self._conversation.news() if response.input is None else response.input
        return ResponseRequest(
            reason=response.reason,
            instructions=response.instructions,
            tools=response.tools,
            tool_choice=response.tool_choice,
            modalities=response.modalities,
            voice=response.voice_name,
            history=self._history(),
            news=fresh,
            overrides=response.overrides,
            out_of_band=response.out_of_band,
        )

    def _step(self) -> None:
        """Put out as much as is due."""
        self._timer = None
        if self._steps is None or self._over:
            return
        try:
            pause = next(self._steps)
            while pause == 0:
                pause = next(self._steps)
        except StopIteration as stopped:
            self._over = True
            self.response.end(stopped.value)
            self._finish()
            return
        if pause is not None:
            self._timer = self._line.later(pause, self._step)

    def _finish(self) -> None:
        """Send `response.done`."""
        self._account(self.response)
        self._line.send("response.done", response=self._wire())
        self._ended(self)
