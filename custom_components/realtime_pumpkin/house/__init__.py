"""The house as a voice's tools: props that it may use, and what Assist may do."""
