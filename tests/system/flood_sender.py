"""Sends what nobody asked for at a daemon in the same network: `python -m tests.system.flood_sender RATE SECONDS [KIND…]`.

Kinds, taken in turn: 'rubbish' and 'answer' (to a guessed request-id) at the UDP port that the daemon polls from, 'reply' (echo
replies of another id) and 'ours' (of the daemon's id, with guessed cookies) at its ICMP socket. Prints one JSON object: kind →
packets.
"""

from __future__ import annotations

import json
import random
import select
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from monitor.wire import ber
from monitor.wire.snmp import MAX_REQUEST_ID, MIN_REQUEST_ID, RESPONSE, V2C, Message, encode
from tests.wire.icmp_messages import Echo, build_echo

KINDS = ("rubbish", "answer", "reply", "ours")
DIFFERENT = 256
STEP_S = 0.002
HERE = "127.0.0.1"
UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
chance = random.Random(1)


def daemons_port() -> int:
    """Return the UDP port that the daemon polls agents from: of its sockets that one is opened first, so its inode is the least."""
    _, *lines = Path("/proc/net/udp").read_text().splitlines()
    first = min(lines, key=lambda line: int(line.split()[9]))
    return int(first.split()[1].partition(":")[2], 16)


def daemons_ident() -> int:
    """Return the id of the daemon's echo requests: a raw socket hears every reply to them."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as ear:
        ear.settimeout(30)
        while True:
            packet = ear.recv(2048)
            message = packet[(packet[0] & 0xF) * 4 :]
            if message[0] == 0:
                return int.from_bytes(message[4:6], "big")


def payloads(kind: str) -> list[bytes]:
    """Return different packets of a kind."""
    if kind == "rubbish":
        return [chance.randbytes(chance.randrange(1, 200)) for _ in range(DIFFERENT)]
    if kind == "answer":
        uptime = ((UPTIME, ber.TIME_TICKS, 4711),)
        ids = [chance.randrange(MIN_REQUEST_ID, MAX_REQUEST_ID) for _ in range(DIFFERENT)]
        return [encode(Message(V2C, b"lab", RESPONSE, each, 0, 0, uptime)) for each in ids]
    ident = daemons_ident()
    other = ident if kind == "ours" else ident ^ 1
    return [build_echo(4, Echo(True, other, sequence * 256, chance.randbytes(24))) for sequence in range(DIFFERENT)]


def main() -> None:
    """Send as much as that is, at a steady rate; a busy machine only takes longer."""
    rate, seconds, kinds = float(sys.argv[1]), float(sys.argv[2]), tuple(sys.argv[3:]) or KINDS
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw,
    ):
        port = daemons_port()
        ways: list[tuple[Callable[..., int], tuple[str, int], list[bytes]]] = [
            (raw.sendto, (HERE, 0), payloads(kind)) if kind in ("reply", "ours") else (udp.sendto, (HERE, port), payloads(kind))
            for kind in kinds
        ]
        sent, all_of_it, began = 0, round(rate * seconds), time.monotonic()
        while sent < all_of_it:
            while sent < min((time.monotonic() - began) * rate, all_of_it):
                send, place, packets = ways[sent % len(ways)]
                send(packets[sent // len(ways) % DIFFERENT], place)
                sent += 1
            select.select((), (), (), STEP_S)
    print(json.dumps({kind: len(range(place, sent, len(kinds))) for place, kind in enumerate(kinds)}))


if __name__ == "__main__":
    main()
