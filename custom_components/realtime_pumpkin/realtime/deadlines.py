"""Times at which something is due, for cores that read no clock."""

from collections.abc import Hashable


class Deadlines:
    """Named points in time (seconds on the caller's clock)."""

    __slots__ = ("_at",)

    def __init__(self) -> None:
        """Start with nothing due."""
        self._at: dict[Hashable, float] = {}

    def set(self, name: Hashable, at: float) -> None:
        """Make a name due at a time, whatever it was before."""
        self._at[name] = at

    def __contains__(self, name: Hashable) -> bool:
        """Tell whether a name will be due."""
        return name in self._at

    def cancel(self, name: Hashable) -> None:
        """Forget a name."""
        self._at.pop(name, None)

    def clear(self) -> None:
        """Forget them all."""
        self._at.clear()

    @property
    def next(self) -> float | None:
        """Return when the next name is due."""
        return min(self._at.values(), default=None)

    def pop_due(self, now: float) -> list[Hashable]:
        """Return what is due, in the order of its times, and forget it."""
        due = sorted(
            (name for name, at in self._at.items() if at <= now),
            key=self._at.__getitem__,
        )
        for name in due:
            del self._at[name]
        return due
