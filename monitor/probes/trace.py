"""Where the path to a root cause breaks: icmplib's traceroute in threads, two at a time, with bounded hops.

Callers have passed the guard. icmplib needs a raw socket for it; where only ping sockets are permitted there is no trace, which
the result says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import icmplib

from monitor.model.reading import Hop, PathTrace
from monitor.model.reason import Reason
from monitor.probes.names import literal, resolve_by_system
from monitor.probes.why import library_error, unresolved

MAX_HOPS = 12
_AT_ONCE = 2


class Tracer:
    """Traces paths; at most two at once, further ones wait their turn."""

    def __init__(
        self,
        *,
        max_hops: int = MAX_HOPS,
        timeout_s: float = 0.5,
        again_after_s: float = 3.0,
        traceroute: Callable[..., Sequence[icmplib.Hop]] = icmplib.traceroute,
    ) -> None:
        """timeout_s: for each hop, so that a trace takes max_hops * timeout_s at most. traceroute: icmplib's, which blocks.

        again_after_s: when a path of which no hop answered is tried once more. At the moment of an outage the last living router
        has spent its budget of ICMP errors (RFC 1812 section 4.3.2.8) on the pings that were lost behind it.
        """
        self._again_after_s = again_after_s
        self._traceroute = traceroute
        self._max_hops = max_hops
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="trace")

    async def trace(self, address: str) -> PathTrace:
        """Return the path to an address or name; never raises for what the network does, or for a name without an address."""
        loop = asyncio.get_running_loop()
        path = await loop.run_in_executor(self._threads, self._trace, address)
        if path.hops or path.fault is not None:
            return path
        await asyncio.sleep(self._again_after_s)
        return await loop.run_in_executor(self._threads, self._trace, address)

    def close(self) -> None:
        """Let traces under way end by themselves and start no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _trace(self, address: str) -> PathTrace:
        place = literal(address)
        try:
            where = address if place else resolve_by_system(address)
        except (OSError, UnicodeError) as error:
            return PathTrace(address, fault=unresolved(address, error))
        try:
            hops = self._traceroute(where, count=1, interval=0, timeout=self._timeout_s, max_hops=self._max_hops, fast=True)
        except icmplib.SocketPermissionError:
            return PathTrace(address, fault=Reason("no_raw_socket"))
        except (icmplib.ICMPLibError, OSError) as error:
            # What icmplib says by itself is of how it was asked.
            return PathTrace(address, fault=library_error(error, Reason("own_fault", {"error": type(error).__name__})))
        return path_of(place.address if place else where, [Hop(hop.distance, hop.address) for hop in hops])


def path_of(address: str, answers: list[Hop]) -> PathTrace:
    """Return the path that the answers by distance make.

    The last living router answers every further distance with 'host unreachable': it counts once, where it is nearest.
    """
    hops: list[Hop] = []
    seen: set[str] = set()
    for hop in answers:
        if hop.address not in seen:
            seen.add(hop.address)
            hops.append(hop)
    return PathTrace(address, tuple(hops), reached=bool(hops) and hops[-1].address == address)
