"""A second network inside the lab, in which this machine's kernel is every host at once and ends their TCP connections.

It is a network namespace with lo and one TUN device. All of the lab's addresses are local to it (AnyIP), so that one listener
answers for every host, and getsockname() tells for which; the monitor's own addresses lie behind the TUN device, and nothing else
does. The pump carries segments to and fro, and decides of each, as of all else, whether it arrives.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from monitor.errors import SetupError, reason_of
from monitor.lab.namespace import unshare_thread_network
from monitor.lab.tun import NETWORKS, OWN_ADDRESS, OWN_ADDRESS_V6, Tun, bare_tun, outside_networks, tell_kernel
from monitor.model.settings import LAB_INTERFACE
from monitor.words.phrase import Phrase

_BACKLOG = 1024

_RTM_NEWROUTE = 24
"""This and what follows: rtnetlink(7)."""
_NLM_F_CREATE = 0x400
_RTA_DST = 1
_RTA_OIF = 4
_RT_TABLE_LOCAL = 255
_RTPROT_STATIC = 4
_RT_SCOPE_LINK = 253
_RT_SCOPE_HOST = 254
_RTN_UNICAST = 1
_RTN_LOCAL = 2

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class InnerNetwork:
    """An open inner network. tun: what is written to it reaches the hosts, what is read from it they say.

    listeners: port → listening sockets, non-blocking, one of IPv4 and, where the kernel has it, one of IPv6.
    """

    tun: Tun
    listeners: Mapping[int, tuple[socket.socket, ...]]

    def close(self) -> None:
        """Close the listeners and remove the device; with the last connection the network is gone."""
        for listeners in self.listeners.values():
            for each in listeners:
                each.close()
        self.tun.close()


def open_inner(addresses: Iterable[str], ports: Iterable[int]) -> InnerNetwork:
    """Return an inner network whose hosts listen on these TCP ports; only call it in the lab's own namespace.

    A thread enters the new namespace, opens everything and ends: what was opened stays there, the process stays outside.
    Raises SetupError where the machine does not permit it.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="inner") as pool:
        return pool.submit(_open, tuple(addresses), tuple(ports)).result()


def _open(addresses: tuple[str, ...], ports: tuple[int, ...]) -> InnerNetwork:
    unshare_thread_network()
    tun = bare_tun()
    try:
        lo, device = socket.if_nametoindex("lo"), socket.if_nametoindex(LAB_INTERFACE)
        for network in (*NETWORKS, *outside_networks(addresses)):
            _add_route(network, _RTN_LOCAL, _RT_SCOPE_HOST, lo)
        for own in (OWN_ADDRESS, OWN_ADDRESS_V6):
            _add_route(ip_network(own), _RTN_UNICAST, _RT_SCOPE_LINK, device)
        return InnerNetwork(tun, {port: _listeners(port) for port in ports})
    except OSError as error:
        tun.close()
        raise SetupError("no_tcp", Phrase("root_or_loopback"), reason=reason_of(error)) from error


def _add_route(network: Network, kind: int, scope: int, device: int) -> None:
    """Add a route to the table `local`, which is asked before all others: there the narrower one wins.

    A kernel without IPv6 goes without. Raises OSError.
    """
    family = socket.AF_INET if network.version == 4 else socket.AF_INET6
    message = struct.pack("=BBBBBBBBI", family, network.prefixlen, 0, 0, _RT_TABLE_LOCAL, _RTPROT_STATIC, scope, kind, 0)
    message += _attribute(_RTA_DST, network.network_address.packed) + _attribute(_RTA_OIF, struct.pack("=I", device))
    number = tell_kernel(_RTM_NEWROUTE, _NLM_F_CREATE, message)
    if number and family == socket.AF_INET:
        raise OSError(number, os.strerror(number), str(network))


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def _listeners(port: int) -> tuple[socket.socket, ...]:
    listeners = [_listener(socket.AF_INET, "0.0.0.0", port)]
    with contextlib.suppress(OSError):
        listeners.append(_listener(socket.AF_INET6, "::", port))
    return tuple(listeners)


def _listener(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
