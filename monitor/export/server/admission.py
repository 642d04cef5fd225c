"""Who may come in: limits of connections, event streams and requests, for all and for one client; who was refused, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

_SHARED = ("", "127.0.0.1", "::1")
"""Where proxies and tunnels of this machine come from: many people behind one address. '' is who has none."""
_TOLD_CLIENTS = 5
_REMEMBERED = 256
LINE_EVERY_S = 60.0


class Refusal(Enum):
    """Why somebody was refused or let go; the label of monitor_http_requests_refused_total."""

    CONNECTIONS = "connections"
    CLIENT_CONNECTIONS = "client_connections"
    STREAMS = "streams"
    CLIENT_STREAMS = "client_streams"
    REQUESTS = "requests"
    CLIENT_REQUESTS = "client_requests"
    QUEUE = "queue"
    DESCRIPTORS = "descriptors"
    SLOW_HEAD = "slow_head"
    SLOW_BODY = "slow_body"
    SLOW_READER = "slow_reader"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is let in at once, and how long anything is waited for, seconds.

    connections: beside them `reserve` more are accepted, for a moment, to be told why not and to serve /metrics, /-/healthy and
    /-/ready. unread: octets of answers that may wait for slow readers, all together. head_s: until a request's head is complete.
    body_s: until a body is. idle_s: between two requests. read_s: until a reader takes on what waits for it. patience_s: so long a
    connection may have waited before it makes room for another, where there is none. reserve_head_s, reserve_patience_s: the same
    of a connection of the reserve. pause_s: so long nothing is accepted after the descriptors' end, unless a connection ends.
    reload_every_s: the configuration is read anew no more often. sweep_s: how often connections are looked at.
    """

    connections: int = 800
    connections_of_client: int = 100
    streams: int = 200
    streams_of_client: int = 40
    requests: int = 100
    requests_of_client: int = 32
    reserve: int = 16
    unread: int = 67_108_864
    head_s: float = 10.0
    reserve_head_s: float = 2.0
    body_s: float = 30.0
    idle_s: float = 75.0
    read_s: float = 30.0
    patience_s: float = 1.0
    reserve_patience_s: float = 0.05
    pause_s: float = 1.0
    reload_every_s: float = 2.0
    sweep_s: float = 0.5


