"""Join a standard stream to the porch's sound card, as `arecord` and `aplay` do.

`device.py microphone ADDRESS` writes PCM to standard output, `device.py speaker
ADDRESS` reads it from standard input. Started for every sentence by some players:
only the quickest parts of the standard library are imported.
"""

import contextlib
import fcntl
import os
import socket
import sys

_CHUNK = 1024
# Debian's Pythons differ in whether `fcntl` names it; the kernel does not.
_F_SETPIPE_SZ = 1031
_SMALLEST = 4096


def connect(address: str, role: str) -> socket.socket:
    """Return a connection to the sound card; both ends buffer little."""
    card = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    card.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SMALLEST)
    card.connect("\0" + address)
    card.sendall(f"{role}\n".encode())
    return card


def listen(card: socket.socket) -> None:
    """Write what the microphone hears to standard output."""
    while data := card.recv(_CHUNK):
        os.write(1, data)


def play(card: socket.socket) -> None:
    """Play standard input; return when it has been heard."""
    # Where it is no pipe, or full already, it only adds to what is buffered.
    with contextlib.suppress(OSError):
        fcntl.fcntl(0, _F_SETPIPE_SZ, _SMALLEST)
    while data := os.read(0, _CHUNK):
        card.sendall(data)
    card.shutdown(socket.SHUT_WR)
    card.recv(1)


def main() -> None:
    """Run until either end is closed."""
    role, address = sys.argv[1:3]
    with (
        contextlib.suppress(ConnectionError, KeyboardInterrupt),
        connect(address, role) as card,
    ):
        {"microphone": listen, "speaker": play}[role](card)


if __name__ == "__main__":
    main()
