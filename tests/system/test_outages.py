"""Outages of the whole province are told as they are: one cause, everything behind it, in one piece."""

from __future__ import annotations

import signal
import subprocess

import pytest

from tests.system.running import Running

DISTRICTS = ("dong-van", "meo-vac", "yen-minh", "quan-ba", "bac-me")


def test_a_cut_district_is_one_root_cause_with_the_rest_behind_it_in_one_scrape(province: Running) -> None:
    behind = {
        target.id
        for target in province.lab.inventory.targets.values()
        if target.area == "huyen-dong-van" and target.id != "ubnd-huyen-dong-van"
    }
    began = province.scrape()
    province.lab.ctl("cut", "ubnd-huyen-dong-van")
    for scrape in province.scrapes():
        if not scrape.in_state("up") >= behind:
            break
    assert {"ubnd-huyen-dong-van"} == scrape.in_state("down")
    assert behind == scrape.in_state("unreachable")
    assert dict.fromkeys([*behind, "ubnd-huyen-dong-van"], "ubnd-huyen-dong-van") == scrape.causes()
    endpoints = sum(name.startswith("dc-") for name in behind)
    assert len(behind) - endpoints == scrape.value("wan_target_affected", target="ubnd-huyen-dong-van", affected="points")
    assert endpoints == scrape.value("wan_target_affected", target="ubnd-huyen-dong-van", affected="endpoints")
    (event,) = [event for event in province.events_since(began) if event.get("new") == "down"]
    assert ("ubnd-huyen-dong-van", {"points": len(behind) - endpoints, "endpoints": endpoints}) == (
        event["target"],
        event["affected"],
    )


def test_five_districts_cut_within_a_minute_are_five_root_causes_and_not_blindness(province: Running) -> None:
    cut = {f"ubnd-huyen-{name}" for name in DISTRICTS}
    for name in sorted(cut):
        province.lab.ctl("cut", name)
    scrape = province.until(lambda scrape: scrape.in_state("down") == cut)
    assert 0 == scrape.value("monitor_blind")
    assert cut == set(scrape.causes().values())
    for scrape in province.scrapes():
        assert cut >= scrape.in_state("down")
        if len(scrape.in_state("unreachable")) == len(scrape.causes()) - len(cut):
            break
    province.lab.ctl("restore", "all")
    for scrape in province.scrapes():
        assert cut >= scrape.in_state("down"), f"a district that returns leaves nobody to blame\n{province.log.read_text()[-6000:]}"
        if scrape.counts() == {"up": 477}:
            break


@pytest.mark.parametrize("fault", ["blind", "unplug"])
def test_a_monitor_whose_own_link_is_cut_says_blind_and_blames_nobody(province: Running, fault: str) -> None:
    began = province.scrape()
    province.lab.ctl(fault)
    blind = province.until(lambda scrape: scrape.value("monitor_blind") == 1)
    assert {"up": 477} == blind.counts()
    assert None is blind.value("wan_target_up", target="xa-lung-cu")
    province.lab.ctl("restore", "all")
    sighted = province.until(lambda scrape: scrape.value("monitor_blind") == 0)
    assert {"up": 477} == sighted.counts(), province.log.read_text()[-3000:]
    for scrape in province.scrapes():
        assert {"up": 477} == scrape.counts()
        if 477 == len(scrape.samples["wan_target_up"]):
            break
    # Where the paths of earlier outages broke, and what is new of agents, may still be told.
    told = [
        event["kind"]
        for event in province.events_until(began, "sighted")
        if event["kind"] not in ("path", "misbehaves", "behaves", "learned")
    ]
    assert ["sighted", "blind"] == told


def test_a_daemon_that_was_stopped_for_three_seconds_calls_nobody_down(province: Running) -> None:
    began = province.scrape()
    province.process.send_signal(signal.SIGSTOP)
    with pytest.raises(subprocess.TimeoutExpired):
        province.process.wait(3)
    province.process.send_signal(signal.SIGCONT)
    for scrape in province.scrapes():
        assert {"up": 477} == scrape.counts()
        if scrape.bursts_since(began, "xa-lung-cu") >= 4:
            break
    assert [] == [event for event in province.events_since(began) if event["kind"] == "transition"]


@pytest.mark.parametrize("seconds", [3, 10])
def test_a_district_cut_while_the_daemon_is_stopped_is_told_after_it_and_nobody_else(province: Running, seconds: int) -> None:
    behind = {
        target.id
        for target in province.lab.inventory.targets.values()
        if target.area == "huyen-yen-minh" and target.id != "ubnd-huyen-yen-minh"
    }
    province.until_up(477)
    began = province.scrape()
    province.process.send_signal(signal.SIGSTOP)
    province.lab.ctl("cut", "ubnd-huyen-yen-minh")
    with pytest.raises(subprocess.TimeoutExpired):
        province.process.wait(seconds)
    province.process.send_signal(signal.SIGCONT)
    for scrape in province.scrapes():
        assert {"ubnd-huyen-yen-minh"} >= scrape.in_state("down")
        assert behind >= scrape.in_state("unreachable")
        assert not scrape.in_state("unknown"), "nothing grew old that could not be looked at"
        assert 0 == scrape.value("monitor_blind")
        assert not behind & scrape.in_state("up") or not scrape.in_state("down"), "it is told whole"
        if scrape.in_state("unreachable") == behind:
            break
    assert 477 - len(behind) - 1 == len(scrape.in_state("up")) == sum(value for _, value in scrape.samples["wan_target_up"])
    kinds = {event["kind"] for event in province.events_since(began)}
    assert not {"blind", "sighted"} & kinds
    # The stall is one observation of the loop's lag, and what was asked late was asked all the same.
    assert scrape.value("monitor_event_loop_lag_seconds_bucket", le="+Inf") is not None
    longest = [value for of, value in scrape.samples["monitor_event_loop_lag_seconds_bucket"] if of["le"] in ("2.0", "+Inf")]
    assert longest[0] < longest[1]
    province.eventually(
        lambda: "the whole process stood still" in province.log.read_text()
    )  # once a minute at most, and it was told of before
    province.lab.ctl("restore", "all")
    province.until_up(477)
    assert {"ubnd-huyen-yen-minh"} == {
        event["target"] for event in province.events_since(began) if event["kind"] == "transition" and event["new"] == "down"
    }
