"""The picture that the model is to see with its next answer.

Only the newest counts. A session that was lost before an answer dealt with the
picture is followed by one that is shown it again; once an answer did, what the voice
said of it is in the history, and no picture is kept or sent a second time.
"""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

from .actions import Send
from .history import text_item
from .signals import Picture


class _Stage(Enum):
    """How far the model has come with the picture."""

    WAITING = auto()
    SENT = auto()
    READ = auto()
    """A response that was begun with it is being made."""


class Sight:
    """Show pictures, each in its place and none twice to the same session."""

    __slots__ = ("_picture", "_stage")

    def __init__(self) -> None:
        """Start with nothing to see."""
        self._picture: Picture | None = None
        self._stage = _Stage.WAITING

    def show(self, picture: Picture) -> None:
        """Take a picture; one that still waits is not sent any more."""
        self._picture, self._stage = picture, _Stage.WAITING

    def send(self) -> Iterator[Send]:
        """Send the picture that waits: what it is in words, then what is seen."""
        if self._picture is None or self._stage is not _Stage.WAITING:
            return
        self._stage = _Stage.SENT
        yield _create(text_item("system", self._picture.caption))
        yield _create(
            {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_image", "image_url": self._picture.url}],
            }
        )

    def response_created(self) -> None:
        """Note that an answer is made by whoever has the picture."""
        if self._stage is _Stage.SENT:
            self._stage = _Stage.READ

    def response_completed(self) -> None:
        """Forget the picture that this answer was made with."""
        if self._stage is _Stage.READ:
            self._picture = None

    def session_lost(self) -> None:
        """Be ready to show the picture to another session."""
        self._stage = _Stage.WAITING


def _create(item: dict[str, Any]) -> Send:
    """Return the event that puts an item into the session."""
    return Send({"type": "conversation.item.create", "item": item})
