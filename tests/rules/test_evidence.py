"""Evidence is told while it is fresh, and what a circuit carries is told against its contract."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.inventory import Contracted, ProbeOverride
from monitor.model.reason import Reason
from monitor.model.settings import HealthSettings, Settings
from monitor.model.spec import IcmpSettings
from monitor.model.state import Blindness, Snapshot, State, TargetView
from monitor.rules.evidence import answers, gather, load_ratios
from tests.export import sample

SETTINGS = Settings(probes={"icmp": IcmpSettings(every_s=10.0)}, health=HealthSettings(stale_intervals=2.0))


def of(age_s: float) -> tuple[TargetView, Snapshot]:
    snapshot = sample.with_view(sample.snapshot(sample.inventory(2, 2), {}), "xa-1-1", icmp=sample.icmp(sample.NOW - age_s))
    return snapshot.views["xa-1-1"], snapshot


@pytest.mark.parametrize(("age_s", "is_told"), [(0.0, True), (20.0, True), (20.1, False)])
def test_a_round_is_told_for_as_many_intervals_as_the_settings_say(age_s: float, is_told: bool) -> None:
    assert is_told == (gather(*of(age_s), SETTINGS).icmp is not None)


@pytest.mark.parametrize(("age_s", "is_told"), [(60.0, True), (60.1, False)])
def test_a_target_with_an_interval_of_its_own_is_told_for_as_many_of_these(age_s: float, is_told: bool) -> None:
    view, snapshot = of(age_s)
    own = replace(view.target, probes={"icmp": ProbeOverride(changes={"every_s": 30.0})})
    assert is_told == (gather(replace(view, target=own), snapshot, SETTINGS).icmp is not None)


def test_while_the_monitor_is_blind_only_a_page_that_says_so_tells_what_was_fresh_then() -> None:
    view, snapshot = of(5.0)
    blind = replace(snapshot, at=sample.NOW + 3_600, blind=Blindness(sample.NOW, Reason("blind_silent")))
    assert gather(view, blind, SETTINGS).icmp is None
    assert view.icmp is gather(view, blind, SETTINGS, is_frozen=True).icmp


def test_each_direction_is_a_share_of_its_own_contract() -> None:
    wan = sample.interface(receive=1_000_000.0, transmit=500_000.0)
    assert (0.5, 1.0) == load_ratios(wan, Contracted(down_bps=16_000_000, up_bps=4_000_000))
    assert (None, None) == load_ratios(wan, None)


TOLD = {State.UP: True, State.DEGRADED: True, State.DOWN: False, State.STANDBY: False, State.UNKNOWN: None}


@pytest.mark.parametrize(("state", "is_heard"), TOLD.items())
def test_whether_a_target_answers_is_its_states_word(state: State, is_heard: bool | None) -> None:
    assert is_heard is answers(replace(of(5.0)[0], state=state))
