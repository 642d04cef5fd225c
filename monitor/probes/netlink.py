"""What the kernel says of links and routes over rtnetlink (rtnetlink(7)), and whether the link that we send by has a carrier.

Nothing is sent on any network. A carrier is evidence on our own side, without which nobody is 'blind'.
"""

from __future__ import annotations

import ipaddress
import itertools
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.errors import SetupError, reason_of
from monitor.probes.kernel import FAMILIES

# linux/netlink.h, linux/rtnetlink.h, linux/if_link.h
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_RTM_NEWLINK = 16
_RTM_GETLINK = 18
_RTM_NEWROUTE = 24
_RTM_GETROUTE = 26
_NLM_F_REQUEST = 0x1
_NLM_F_DUMP = 0x300
_IFLA_IFNAME = 3
_IFLA_LINKINFO = 18
_IFLA_CARRIER = 33
_IFLA_INFO_KIND = 1
_RTA_DST = 1
_RTA_OIF = 4
_RTN_UNICAST = 1
_RTN_LOCAL = 2
_IFF_UP = 0x1
_ATTRIBUTE_TYPE = 0x3FFF
_HEADER = struct.Struct("@IHHII")
_LINK = struct.Struct("@BxHiII")
_ROUTE = struct.Struct("@BBBBBBBBI")
_ATTRIBUTE = struct.Struct("@HH")
_BUFFER_BYTES = 1 << 18
_ENOUGH_ADDRESSES = 8


@dataclass(frozen=True, slots=True)
class Link:
    """A network interface. kind: such as 'tun', 'veth', '' for real cards and lo. has_carrier: None where the kernel tells none."""

    name: str
    kind: str
    is_up: bool
    has_carrier: bool | None


class Netlink:
    """A conversation with the kernel's routing side in this network namespace; a context manager."""

    def __init__(self) -> None:
        """Open it. Raises SetupError where the kernel permits none."""
        try:
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        except OSError as error:
            raise SetupError("netlink_refused", reason=reason_of(error)) from error
        self._socket.settimeout(5.0)
        self._sequence = 0

    def __enter__(self) -> Netlink:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def links(self) -> dict[int, Link]:
        """Return every interface of this namespace by its index."""
        found: dict[int, Link] = {}
        self._ask(_RTM_GETLINK, _NLM_F_DUMP, _LINK.pack(socket.AF_UNSPEC, 0, 0, 0, 0))
        for body in self._answers(_RTM_NEWLINK):
            _, _, index, flags, _ = _LINK.unpack_from(body)
            attributes = dict(_attributes(body[_LINK.size :]))
            information = dict(_attributes(attributes.get(_IFLA_LINKINFO, b"")))
            carrier = attributes.get(_IFLA_CARRIER)
            found[index] = Link(
                _text(attributes.get(_IFLA_IFNAME, b"")),
                _text(information.get(_IFLA_INFO_KIND, b"")),
                bool(flags & _IFF_UP),
                bool(carrier[0]) if carrier else None,
            )
        return found

    def way(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int | None:
        """Return the index of the interface that a packet to address would leave by; None where there is no route."""
        family = FAMILIES[address.version]
        packed = address.packed
        body = _ROUTE.pack(family, len(packed) * 8, 0, 0, 0, 0, 0, 0, 0)
        self._ask(_RTM_GETROUTE, 0, body + _ATTRIBUTE.pack(_ATTRIBUTE.size + len(packed), _RTA_DST) + packed)
        try:
            answer = next(self._answers(_RTM_NEWROUTE, single=True), None)
        except OSError:
            return None
        if answer is None or _ROUTE.unpack_from(answer)[7] not in (_RTN_UNICAST, _RTN_LOCAL):
            return None
        out = dict(_attributes(answer[_ROUTE.size :])).get(_RTA_OIF)
        return int(struct.unpack("@I", out)[0]) if out else None

    def _ask(self, kind: int, flags: int, body: bytes) -> None:
        self._sequence += 1
        header = _HEADER.pack(_HEADER.size + len(body), kind, _NLM_F_REQUEST | flags, self._sequence, 0)
        self._socket.send(header + body)

    def _answers(self, wanted: int, *, single: bool = False) -> Iterator[bytes]:
        """Yield the bodies of what was asked for. Raises OSError with the kernel's errno."""
        while True:
            data = self._socket.recv(_BUFFER_BYTES)
            while len(data) >= _HEADER.size:
                length, kind, _, sequence, _ = _HEADER.unpack_from(data)
                body, data = data[_HEADER.size : length], data[(length + 3) & ~3 :]
                if sequence != self._sequence:
                    continue
                if kind == _NLMSG_ERROR:
                    number = -struct.unpack_from("@i", body)[0]
                    raise OSError(number, os.strerror(number))
                if kind == _NLMSG_DONE:
                    return
                if kind == wanted:
                    yield body
            if single:
                return


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(data)
        if length < _ATTRIBUTE.size:
            return
        yield kind & _ATTRIBUTE_TYPE, data[_ATTRIBUTE.size : length]
        data = data[(length + 3) & ~3 :]


def _text(value: bytes) -> str:
    return value.split(b"\0", 1)[0].decode(errors="replace")


class OwnLink:
    """Watches the link that routes to some of the targets.

    addresses: the root's first; names are left out, and a few literal ones are enough. The first one that has a route decides, and
    the link that it had is remembered, since the route goes with the link.
    """

    def __init__(self, addresses: Iterable[str]) -> None:
        literals = (literal for address in addresses if (literal := _literal(address)))
        self._addresses = list(itertools.islice(literals, _ENOUGH_ADDRESSES))
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
        if self._remembered is None:
            return "", None
        link = links.get(self._remembered)
        if link is None:
            return "", False
        return link.name, link.has_carrier if link.is_up else False


def _literal(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
