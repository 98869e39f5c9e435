"""The processes of a visit, each real, each ended with the demo."""
