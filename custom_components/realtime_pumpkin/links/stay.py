"""What a voice changes at a media player for as long as it speaks there."""

import asyncio
from typing import Final

from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER
from ..lending import Loan, LoanKind
from ..loans import Loans
from .player import MediaPlayer
from .stream_view import AUDIO_PATH

_PATIENCE_S: Final = 5.0


class Stay:
    """Set the player's volume and note its music; give both back."""

    def __init__(self, loans: Loans, player: MediaPlayer, volume: int | None) -> None:
        """Change nothing yet; `volume` is in percent, None leaves it as it is."""
        self._loans = loans
        self._player = player
        self._volume = volume
        self._open: list[Loan] = []

    async def async_begin(self) -> None:
        """Borrow; what cannot be had is done without. Never raises."""
        if self._open:
            return
        # What announces goes on by itself afterwards.
        if not self._player.announces:
            await self._async_borrow(AUDIO_PATH, LoanKind.MUSIC)
        if self._volume is not None and self._player.has_volume:
            await self._async_borrow(str(self._volume / 100), LoanKind.VOLUME)

    async def async_end(self) -> None:
        """Give back, the volume before the music; never raises."""
        while self._open:
            await self._loans.async_give_back(self._open.pop())

    async def _async_borrow(self, ours: str, kind: LoanKind) -> None:
        """Borrow one thing of the player."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                loan = await self._loans.async_borrow(
                    self._player.entity_id, ours, kind
                )
        except (HomeAssistantError, TimeoutError) as err:
            name = self._player.entity_id
            LOGGER.warning("The %s of %s was not changed: %r", kind, name, err)
        else:
            if loan is not None:
                self._open.append(loan)
