"""The guard lets the lab's addresses be probed in the lab and nowhere else."""

from __future__ import annotations

import subprocess

import pytest

from monitor.errors import SetupError
from monitor.model.inventory import AddressMode
from monitor.model.settings import LAB_INTERFACE
from monitor.probes.guard import ensure_permitted

from .fake_network import FakeNetwork, on_network

LOOPBACK = ["127.0.0.1", "127.250.3.4", "::1"]


def test_loopback_addresses_are_permitted_anywhere() -> None:
    ensure_permitted(AddressMode.LAB, LOOPBACK)


def test_production_permits_everything() -> None:
    ensure_permitted(AddressMode.PRODUCTION, ["10.0.0.1", "router.example", "2001:db8::1"])


def test_a_lab_address_outside_the_lab_is_refused_with_what_to_do() -> None:
    with pytest.raises(SetupError, match=r"10\.2\.17\.1 .*lab0; run `monitor demo`.*monitor lab exec.*addresses: production"):
        ensure_permitted(AddressMode.LAB, [*LOOPBACK, "10.2.17.1"])


def test_a_name_is_refused_as_nobody_knows_where_it_leads() -> None:
    with pytest.raises(SetupError, match=r"'router\.example' is a name"):
        ensure_permitted(AddressMode.LAB, ["router.example"])


@pytest.mark.parametrize("address", ["0.0.0.0", "255.255.255.255", "::", "::ffff:10.2.17.1"])
def test_no_odd_spelling_slips_through(address: str) -> None:
    with pytest.raises(SetupError):
        ensure_permitted(AddressMode.LAB, [address])


def test_ten_thousand_addresses_are_asked_for_one_by_one() -> None:
    ensure_permitted(AddressMode.LAB, (f"127.1.{number // 250}.{number % 250 + 1}" for number in range(10_000)))


def test_in_the_lab_its_addresses_are_permitted_and_others_are_not() -> None:
    async def body(_network: FakeNetwork) -> None:
        ensure_permitted(AddressMode.LAB, ["10.2.17.1", "10.255.0.1", "fd00::1", *LOOPBACK])
        with pytest.raises(SetupError, match=r"192\.0\.2\.1 has no route here"):
            ensure_permitted(AddressMode.LAB, ["10.2.17.1", "192.0.2.1"])
        with pytest.raises(SetupError, match=r"10\.255\.255\.1 would leave by lo"):
            ensure_permitted(AddressMode.LAB, ["10.255.255.1"])

    on_network(body)


def test_another_link_that_is_up_is_refused_even_beside_the_lab() -> None:
    async def body(_network: FakeNetwork) -> None:
        _ip("link add eth9 type veth peer name eth10")
        ensure_permitted(AddressMode.LAB, ["10.2.17.1"])
        _ip("link set eth9 up")
        with pytest.raises(SetupError, match="eth9 is"):
            ensure_permitted(AddressMode.LAB, ["10.2.17.1"])
        ensure_permitted(AddressMode.LAB, LOOPBACK)

    on_network(body)


def test_a_route_by_another_link_is_refused() -> None:
    async def body(_network: FakeNetwork) -> None:
        _ip("link add eth9 type veth peer name eth10")
        _ip("link set eth9 up")
        _ip("route add 10.3.0.0/16 dev eth9")
        with pytest.raises(SetupError, match=r"10\.3\.0\.1 would leave by eth9"):
            ensure_permitted(AddressMode.LAB, ["10.2.17.1", "10.3.0.1"])

    on_network(body)


def test_a_real_link_that_only_bears_the_labs_name_is_refused() -> None:
    async def body(network: FakeNetwork) -> None:
        _ip(f"link set {LAB_INTERFACE} down")
        _ip(f"link set {LAB_INTERFACE} name formerly")
        _ip(f"link add {LAB_INTERFACE} type veth peer name eth10")
        _ip(f"link set {LAB_INTERFACE} up")
        _ip(f"route replace 10.0.0.0/8 dev {LAB_INTERFACE}")
        with pytest.raises(SetupError, match=r"10\.2\.17\.1 would leave by lab0"):
            ensure_permitted(AddressMode.LAB, ["10.2.17.1"])

    on_network(body)


def _ip(command: str) -> None:
    """Run iproute2 in this thread's namespace."""
    subprocess.run(["ip", *command.split()], check=True)
