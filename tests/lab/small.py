"""A province in code, for tests of the lab's pure parts: goc - huyen - xa, each 10 ms further, and an endpoint at xa."""

from ipaddress import ip_address

from monitor.lab.province import Province
from monitor.model.inventory import AddressMode, Contracted, Inventory, Kind, Network, Target
from monitor.model.scenario import LinkSettings, Scenario
from monitor.model.settings import Credential

OWN = "10.255.255.1"
NOON = 1_795_500_000.0
COMMUNITY = b"lab"
CREDENTIALS = {"wan": Credential("wan", "2c", community="lab")}
QUIET = (("all", LinkSettings(delay_s=0.01, jitter_s=0.0, loss_ratio=0.0, mtu=1500)),)


def target(name: str, address: str, *parents: str, kind: Kind = Kind.POINT) -> Target:
    contracted = Contracted(20_000_000, 10_000_000)
    return Target(name, kind, name, name, address, "commune", "khu", parents, credential="wan", contracted=contracted)


def inventory() -> Inventory:
    targets = (
        target("goc", "10.0.0.1"),
        target("huyen", "10.1.0.1", "goc"),
        target("huyen-khac", "10.2.0.1", "goc"),
        target("xa", "10.1.1.1", "huyen"),
        target("xa-doi", "10.3.0.1", "huyen", "huyen-khac"),
        target("dc-xa", "10.1.1.20", "xa", kind=Kind.ENDPOINT),
    )
    return Inventory(Network("thử", AddressMode.LAB), ("commune",), {}, {each.id: each for each in targets}, "goc")


class Clock:
    """The lab's clock, moved by hand."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> float:
        return self.at


def province(clock: Clock, scenario: Scenario | None = None) -> Province:
    return Province(inventory(), CREDENTIALS, scenario or Scenario(links=QUIET), clock)


def packed(address: str) -> bytes:
    return ip_address(address).packed
