"""The forms of the flows."""

from .account import ACCOUNT, ADVANCED, REAUTH, RECONFIGURE, folded_account
from .level_targets import FOLLOWS
from .manners import MANNERS, MANNERS_FIELDS, MANNERS_READERS, fold, manners, unfold
from .voice import (
    CONF_CONSENT,
    CONF_REGARDLESS,
    CONSENT,
    KEEP,
    address,
    character,
    gallery,
    microphone,
    speaker,
)

__all__ = [
    "ACCOUNT",
    "ADVANCED",
    "CONF_CONSENT",
    "CONF_REGARDLESS",
    "CONSENT",
    "FOLLOWS",
    "KEEP",
    "MANNERS",
    "MANNERS_FIELDS",
    "MANNERS_READERS",
    "REAUTH",
    "RECONFIGURE",
    "address",
    "character",
    "fold",
    "folded_account",
    "gallery",
    "manners",
    "microphone",
    "speaker",
    "unfold",
]
