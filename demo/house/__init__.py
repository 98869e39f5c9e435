"""The house as a person uses it: by the same addresses as the user interface."""
