"""The way to the end: a goodbye that is heard whole, then nothing more."""

from dataclasses import dataclass
from enum import StrEnum

from .finish import GOODBYE


class Farewell(StrEnum):
    """How far the goodbye has come."""

    NONE = "none"
    UNDECIDED = "undecided"
    """The response that called the finish tool may still hold the goodbye."""
    WANTED = "wanted"
    """A response has to be asked for."""
    ASKED = "asked"
    """Our request waits for its response."""
    COMING = "coming"
    """The response with the goodbye is being made."""
    SAID = "said"
    """Everything was received; it only has to be heard."""


@dataclass(slots=True)
class Ending:
    """Whether, why and how the conversation is ending."""

    reason: str = ""
    farewell: Farewell = Farewell.NONE
    response_id: str = ""
    last_words: str = GOODBYE
    """What the voice is told to say where it has to be asked."""
    tries: int = 3

    def __bool__(self) -> bool:
        """Tell whether the end has begun."""
        return self.farewell is not Farewell.NONE

    def begin(self, reason: str, farewell: Farewell, response_id: str = "") -> None:
        """Begin the end; an end that has begun keeps its reason."""
        if not self:
            self.reason, self.farewell = reason, farewell
            self.response_id = response_id

    def created(self, response_id: str) -> bool:
        """Note a response; False where it is not the goodbye."""
        if self.farewell is not Farewell.ASKED:
            return False
        self.farewell, self.response_id = Farewell.COMING, response_id
        return True

    def done(self, response_id: str, *, has_spoken: bool) -> None:
        """Note a response's end; `has_spoken`: the goodbye may be in it."""
        if response_id != self.response_id:
            return
        match self.farewell:
            case Farewell.UNDECIDED:
                self.farewell = Farewell.SAID if has_spoken else Farewell.WANTED
            case Farewell.COMING:
                self.farewell = Farewell.SAID

    def refused(self) -> None:
        """Note that the goodbye has to be asked for again, or cannot be had."""
        if self.farewell is Farewell.ASKED:
            self.farewell = Farewell.WANTED if self._tries_left() else Farewell.SAID

    def _tries_left(self) -> bool:
        """Count a try."""
        self.tries -= 1
        return self.tries > 0

    def give_up(self) -> None:
        """Go without a goodbye: it cannot be had."""
        self.farewell = Farewell.SAID
