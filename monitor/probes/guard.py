"""The one guard that every command passes before it opens a socket: the lab's addresses are polled in the lab and nowhere else."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from monitor.errors import SetupError
from monitor.model.inventory import AddressMode
from monitor.model.settings import LAB_INTERFACE
from monitor.probes.netlink import Link, Netlink
from monitor.words.phrase import Phrase

_CURE = Phrase("enter_lab")
_LAB_KIND = "tun"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def ensure_permitted(mode: AddressMode, addresses: Iterable[str]) -> None:
    """Return where everything may be probed from here, else raise SetupError that says what to do; nothing is sent.

    In production mode everything may. In lab mode each address must be a loopback one, or the kernel must route it over the lab's
    TUN device, beside which no link but lo may be up: so that even a fault elsewhere reaches no real network.
    """
    if mode is AddressMode.PRODUCTION:
        return
    parsed = _parsed(addresses)
    with Netlink() as netlink:
        links = netlink.links()
        for address in parsed:
            _ensure_stays_inside(address, links.get(netlink.way(address) or 0))
    if not all(address.is_loopback for address in parsed):
        _ensure_alone(links.values())


def _parsed(addresses: Iterable[str]) -> list[Address]:
    parsed: list[Address] = []
    for text in dict.fromkeys(addresses):
        try:
            parsed.append(ipaddress.ip_address(text))
        except ValueError:
            raise SetupError("guard_name", _CURE, text=text) from None
    return parsed


def _ensure_stays_inside(address: Address, link: Link | None) -> None:
    if link is None:
        raise SetupError("guard_no_route", _CURE, address=address, interface=LAB_INTERFACE)
    permitted = link.name == "lo" if address.is_loopback else link.name == LAB_INTERFACE and link.kind == _LAB_KIND
    if not permitted:
        raise SetupError("guard_leaves", _CURE, address=address, link=link.name, interface=LAB_INTERFACE)


def _ensure_alone(links: Iterable[Link]) -> None:
    strangers = sorted(link.name for link in links if link.is_up and link.name not in ("lo", LAB_INTERFACE))
    if strangers:
        raise SetupError("guard_strangers", _CURE, interface=LAB_INTERFACE, links=tuple(strangers))
