"""A brain without a cloud: a jack-o'-lantern (or ghost, witch…) at the door."""

from .doorkeeper import Doorkeeper, FinishStyle
from .personas import PERSONAS
from .repertoire import repertoire

__all__ = ["PERSONAS", "Doorkeeper", "FinishStyle", "repertoire"]
