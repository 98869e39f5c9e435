"""Everything that waits somewhere in the integration is bounded, and says how."""
