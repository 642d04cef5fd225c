"""The daemon's own metrics."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.export.metrics.own_metrics import BOUNDS, OwnMetrics
from monitor.export.metrics.routes import HttpMetrics
from monitor.export.server.admission import Admission, Limits
from monitor.model.inventory import Area
from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.settings import MeetingSettings, QualitySettings, Settings
from monitor.model.state import Blindness
from tests.export import oracle, sample


def values(own: OwnMetrics) -> dict[str, float]:
    """Return name (with the labels' values) → value."""
    return {
        " ".join([name, *(value for _, value in sorted(labels))]): value
        for (name, labels), value in oracle.parsed(own.render()).items()
    }


def test_each_has_its_row_in_the_page_of_metrics() -> None:
    exported = set(re.findall(r"(?m)^# TYPE (\w+) ", OwnMetrics().render() + HttpMetrics(Admission(Limits())).render()))
    page = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text(encoding="utf-8")
    in_rows = {name for row in page.splitlines() if row.startswith("| `") for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert {"monitor_build_info", "monitor_http_streams"} < exported
    assert set() == {name for name in exported if not name.startswith("process_")} - in_rows


def test_probes_are_counted_by_probe_and_outcome() -> None:
    own = OwnMetrics()
    own.count(Reading("a", "icmp", 0.0, Outcome.OK))
    own.count(Reading("b", "icmp", 0.0, Outcome.OK))
    own.count(Reading("b", "snmp", 0.0, Outcome.TIMEOUT))
    assert values(own)["monitor_probes_total ok icmp"] == 2
    assert values(own)["monitor_probes_total timeout snmp"] == 1


def test_rounds_lag_and_skips_are_kept() -> None:
    own = OwnMetrics()
    own.round_began("icmp", 0.02)
    own.round_ended("icmp", 1.4)
    own.skip(3)
    found = values(own)
    assert found["monitor_round_lag_seconds icmp"] == 0.02
    assert found["monitor_round_duration_seconds_sum icmp"] == 1.4
    assert found["monitor_rounds_skipped_total"] == 3


def test_drops_are_totals_that_may_begin_anew() -> None:
    own = OwnMetrics()
    for total in (5, 8, 2):
        own.see_receive_drops(total)
    assert values(own)["monitor_receive_drops_total"] == 10


def test_spikes_and_blindness_come_from_the_snapshot() -> None:
    own, snapshot = OwnMetrics(), sample.snapshot()
    own.see(snapshot)
    assert "monitor_counter_spikes_total" not in values(own)
    spiky = sample.with_view(snapshot, "xa-1-1", snmp=replace(sample.snmp(), spikes_total=2))
    own.see(replace(spiky, blind=Blindness(sample.NOW, Reason("blind_silent"))))
    own.see(spiky)
    assert values(own)["monitor_counter_spikes_total"] == 2
    assert values(own)["monitor_blind"] == 0


def test_a_fresh_daemon_claims_a_loaded_configuration_and_its_version() -> None:
    found = values(OwnMetrics())
    assert found["monitor_config_last_reload_successful"] == 1
    assert [name for name in found if name.startswith("monitor_build_info ")]
    assert found["process_resident_memory_bytes"] > 0
    assert not [name for name in found if "_created" in name]


def test_the_bounds_of_verdicts_are_told_once_they_are_known_and_follow_the_settings() -> None:
    own = OwnMetrics()
    assert not [name for name in values(own) if "_bound_" in name], "none is no bound of 0"
    for loss_ratio, headroom in ((0.01, 0.8), (0.05, 0.6)):
        own.see_settings(Settings(quality=QualitySettings(loss_ratio=loss_ratio), meetings=MeetingSettings(headroom=headroom)))
        found = values(own)
        assert (loss_ratio, headroom) == (found["wan_loss_bound_ratio"], found["wan_link_bound_ratio"])
    assert {name for name in values(own) if "_bound_" in name} == BOUNDS.keys()


def test_each_flag_follows_what_it_was_told() -> None:
    own = OwnMetrics()
    own.see_reload(succeeded=False)
    own.see_journal(is_up=False)
    found = values(own)
    assert (0, 0) == (found["monitor_config_last_reload_successful"], found["monitor_journal_up"])


def test_how_late_the_loop_was_is_a_histogram_from_a_millisecond_to_ten_seconds() -> None:
    own = OwnMetrics()
    for lag_s in (-0.0001, 0.0004, 0.12, 9.8, 40.0):
        own.see_loop_lag(lag_s)
    found = values(own)
    counts = [found[f"monitor_event_loop_lag_seconds_bucket {bound}"] for bound in ("0.001", "0.1", "0.15", "10.0", "+Inf")]
    assert [2, 2, 3, 4, 5] == counts
    assert 49.9204 == pytest.approx(found["monitor_event_loop_lag_seconds_sum"])


def test_areas_have_their_names_as_the_inventory_in_force_has_them() -> None:
    own, snapshot = OwnMetrics(), sample.snapshot()
    own.see(snapshot)
    names = {f"wan_area_info {area.id} {area.name}" for area in snapshot.inventory.areas.values()}
    assert names == {name for name in values(own) if name.startswith("wan_area_info ")}
    own.see(replace(snapshot, inventory=replace(snapshot.inventory, areas={"x": Area("x", "Vùng X")})))
    assert ["wan_area_info x Vùng X"] == [name for name in values(own) if name.startswith("wan_area_info ")]