def limits_for(files: int) -> Limits:
    """Return the limits of a process that may open so many files; of these it keeps 3 in 8 to itself, from 32 to 128."""
    left = files - min(max(files * 3 // 8, 32), 128)
    reserve = min(max(left // 10, 4), 16)
    connections = min(max(left - reserve, 8), 800)
    streams = min(connections * 2 // 3, 200)
    return Limits(
        connections=connections,
        connections_of_client=min(max(connections // 8, 16), 100),
        streams=streams,
        streams_of_client=min(max(streams // 5, 4), 40),
        reserve=reserve,
    )


@lru_cache(maxsize=4096)
def client_of(address: str | None) -> str:
    """Return what a source address counts as: itself, of IPv6 its /64, since one host has all of that; '' where there is none."""
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or ""
    if not isinstance(parsed, IPv6Address) or parsed.is_loopback:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"


def is_shared(client: str) -> bool:
    """Return whether many may stand behind a client, so that only the totals bind it."""
    return client in _SHARED


class Shortage(Enum):
    """What there is not enough of: room for anybody, or for this client; as HTTP's status."""

    TOTAL = 503
    CLIENT = 429


class NoRoomError(Exception):
    """Somebody can't be served now. status: 429 or 503."""

    def __init__(self, status: int, reason: Refusal, retry_after_s: int) -> None:
        super().__init__(reason.value)
        self.status = status
        self.reason = reason
        self.retry_after_s = retry_after_s


class Quota:
    """So many for all, so many for one client; what is held is never taken back for somebody new.

    One client may hold no more than what is left free, so that the last places go to those who hold least: whoever holds nothing
    gets in until the very last is taken.
    """

    def __init__(self, total: int, of_client: int) -> None:
        self.total = total
        self.of_client = of_client
        self.held = 0
        self._held: dict[str, int] = {}

    def acquire(self, client: str) -> Shortage | None:
        """Take a place, to be given back; or return what there is not enough of."""
        free, has = self.total - self.held, self._held.get(client, 0)
        if free <= 0:
            return Shortage.TOTAL
        if not is_shared(client) and has >= min(self.of_client, free):
            return Shortage.CLIENT
        self._held[client] = has + 1
        self.held += 1
        return None

    def would_acquire(self, client: str) -> bool:
        """Return whether only others stand in a client's way."""
        return is_shared(client) or self._held.get(client, 0) < self.of_client

    def give_back(self, client: str) -> None:
        self.held -= 1
        left = self._held[client] - 1
        if left:
            self._held[client] = left
        else:
            del self._held[client]


@dataclass(slots=True)
class Refusals:
    """Counts who was refused, and gathers a line a minute of it for the log: what, how often, whose."""

    total: dict[Refusal, int] = field(default_factory=lambda: dict.fromkeys(Refusal, 0))
    _untold: dict[tuple[Refusal, str], int] = field(default_factory=lambda: defaultdict(int))
    _told_s: float | None = None

    def note(self, reason: Refusal, client: str) -> None:
        self.total[reason] += 1
        known = (reason, client) in self._untold or len(self._untold) < _REMEMBERED
        self._untold[reason, client if known else "others"] += 1

    @property
    def has_untold(self) -> bool:
        return bool(self._untold)

    def line(self, now_s: float) -> str | None:
        """Return what was refused since the last line; None where nothing was, or the last line is younger than a minute."""
        if not self._untold or (self._told_s is not None and now_s - self._told_s < LINE_EVERY_S):
            return None
        self._told_s = now_s
        told = "; ".join(f"{count} {_WORDS[reason]} ({whose})" for reason, count, whose in self._by_reason())
        self._untold.clear()
        return f"refused or let go: {told}"

    def _by_reason(self) -> Iterator[tuple[Refusal, int, str]]:
        for reason in Refusal:
            clients = {client: count for (why, client), count in self._untold.items() if why is reason}
            if clients:
                most = sorted(clients, key=lambda client: -clients[client])
                named = [f"{clients[client]} of {client or 'no address'}" for client in most[:_TOLD_CLIENTS]]
                others = len(most) - _TOLD_CLIENTS
                yield reason, sum(clients.values()), ", ".join([*named, *([f"{others} clients more"] if others > 0 else [])])


_WORDS = {
    Refusal.CONNECTIONS: "connections beyond the limit for all",
    Refusal.CLIENT_CONNECTIONS: "connections beyond the limit for one client",
    Refusal.STREAMS: "event streams beyond the limit for all",
    Refusal.CLIENT_STREAMS: "event streams beyond the limit for one client",
    Refusal.REQUESTS: "requests beyond the limit for all",
    Refusal.CLIENT_REQUESTS: "requests beyond the limit for one client",
    Refusal.QUEUE: "requests before a full queue",
    Refusal.DESCRIPTORS: "connections for want of open files",
    Refusal.SLOW_HEAD: "connections whose request did not come in time",
    Refusal.SLOW_BODY: "requests whose body did not come in time",
    Refusal.SLOW_READER: "connections that did not take their answer in time",
    Refusal.MALFORMED: "requests that are no HTTP",
}


class Admission:
    """All of it in one hand: the limits, what is held, and who was refused."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.connections = Quota(limits.connections, limits.connections_of_client)
        self.streams = Quota(limits.streams, limits.streams_of_client)
        self.requests = Quota(limits.requests, limits.requests_of_client)
        self.refusals = Refusals()

    @contextmanager
    def request(self, client: str) -> Iterator[None]:
        """Hold a place for a request while it is worked on. Raises NoRoomError where there is none."""
        with self._place(self.requests, client, Refusal.REQUESTS, Refusal.CLIENT_REQUESTS, 1):
            yield

    @contextmanager
    def stream(self, client: str) -> Iterator[None]:
        """Hold a place for an event stream while it is open. Raises NoRoomError where there is none."""
        with self._place(self.streams, client, Refusal.STREAMS, Refusal.CLIENT_STREAMS, 10):
            yield

    @contextmanager
    def _place(self, quota: Quota, client: str, of_all: Refusal, of_client: Refusal, retry_after_s: int) -> Iterator[None]:
        shortage = quota.acquire(client)
        if shortage is not None:
            raise NoRoomError(shortage.value, of_all if shortage is Shortage.TOTAL else of_client, retry_after_s)
        try:
            yield
        finally:
            quota.give_back(client)
