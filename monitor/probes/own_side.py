"""The link that our packets leave by, and whether it has a carrier: evidence on our own side, without which nobody is 'blind'."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterable

from monitor.errors import SetupError
from monitor.probes.netlink import Link, Netlink

_ENOUGH = 8


class OwnLink:
    """Watches the link that routes to some of the targets.

    addresses: the root's first; names are left out, and a few literal ones are enough. The first one that has a route decides, and
    the link that it had is remembered, since the route goes with the link.
    """

    def __init__(self, addresses: Iterable[str]) -> None:
        literals = (literal for address in addresses if (literal := _literal(address)))
        self._addresses = list(itertools.islice(literals, _ENOUGH))
        self._remembered: int | None = None

    def look(self) -> tuple[str, bool | None]:
        """Return the link's name and its carrier: False where it is down, unplugged or gone, ('', None) where it can't be told."""
        try:
            with Netlink() as netlink:
                links = netlink.links()
                ways = (netlink.way(address) for address in self._addresses)
                index = next((way for way in ways if way), None)
        except (SetupError, OSError):
            return "", None
        if index is not None:
            self._remembered = index
        return _state(links.get(self._remembered) if self._remembered else None, known=self._remembered is not None)


def _literal(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _state(link: Link | None, *, known: bool) -> tuple[str, bool | None]:
    if link is None:
        return "", False if known else None
    if not link.is_up:
        return link.name, False
    return link.name, link.has_carrier
