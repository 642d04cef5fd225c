"""Ports for programs that must be told one: nobody else on this machine is given them in between."""

from __future__ import annotations

import contextlib
import random
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def reserved(count: int = 1) -> Iterator[tuple[int, ...]]:
    """So many TCP ports of 127.0.0.1 on which nobody listens, and that the kernel gives nobody else until the context ends.

    A program that binds with SO_REUSEADDR, as Go's and Python's servers do, may listen on them: Linux lets it bind beside a socket
    that has the option and does not listen, while whoever leaves the choice to the kernel is given another (inet_csk_get_port).
    A port that was merely free a moment ago is taken by the next test's.
    """
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(count):
            holder = stack.enter_context(socket.socket())
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind(("127.0.0.1", 0))
            ports.append(int(holder.getsockname()[1]))
        yield tuple(ports)


def untold() -> int:
    """Return a port that is free for UDP and TCP, and that the kernel gives to nobody who asks for any (Linux: from 32768 on).

    For programs that bind without SO_REUSEADDR, beside which nothing can be held for them.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            contextlib.suppress(OSError),
        ):
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
            return port
