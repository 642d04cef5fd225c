"""What others build on keeps its name: every route, metric, label and key of the API's JSON of 0.1.0 is there still.

names-0.1.0.txt was written by that version itself (names.py, in its own tree, of the same picture as here). What has to go is first
served under both names for one version where that can be, is told in the CHANGELOG, and only then stands in WITHDRAWN.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path
from types import MappingProxyType

import pytest
from aiohttp.test_utils import TestClient, TestServer

from monitor.export.http import make_app
from monitor.model.agent_fault import AgentFault, FaultKind
from monitor.model.inventory import Contact
from monitor.model.reading import IcmpSample, Outcome, Reading, ServiceSample
from monitor.model.reason import Reason
from monitor.model.settings import ExportSettings, MaintenanceWindow, Settings
from monitor.model.state import Acknowledgement, Event, ServiceView, Snapshot, State, Transition
from tests.export import sample
from tests.export.meetings import FakeMeetings
from tests.export.names import keys, metrics, served
from tests.export.sample import FakeSource

ROOT = Path(__file__).parents[2]
KEPT = (Path(__file__).parent / "names-0.1.0.txt").read_text(encoding="utf-8").splitlines()
WITHDRAWN = {
    "metric monitor_event_loop_lag_seconds gauge": "`monitor_event_loop_lag_seconds` is a histogram now",
}
"""Names of 0.1.0 that are no more, and how the CHANGELOG tells so. The loop's lag kept its name and became another type, which
can't be served beside what it was: one name is one family."""
ASKED = (
    "/api/v1/targets",
    "/api/v1/targets/…xa-1-1…",
    "/api/v1/targets/…xa-1-2…",
    "/api/v1/targets/…dc-xa-1-2…",
    "/api/v1/events?since=0",
    "/api/v1/sd",
    "/api/v1/sd?of=monitor",
    "/api/v1/meetings",
    "/api/v1/meetings/…m1…",
    "/api/v1/acknowledgements",
    "/api/v1/maintenance",
)


def picture() -> Snapshot:
    """Return a snapshot in which all is there that may be told: outages, a call's endpoint, contacts, complaints."""
    states = {"xa-1-1": State.DOWN, "ubnd-2": State.DOWN, "xa-1-2": State.DEGRADED, "xa-1-3": State.MAINTENANCE}
    snapshot, call = sample.snapshot(sample.inventory(3, 4), states), Contact("Trực ca", "0219")
    values = MappingProxyType({'conference_registered{protocol="sip"}': 1.0})
    heard = ServiceView(sample.NOW - 5, Outcome.OK, (), ServiceSample("udp", 200, "OK", "x", 0.01, values=values))
    for id_, changes in {"dc-xa-1-2": {"services": {"sip": heard}}, "xa-1-2": {}}.items():
        target = replace(snapshot.views[id_].target, contacts=(call,))
        snapshot = sample.with_view(snapshot, id_, target=target, **changes)
    snapshot = sample.with_view(snapshot, "xa-1-1", acknowledged=Acknowledgement("Ca trực", sample.NOW, "đã gọi"))
    return replace(snapshot, complaints={"xa-1-2": (AgentFault(FaultKind.LOOPS, {"table": "1.2"}),)})


def source() -> FakeSource:
    weekly = MaintenanceWindow("thay thiết bị", ("xa-1-1",), days=(1,), from_time=time(22), to_time=time(23))
    fell = Transition("xa-1-1", State.UP, State.DOWN, sample.NOW - 60, "xa-1-1", Reason("silent", {"bursts": 2}), (), 1, 2)
    entries: list[Transition | Event] = [fell, Event(sample.NOW - 50, "reload", "", {"targets": 3})]
    told = FakeSource(picture(), Settings(export=ExportSettings(contacts=True), maintenance=(weekly,)), journal=entries)
    told.operations.announced = [sample.WORK]
    told.own.count(Reading("xa-1-2", "icmp", 0.0, Outcome.OK, icmp=IcmpSample(5, (0.01,) * 5)))
    for probe in ("icmp", "snmp"):
        told.own.round_began(probe, 0.01)
        told.own.round_ended(probe, 0.1)
    return told


async def test_every_name_of_the_earlier_version_is_served() -> None:
    async with TestClient(TestServer(make_app(source(), meetings=FakeMeetings()))) as client:
        found = await served(client, ASKED)
    kept = {name for name in KEPT if name not in WITHDRAWN}
    lost = sorted(name for name in kept - found if not has_more_labels(name, found))
    assert [] == lost, "serve it beside its new name for one version, and say so in the CHANGELOG"


def has_more_labels(name: str, found: set[str]) -> bool:
    """Return whether a metric is served with further labels beside its own, which breaks no query that names its own."""
    if not name.startswith("metric "):
        return False
    _, family, kind, *labels = name.split()
    return any(each.split()[:3] == ["metric", family, kind] and set(labels) <= set(each.split()[3:]) for each in found)


@pytest.mark.parametrize(("name", "told"), WITHDRAWN.items())
def test_what_was_withdrawn_is_told_in_the_changelog(name: str, told: str) -> None:
    assert name in KEPT
    changes = " ".join((ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split())
    assert told in changes


def test_names_are_read_of_what_is_served() -> None:
    text = '# TYPE a_total counter\na_total{x="1",y="2"} 3\na_total{x="1"} 3\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\n'
    assert ["metric a_total counter x y", "metric h histogram le"] == list(metrics(text))
    told = {"targets": [{"id": 1, "values": {"wan_x": 1}}, {"id": 2, "loss": None}]}
    assert {".targets", ".targets[].id", ".targets[].values", ".targets[].values.*", ".targets[].loss"} == set(keys(told))
