"""The TUN device that plays every address of the province: its links, addresses and routes, by ioctl (netdevice(7), tun.c)."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import ipaddress
import os
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.errors import SetupError, reason_of
from monitor.model.settings import LAB_INTERFACE

OWN_ADDRESS = "10.255.255.1"
OWN_ADDRESS_V6 = "fd00::aff:ff01"
"""The monitor's own addresses in the lab; no target may have them."""

NETWORKS = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))
"""What is routed to the lab besides the inventory's addresses."""

_DEVICE = "/dev/net/tun"
_QUEUE = 16_384
"""Packets that wait for the emulator: 500, the default, is less than one burst over the province."""

_SIOCADDRT = 0x890B
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_SIOCSIFADDR = 0x8916
_SIOCSIFNETMASK = 0x891C
_SIOCGIFINDEX = 0x8933
_TUNSETIFF = 0x400454CA
_TUNSETCARRIER = 0x400454E2
_IFF_TUN = 0x0001
_IFF_NO_PI = 0x1000
_IFF_UP = 0x1
_RTM_NEWLINK = 16
_NLM_F_REQUEST = 0x001
_NLM_F_ACK = 0x004
_NLMSG_ERROR = 2
_IFLA_TXQLEN = 13
_RTF_UP = 0x1
_RTF_HOST = 0x4

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Tun:
    """An open TUN device. descriptor: non-blocking; every read is one IP packet, every write too."""

    descriptor: int

    def read_batch(self, limit: int = 256) -> list[bytes]:
        """Return the packets that wait, at most `limit`; [] where none does."""
        packets: list[bytes] = []
        with contextlib.suppress(BlockingIOError):
            while len(packets) < limit:
                packets.append(os.read(self.descriptor, 65_536))
        return packets

    def write(self, packet: bytes) -> None:
        """Hand one packet to the kernel; a link that is down swallows it."""
        with contextlib.suppress(OSError):
            os.write(self.descriptor, packet)

    def set_carrier(self, on: bool) -> None:
        """Plug the monitor's own cable in or out, as the kernel sees it (IFF_RUNNING)."""
        fcntl.ioctl(self.descriptor, _TUNSETCARRIER, struct.pack("i", int(on)))

    def close(self) -> None:
        os.close(self.descriptor)


def open_tun(addresses: Iterable[str]) -> Tun:
    """Return the lab's TUN device, up, with the monitor's own addresses and routes to NETWORKS and to all `addresses`.

    Only call it in a namespace of the lab's own. Raises SetupError where the machine has no TUN device or permits none.
    """
    tun = bare_tun()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFADDR, _request(_ipv4(OWN_ADDRESS)))
        fcntl.ioctl(control, _SIOCSIFNETMASK, _request(_ipv4("255.255.255.255")))
    _set_up_ipv6()
    for network in (*NETWORKS, *outside_networks(addresses)):
        _add_route(network)
    return tun


def bare_tun() -> Tun:
    """Return a TUN device in the calling thread's namespace, up like lo, without an address or a route.

    Raises SetupError where the machine has no TUN device or permits none.
    """
    try:
        descriptor = os.open(_DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(descriptor, _TUNSETIFF, _request(struct.pack("=H", _IFF_TUN | _IFF_NO_PI)))
    except OSError as error:
        raise SetupError("no_tun", device=_DEVICE, reason=reason_of(error)) from error
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        _set_up(control, "lo")
        _lengthen_queue(_index(control))
        _set_up(control, LAB_INTERFACE)
    return Tun(descriptor)


def outside_networks(addresses: Iterable[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return a host route for each address that NETWORKS do not cover."""
    parsed = {ipaddress.ip_address(address) for address in addresses}
    return [ipaddress.ip_network(address) for address in parsed if not any(address in network for network in NETWORKS)]


def _request(content: bytes, name: str = LAB_INTERFACE) -> bytes:
    """Return a struct ifreq."""
    return struct.pack("16s24s", name.encode(), content)


def _ipv4(address: str) -> bytes:
    """Return a struct sockaddr_in."""
    return struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))


def _set_up(control: socket.socket, name: str) -> None:
    answer = fcntl.ioctl(control, _SIOCGIFFLAGS, _request(b"", name))
    (flags,) = struct.unpack_from("=H", answer, 16)
    fcntl.ioctl(control, _SIOCSIFFLAGS, _request(struct.pack("=H", flags | _IFF_UP), name))


def _index(control: socket.socket) -> int:
    answer = fcntl.ioctl(control, _SIOCGIFINDEX, _request(b""))
    (index,) = struct.unpack_from("=i", answer, 16)
    return int(index)


def _lengthen_queue(index: int) -> None:
    """Let _QUEUE packets wait in the device; by rtnetlink(7), since the ioctl is refused to a user namespace's root."""
    link = struct.pack("=BxHiII", socket.AF_UNSPEC, 0, index, 0, 0)
    tell_kernel(_RTM_NEWLINK, 0, link + struct.pack("=HHI", 8, _IFLA_TXQLEN, _QUEUE))


def tell_kernel(kind: int, flags: int, message: bytes) -> int:
    """Send a request by rtnetlink(7) and return the errno of its acknowledgement, 0 where it was done."""
    head = struct.pack("=IHHII", 16 + len(message), kind, _NLM_F_REQUEST | _NLM_F_ACK | flags, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as channel:
        channel.sendto(head + message, (0, 0))
        _, told, _, _, _, number = struct.unpack_from("=IHHIIi", channel.recv(4096))
    return -number if told == _NLMSG_ERROR else 0


def _set_up_ipv6() -> None:
    """Give the device its IPv6 address; a kernel without IPv6 goes without."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
        address = socket.inet_pton(socket.AF_INET6, OWN_ADDRESS_V6)
        fcntl.ioctl(control, _SIOCSIFADDR, struct.pack("=16sIi", address, 128, _index(control)))


def _add_route(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> None:
    if isinstance(network, ipaddress.IPv6Network):
        _add_ipv6_route(network)
        return
    flags = _RTF_UP | (_RTF_HOST if network.prefixlen == 32 else 0)
    # struct rtentry (route.h); rt_dev is a pointer, so the name has to stay alive through the call.
    name = ctypes.create_string_buffer(LAB_INTERFACE.encode())
    places = (_ipv4(str(network.network_address)), _ipv4("0.0.0.0"), _ipv4(str(network.netmask)))
    entry = struct.pack("@L16s16s16sHhLPhPLLH", 0, *places, flags, 0, 0, 0, 0, ctypes.addressof(name), 0, 0, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCADDRT, entry)


def _add_ipv6_route(network: ipaddress.IPv6Network) -> None:
    """Route an IPv6 network to the device (struct in6_rtmsg); a kernel without IPv6 goes without."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
        places = (network.network_address.packed, bytes(16), bytes(16))
        message = struct.pack("@16s16s16sIHHILIi", *places, 0, network.prefixlen, 0, 1, 0, _RTF_UP, _index(control))
        fcntl.ioctl(control, _SIOCADDRT, message)
