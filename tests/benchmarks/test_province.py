"""What the whole-cycle benchmarks watch is a province that the product accepts, at the addresses that the responder answers for."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.children.dark import dark, dark_places
from benchmarks.network import addresses
from benchmarks.province import leaves, write_province
from monitor.load.configuration import load
from monitor.model.inventory import Kind
from monitor.model.probe_kinds import ICMP, SNMP


@pytest.mark.parametrize("size", [2, 43, 477])
def test_a_province_of_any_size_loads_without_a_warning_at_the_responders_addresses(tmp_path: Path, size: int) -> None:
    write_province(tmp_path / "config", size, icmp={"packets": "1"})
    found = load(tmp_path / "config")
    assert () == found.warnings
    assert addresses(size) == [target.address for target in found.inventory.targets.values()]
    assert 1 == ICMP.of(found.settings).packets


def test_everything_else_is_as_shipped(tmp_path: Path) -> None:
    write_province(tmp_path / "config", 5)
    settings = load(tmp_path / "config").settings
    assert (15.0, 5, 60.0) == (ICMP.of(settings).every_s, ICMP.of(settings).packets, SNMP.of(settings).every_s)


def test_who_is_cut_off_has_nothing_behind_it_and_is_another_each_time(tmp_path: Path) -> None:
    write_province(tmp_path / "config", 477)
    targets = load(tmp_path / "config").inventory.targets
    names = [leaves(477)[place] for place in dark_places(477, 1)]
    assert dark(477, 1) == [targets[name].address for name in names]
    assert {Kind.ENDPOINT} == {targets[name].kind for name in names}
    assert not set(dark(477, 1)) & set(dark(477, 2))
