"""Run the local Realtime server: `python -m demo.realtime_server`."""

from demo.bare import stand_in_for_integration

stand_in_for_integration()

from .main import main  # noqa: E402 - only now can the core be imported

main()
