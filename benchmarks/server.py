"""Run the stamping server, without Home Assistant: `python -m benchmarks.server`."""

import asyncio

from demo.bare import stand_in_for_integration

stand_in_for_integration()

from .stamping import main  # noqa: E402 - only now can the core be imported

asyncio.run(main())
