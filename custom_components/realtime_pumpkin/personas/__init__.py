"""Who a voice can be: characters as YAML files, beside this module and the user's own."""

from .gallery import (
    BUILT_IN,
    CUSTOM_PERSONA,
    DEFAULT_PERSONA,
    OWN_FOLDER,
    SIGNAL_GALLERY,
    Gallery,
    async_get_gallery,
    async_known_gallery,
    async_read_gallery,
    gallery_of,
    read_files,
)
from .persona import PERSONA_MANNERS, Persona

__all__ = [
    "BUILT_IN",
    "CUSTOM_PERSONA",
    "DEFAULT_PERSONA",
    "OWN_FOLDER",
    "PERSONA_MANNERS",
    "SIGNAL_GALLERY",
    "Gallery",
    "Persona",
    "async_get_gallery",
    "async_known_gallery",
    "async_read_gallery",
    "gallery_of",
    "read_files",
]
