"""The province's gatekeeper, as a datagram reaches it."""

from dataclasses import replace

import pytest

from monitor.lab.emulator import Emulator
from monitor.lab.faults import LabFault
from monitor.lab.packet import parse_packet, udp
from monitor.lab.province import Province
from monitor.model.inventory import H323Access, Inventory
from monitor.model.scenario import Scenario
from monitor.wire.h323 import GatekeeperAnswer, GatekeeperAnswerKind, location_request, read_gatekeeper_answer
from tests.lab.small import CREDENTIALS, NOON, OWN, QUIET, Clock, inventory, packed
from tests.wire.gatekeeper_requests import RAS_PORT, gatekeeper_request

GATEKEEPER = "10.0.0.9"
MONITOR = (OWN, 40_000)


def with_alias() -> Inventory:
    known = inventory()
    endpoint = replace(known.targets["dc-xa"], h323=H323Access("0243826"))
    return replace(known, targets={**known.targets, "dc-xa": endpoint})


@pytest.fixture
def small() -> Province:
    return Province(with_alias(), CREDENTIALS, Scenario(links=QUIET), Clock(), (GATEKEEPER, RAS_PORT))


def answer(small: Province, request: bytes, address: str = GATEKEEPER) -> GatekeeperAnswer | None:
    """Return what a gatekeeper says, None where nothing comes back."""
    emulator = Emulator(small, seed=1)
    replies = emulator.answer(udp(packed(OWN), packed(address), 40_000, RAS_PORT, request), NOON)
    if not replies:
        return None
    packet = parse_packet(replies[0].packet)
    assert packet is not None
    assert (packed(address), packed(OWN)) == (packet.source, packet.destination)
    return read_gatekeeper_answer(packet.payload[8:])


def test_it_tells_where_a_registered_alias_is_called(small: Province) -> None:
    expected = GatekeeperAnswer(GatekeeperAnswerKind.LOCATION_CONFIRM, 7, signalling=("10.1.1.20", 1720))
    assert expected == answer(small, location_request(7, "0243826", MONITOR))


def test_it_knows_neither_a_strange_alias_nor_an_endpoint_that_has_lost_its_registration(small: Province) -> None:
    unknown = GatekeeperAnswer(GatekeeperAnswerKind.LOCATION_REJECT, 7, "notRegistered")
    assert unknown == answer(small, location_request(7, "999", MONITOR))
    small.apply([LabFault(1, "unregistered", ("dc-xa",), {}, NOON)])
    assert unknown == answer(small, location_request(7, "0243826", MONITOR))


def test_it_says_that_it_is_a_gatekeeper(small: Province) -> None:
    assert GatekeeperAnswer(GatekeeperAnswerKind.GATEKEEPER_CONFIRM, 9) == answer(small, gatekeeper_request(9, MONITOR))


def test_what_it_can_not_read_is_met_with_silence_and_so_is_all_while_it_is_deaf(small: Province) -> None:
    assert answer(small, b"rubbish") is None
    small.apply([LabFault(1, "signalling-deaf", ("goc",), {}, NOON)])
    assert answer(small, gatekeeper_request(9, MONITOR)) is None


def test_it_may_be_at_a_targets_own_address() -> None:
    home = Province(with_alias(), CREDENTIALS, Scenario(links=QUIET), Clock(), ("10.1.0.1", RAS_PORT))
    assert GatekeeperAnswer(GatekeeperAnswerKind.GATEKEEPER_CONFIRM, 9) == answer(home, gatekeeper_request(9, MONITOR), "10.1.0.1")
    assert "huyen" == home.ids_by_address[packed("10.1.0.1")]
