"""Sick targets and sick agents cost the others nothing."""

from __future__ import annotations

from tests.system.running import Running, Scrape, is_even


def test_with_a_third_dead_and_forty_sick_agents_every_other_target_keeps_its_cadence(province: Running) -> None:
    targets = list(province.lab.inventory.targets)
    communes = [name for name in targets if name.startswith("xa-")]
    looping, dying, slow = communes[0:10], communes[10:20], communes[20:40]
    dead = [name for name in targets if name.startswith("dc-")][: len(targets) * 3 // 10]
    province.lab.ctl("agent-loop", *looping)
    province.lab.ctl("agent-dies", *dying)
    province.lab.ctl("agent-slow", *slow, delay="10s")
    province.lab.ctl("dead", *dead)
    # Who is sick shows it when the interfaces are looked at anew.
    province.lab.ctl("renumber", *looping, *dying)
    # PC endpoints need not answer outside office hours: their silence is standby.
    began = province.until(lambda scrape: scrape.in_state("down") | scrape.in_state("standby") >= set(dead))
    others = set(targets) - set(dead)
    healthy = others - {*looping, *dying, *slow}
    for scrape in province.scrapes():
        assert not scrape.in_state("down") & others
        if scrape.bursts_since(began, "ubnd-huyen-dong-van") >= 8:
            break
    counts = {name: scrape.bursts_since(began, name) for name in others}
    assert is_even(counts.values()), "some target was asked less often than the others"
    polled = {name: last_poll(scrape, name) - last_poll(began, name) for name in healthy}
    assert min(polled.values()) > 0, "an agent waited for another one's slowness"
    skipped = (scrape.value("monitor_rounds_skipped_total") or 0) - (began.value("monitor_rounds_skipped_total") or 0)
    assert skipped <= 3 * len({*looping, *dying, *slow}), "only who is still being asked is left out of a round"
    assert all(scrape.value("wan_snmp_up", target=name) == 1 for name in healthy)


def last_poll(scrape: Scrape, target: str) -> float:
    return scrape.value("wan_last_reading_timestamp_seconds", target=target, probe="snmp") or 0
