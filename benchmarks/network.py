"""A network of the benchmark's own with nothing in it but the loopback: no packet of a benchmark can leave the machine.

In it a responder may answer for all of 127.0.0.0/8 on one socket, and the kernel answers every echo request to it.
"""

from __future__ import annotations

import fcntl
import socket
import struct

from monitor.lab.namespace import permit_ping_sockets, unshare_network

_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
_IFREQ = struct.Struct("16sH22x")


def enter() -> None:
    """Move this process, and all children from now on, into a new network with the loopback up. Raises SetupError."""
    unshare_network()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = fcntl.ioctl(control, _SIOCGIFFLAGS, _IFREQ.pack(b"lo", 0))
        _, flags = _IFREQ.unpack(answer)
        fcntl.ioctl(control, _SIOCSIFFLAGS, _IFREQ.pack(b"lo", flags | _IFF_UP))
    permit_ping_sockets()


def address(number: int) -> str:
    """Return the number-th target, counted from 0: 127.1.0.1, 127.1.0.2, … (250 to each third octet), up to 62,500 to a second."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


def addresses(count: int) -> list[str]:
    """Return so many targets, each another address of 127.0.0.0/8; benchmarks/native/common.h enumerates the same."""
    return [address(number) for number in range(count)]
