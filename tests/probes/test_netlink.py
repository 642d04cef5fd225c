"""What is known of the link that our packets leave by."""

from __future__ import annotations

from monitor.model.settings import LAB_INTERFACE
from monitor.probes.netlink import OwnLink

from .fake_network import FakeNetwork, on_network
from .test_guard import _ip


def test_loopback_has_a_carrier() -> None:
    assert ("lo", True) == OwnLink(["127.0.0.1"]).look()


def test_of_names_alone_nothing_can_be_told() -> None:
    assert ("", None) == OwnLink(["router.example"]).look()


def test_a_cable_that_is_pulled_and_plugged_again_is_seen() -> None:
    async def body(network: FakeNetwork) -> None:
        link = OwnLink(["router.example", "192.0.2.1", "10.2.17.1"])
        assert (LAB_INTERFACE, True) == link.look()
        network.tun.set_carrier(False)
        assert (LAB_INTERFACE, False) == link.look()
        network.tun.set_carrier(True)
        assert (LAB_INTERFACE, True) == link.look()

    on_network(body)


def test_a_link_that_goes_down_takes_its_route_along_and_is_remembered() -> None:
    async def body(_network: FakeNetwork) -> None:
        link = OwnLink(["10.2.17.1"])
        assert (LAB_INTERFACE, True) == link.look()
        _ip(f"link set {LAB_INTERFACE} down")
        assert (LAB_INTERFACE, False) == link.look()

    on_network(body)


def test_a_link_that_is_gone_has_no_carrier() -> None:
    async def body(network: FakeNetwork) -> None:
        _ip("link add eth9 type veth peer name eth10")
        _ip("link set eth10 up")
        _ip("link set eth9 up")
        _ip("route add 192.0.2.0/24 dev eth9")
        link = OwnLink(["192.0.2.1"])
        assert ("eth9", True) == link.look()
        _ip("link del eth9")
        assert ("", False) == link.look()

    on_network(body)
