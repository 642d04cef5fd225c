"""The WAN interface is the one that a technician would point at, and the same one each time."""

from __future__ import annotations

import itertools

import pytest

from monitor.rules.interfaces import InterfaceRow, choose_wan, interface_keys

ETHERNET, LOOPBACK, PPP, OTHER = 6, 24, 23, 1


def row(index: int, name: str, up: bool | None = True, *, kind: int = ETHERNET, alias: str = "", descr: str = "") -> InterfaceRow:
    return InterfaceRow(index, name, descr or name, alias, kind, up)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(1, "lo", kind=LOOPBACK), row(2, "eth0", False), row(3, "eth1")], "eth1"),
        ([row(1, "LAN", None), row(4, "WAN1", None), row(5, "WAN2", None)], "WAN1"),
        ([row(4, "WAN1", False), row(5, "WAN2"), row(1, "LAN")], "WAN2"),
        ([row(1, "LAN"), row(4, "wan1", False)], "wan1"),
        ([row(1, "ether2"), row(2, "bridge", kind=209), row(3, "ether1")], "ether1"),
        ([row(1, "ether10"), row(2, "ether1")], "ether1"),
        (
            [row(1, "NULL0", kind=OTHER), row(2, "InLoopBack0", kind=LOOPBACK), row(3, "GigabitEthernet0/0/0", False)],
            "GigabitEthernet0/0/0",
        ),
        (
            [row(1, "Gi0/0/1"), row(5, "Nu0", kind=OTHER), row(7, "Lo0", kind=LOOPBACK), row(9, "Gi0/0/0", alias="WAN VNPT")],
            "Gi0/0/0",
        ),
        ([row(1, "lan0"), row(2, "ppp0", kind=PPP, descr="pppoe-wan")], "ppp0"),
        ([row(1, "tun0", kind=131), row(2, "eth7")], "eth7"),
        (
            [row(4, "GigabitEthernet0/0/1", alias="Link to the switch"), row(7, "GigabitEthernet0/0/4", alias="* FTTH Link *")],
            "GigabitEthernet0/0/4",
        ),
        ([row(1, "Gi0/0/0", False, alias="WAN VNPT 50M"), row(2, "Gi0/0/1")], "Gi0/0/0"),
        (
            [row(2, "WAN Miniport (IP)"), row(9, "Realtek PCIe GbE"), row(5, "Realtek PCIe GbE-QoS Packet Scheduler-0000")],
            "Realtek PCIe GbE",
        ),
        ([row(1, "Taiwan"), row(2, "ether1")], "ether1"),
        ([row(1, "lo", kind=LOOPBACK)], None),
        ([], None),
    ],
)
def test_without_a_pattern_the_wan_interface_is(rows: list[InterfaceRow], expected: str | None) -> None:
    for order in itertools.islice(itertools.permutations(rows), 24):
        chosen = choose_wan(order, None)
        assert expected == (chosen and chosen.name)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("^eth1$", "eth1"), ("VNPT", "eth2"), ("Quad", "eth3"), ("eth[13]", "eth3"), ("nothing", None), ("^lo$", "lo")],
)
def test_a_pattern_is_sought_in_name_alias_and_descr_and_nothing_is_guessed_beside_it(pattern: str, expected: str | None) -> None:
    rows = [
        row(1, "lo", kind=LOOPBACK),
        row(2, "eth1", False),
        row(3, "eth2", alias="VNPT 50M"),
        row(4, "eth3", descr="Quad port 3"),
    ]
    chosen = choose_wan(rows, pattern)
    assert expected == (chosen and chosen.name)


def test_an_interface_is_known_by_ifname_then_ifdescr_then_ifindex_and_only_once() -> None:
    rows = [
        InterfaceRow(3, "", "WAN1"),
        InterfaceRow(4),
        InterfaceRow(1, "ge0", "Gigabit"),
        InterfaceRow(9, "ge0"),
        InterfaceRow(8, "ge0"),
    ]
    assert {1: "ge0", 3: "WAN1", 4: "if4", 8: "ge0#8", 9: "ge0#9"} == interface_keys(rows)
