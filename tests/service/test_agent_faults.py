"""Agents that misbehave are named once when they begin and once when they stop, and never without bound."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from monitor.model.agent_fault import AgentFault, FaultKind, Unsolicited
from monitor.model.inventory import Target
from monitor.model.reading import Outcome, Reading, SnmpSample
from monitor.model.state import Event
from monitor.service.agent_faults import CLEAN_TO_END, LAPSE_S, MOST_AN_HOUR, MOST_AT_ONCE, QUIET_S, AgentFaults
from tests.service.province import inventory, point
from tests.told import sentence

LOOPS = AgentFault(FaultKind.LOOPS, {"oid": "1.3.1", "after": "1.3.2"})
WRONG_ID = AgentFault(FaultKind.WRONG_ID, {"asked": 7, "answered": 9})
EVERY_S = 60.0


def addressed(name: str, at: int) -> Target:
    return replace(point(name), address=f"10.0.{at // 250}.{at % 250 + 1}")


@dataclass
class Desk:
    """Complaints about a few points, and their clock."""

    names: tuple[str, ...] = ("a", "b")
    now_s: float = 0.0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inventory = inventory([addressed(name, at) for at, name in enumerate(self.names)])
        self.complaints = AgentFaults(self.inventory)

    def poll(self, target: str, agent_fault: AgentFault | None = None, outcome: Outcome = Outcome.OK, engine_id: str = "") -> None:
        """Take one poll and look, an interval later."""
        self.now_s += EVERY_S
        sample = SnmpSample("generic", engine_id=engine_id) if outcome is Outcome.OK else None
        reading = Reading(target, "snmp", self.now_s, outcome, snmp=sample, agent_fault=agent_fault)
        self.complaints.record_poll(reading, self.now_s, self.now_s)
        self.look()

    def unsolicited(self, *unsolicited: Unsolicited, after_s: float = 1.0) -> None:
        """Take a second's strays and look."""
        self.now_s += after_s
        self.complaints.record_unsolicited(unsolicited, after_s, self.now_s, self.now_s)
        self.look()

    def look(self) -> None:
        self.events += self.complaints.look(self.now_s, self.now_s)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(event.kind, event.target) for event in self.events]


def test_it_is_told_when_it_was_seen_twice_and_not_again_at_each_poll() -> None:
    desk = Desk()
    desk.poll("a", LOOPS)
    assert [] == desk.told, "one datagram may have been bent"
    for _ in range(50):
        desk.poll("a", LOOPS)
    assert [("misbehaves", "a")] == desk.told
    assert "a: walk of the agent does not end: OID did not increase (1.3.1 after 1.3.2)" == sentence(desk.events[0])
    assert {"a": (LOOPS,)} == desk.complaints.open


def test_it_ends_after_three_good_polls_in_a_row() -> None:
    desk = Desk()
    for _ in range(3):
        desk.poll("a", LOOPS)
    for agent_fault in (None, None, LOOPS, None, None, None):
        desk.poll("a", agent_fault)
    assert [("misbehaves", "a"), ("behaves", "a")] == desk.told
    assert sentence(desk.events[1]).startswith("a: no longer: walk of the agent does not end: ")
    assert {} == desk.complaints.open


def test_silence_is_no_proof_of_good_behaviour() -> None:
    desk = Desk()
    for agent_fault in (LOOPS, LOOPS, None, None, None, None):
        desk.poll("a", agent_fault, Outcome.TIMEOUT)
    assert [("misbehaves", "a")] == desk.told


def test_who_is_not_seen_for_an_hour_is_no_longer_complained_of() -> None:
    desk = Desk()
    for _ in range(2):
        desk.poll("a", WRONG_ID, Outcome.MALFORMED)
    desk.now_s += LAPSE_S
    desk.look()
    desk.now_s += 1
    desk.look()
    assert [("misbehaves", "a"), ("behaves", "a")] == desk.told
    assert sentence(desk.events[1]).startswith("a: not seen for an hour: agent answers with a wrong request-id (7 answered with 9)")


def test_a_flood_is_named_by_its_source_and_ends_with_it() -> None:
    desk = Desk()
    for _ in range(5):
        desk.unsolicited(
            Unsolicited("10.0.0.2", "garbage", 900),
            Unsolicited("10.0.0.2", "unasked", 100),
            Unsolicited("192.0.2.1", "garbage", 9999),
        )
    assert [("misbehaves", "b")] == desk.told
    assert "b: agent sends 1000 datagrams a second that nobody asked for" == sentence(desk.events[0])
    desk.poll("b")
    assert 1 == len(desk.events), "a poll that is answered says nothing of a flood"
    desk.unsolicited(after_s=QUIET_S + 1)
    assert [("misbehaves", "b"), ("behaves", "b")] == desk.told


def test_a_stray_now_and_then_is_no_flood() -> None:
    desk = Desk()
    for _ in range(100):
        desk.unsolicited(Unsolicited("10.0.0.1", "unasked", 5))
    assert [] == desk.told


def test_an_agent_that_answers_when_it_was_given_up_is_named_with_its_slowness() -> None:
    desk = Desk()
    for _ in range(3):
        desk.unsolicited(Unsolicited("10.0.0.1", "late", 1, late_s=9.96), after_s=30.0)
    assert ["a: agent answers after 10 s, when it has been given up"] == [sentence(event) for event in desk.events]


def test_two_devices_with_one_engine_id_are_told_once_for_both() -> None:
    desk = Desk()
    for _ in range(4):
        for target in ("a", "b"):
            desk.poll(target, engine_id="80001f88")
    assert ["b: two devices share snmpEngineID 80001f88: a and b"] == [sentence(event) for event in desk.events]
    for _ in range(CLEAN_TO_END):
        desk.poll("b", engine_id="80001f89")
    assert [("misbehaves", "b"), ("behaves", "b")] == desk.told


def test_one_target_that_comes_and_goes_is_told_a_few_times_an_hour_and_the_rest_is_counted() -> None:
    desk = Desk()
    for _ in range(200):
        for agent_fault in (LOOPS, LOOPS, None, None, None):
            desk.now_s -= EVERY_S * 0.9
            desk.poll("a", agent_fault)
    hours = desk.now_s / 3600
    assert len(desk.events) <= (2 * MOST_AN_HOUR + 1) * (hours + 1)
    assert [("misbehaves", "")] == [each for each in desk.told if not each[1]][:1]
    assert any("more misbehaviours of agents" in sentence(event) for event in desk.events)


def test_a_province_that_goes_mad_at_once_makes_a_bounded_number_of_events() -> None:
    names = tuple(f"p{number}" for number in range(500))
    desk = Desk(names)
    for _ in range(2):
        for name in names:
            desk.now_s -= EVERY_S
            desk.poll(name, LOOPS)
    assert MOST_AT_ONCE + 1 >= len(desk.events)
    assert 500 == len(desk.complaints.open)


def test_who_is_no_longer_in_the_inventory_is_forgotten() -> None:
    desk = Desk()
    for _ in range(2):
        desk.poll("a", engine_id="80")
        desk.poll("b", LOOPS, engine_id="80")
    desk.complaints.follow(inventory([addressed("a", 0)]))
    assert {} == desk.complaints.open
    desk.events.clear()
    for _ in range(2):
        desk.poll("a", engine_id="80")
        desk.poll("b", LOOPS)
    assert [] == desk.told
