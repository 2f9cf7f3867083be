"""Picks and checks the TCP ports on 127.0.0.1, before anything starts."""

import errno
import socket
from pathlib import Path

from console.runtime.failure import RuntimeFailure

HOST = "127.0.0.1"


def check_port(text: str) -> int:
    """The port to serve on; 0 picks a free one."""
    try:
        port = int(text)
    except ValueError:
        port = -1
    if not 0 <= port <= 65535:
        raise RuntimeFailure(f"PORT is {text!r}: it must be a number from 1 to 65535.")
    try:
        return _try(port)
    except OSError as error:
        if error.errno == errno.EACCES:
            raise RuntimeFailure(
                f"Port {port} is reserved for root: set PORT, for example PORT=8000."
            ) from None
        raise RuntimeFailure(
            f"Port {port} is taken: set PORT, for example PORT={port + 1 if port < 65535 else 8000} make demo"
        ) from None


def same_port_again(memory: Path) -> int:
    """A free port, the one used last time where it is still free."""
    try:
        port = _try(int(memory.read_text()))
    except (OSError, ValueError):
        port = _try(0)
        memory.write_text(str(port))
    return port


def _try(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        # As servers do: connections of a former run that are still closing do not count.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(1)
        return int(listener.getsockname()[1])
