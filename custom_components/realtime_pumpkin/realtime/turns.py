"""Whose turn it is, and how many there were."""

from dataclasses import dataclass


@dataclass(slots=True)
class Turns:
    """The visitor's side of the turn taking."""

    answered: int = 0
    """How many turns of the visitor were answered aloud."""

    is_speaking: bool = False
    """The service hears the visitor now."""

    is_unanswered: bool = False
    """The visitor has spoken and hears nothing yet."""

    has_anybody_spoken: bool = False
    """The visitor has spoken at all."""

    has_answered: bool = False
    """The voice was heard since the visitor's last words."""

    has_asked: bool = False
    """The voice has asked whether somebody is still there."""

    may_be_echo: bool = False
    """The visitor's last words may have been the voice's own."""

    def sound_started(self, *, may_be_echo: bool) -> None:
        """Listen: whatever it is, it may be speech."""
        self.may_be_echo = may_be_echo
        self.is_speaking = True

    def speech_counts(self) -> None:
        """Give the visitor the floor."""
        self.is_speaking = True
        self.has_anybody_spoken = True
        self.has_answered = False
        self.has_asked = False

    def speech_stopped(self) -> None:
        """Give the floor to the voice."""
        self.is_speaking = False
        self.is_unanswered = True

    def speech_lost(self) -> None:
        """Forget a turn whose session is gone: nobody will answer it."""
        self.is_speaking = self.is_unanswered = False

    def voice_heard(self) -> None:
        """Count a turn when its answer becomes audible."""
        self.answered += self.is_unanswered
        self.is_unanswered = False
        self.has_answered = True

    def give_up(self) -> None:
        """Expect no answer any more."""
        self.is_unanswered = False
