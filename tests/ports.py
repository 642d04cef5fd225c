"""Ports for programs that must be told one: nobody else on this machine is given them in between."""

from __future__ import annotations

import contextlib
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
