# What Home Assistant puts in the place of voluptuous, for the type checker.
from probatio import *
