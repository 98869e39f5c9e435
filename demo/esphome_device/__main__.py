"""Run the device as a process: `python -m demo.esphome_device --port 6053`."""

import argparse
import asyncio
import contextlib
from io import FileIO
import logging
import signal
import sys

from .control import serve
from .description import Description, Format
from .device import Device
from .sound import Card, OwnCard, PorchCard


def main() -> int:
    """Run until told to end; exit status 1 where something unexpected came."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    """Be a device until a signal comes."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    device = Device(_description(options), _card(options), pace=options.pace)
    async with contextlib.AsyncExitStack() as stack:
        if options.keep:
            file = FileIO(options.keep, "wb")
            stack.callback(file.close)
            device.record.kept = file
        stack.push_async_callback(device.close)
        await device.start(options.port)
        if options.control_port:
            control = await serve(device, options.control_port)
            stack.callback(control.close)
        print(f"Ready at {device.port}", flush=True)
        await ended.wait()
    return 1 if device.record.complaints else 0


def _card(options: argparse.Namespace) -> Card:
    """Return the porch's sound card, else one of its own."""
    if options.card:
        return PorchCard(options.card, options.card_rate)
    return OwnCard(rate=options.card_rate, pace=options.pace, echo_db=options.echo_db)


def _description(options: argparse.Namespace) -> Description:
    """Return who the device is."""
    return Description(
        name=options.name,
        friendly_name=options.friendly_name,
        mac=options.mac,
        formats=tuple(options.format),
    )


def _options() -> argparse.Namespace:
    """Read the command line."""
    known = Description()
    parser = argparse.ArgumentParser(
        prog="python -m demo.esphome_device", description=__doc__
    )
    parser.add_argument("--port", type=int, required=True, help="of the native API")
    parser.add_argument("--control-port", type=int, default=0, help="0: no control")
    parser.add_argument("--name", default=known.name)
    parser.add_argument("--friendly-name", default=known.friendly_name)
    parser.add_argument("--mac", default=known.mac)
    parser.add_argument(
        "--format",
        type=Format.parse,
        action="append",
        default=[],
        metavar="FORMAT:RATE:CHANNELS[:default]",
        help="what it would rather be sent; none: every address as it is",
    )
    parser.add_argument("--card", help="address of the porch's sound card")
    parser.add_argument("--card-rate", type=int, default=24000, help="in Hz")
    parser.add_argument("--keep", help="file for the sound that it sends")
    parser.add_argument("--echo-db", type=float, help="of its own card")
    parser.add_argument(
        "--pace", type=float, default=1.0, help="how much faster its own card's time is"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
