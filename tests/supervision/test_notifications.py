"""What people are told by a real Prometheus and Alertmanager over the lab: of each root cause once, and once that it is over.

The province is cut, flaps, loses power, is worked at and storms in one run at a fifth of the shipped intervals (story.py); `make
drill` plays the same at the shipped ones and measures how long it takes.
"""

from __future__ import annotations

from tests.supervision.story import DISTRICT, FLAPPING, MAINTAINED, MONITOR, POWERLESS, RESTING, SINGLES, STORM, Account


def statuses(account: Account, cause: str) -> list[str]:
    return [told.status for told in account.of(cause)]


def test_a_cut_district_is_one_notification_that_names_it_and_counts_what_is_behind_it(account: Account) -> None:
    assert ["firing", "resolved"] == statuses(account, DISTRICT)
    told = account.of(DISTRICT)[0]
    assert "on-call" == told.receiver
    assert "Mất kết nối: UBND huyện Đồng Văn" == told.summary
    points, endpoints = account.behind["points"], account.behind["endpoints"]
    assert f"Kéo theo {points} điểm mạng và {endpoints} điểm cầu. Cả địa bàn Huyện Đồng Văn mất kết nối." in told.description


def test_a_commune_that_lost_its_power_is_one_notification_though_its_devices_restart(account: Account) -> None:
    assert ["firing", "resolved"] == statuses(account, POWERLESS)
    assert "shift" == account.of(POWERLESS)[0].receiver


def test_a_link_that_flaps_is_one_notification_until_it_is_calm(account: Account) -> None:
    assert ["firing", "resolved"] == statuses(account, FLAPPING)
    assert account.of(FLAPPING)[1].at > account.when("mended", FLAPPING)


def test_what_is_worked_at_or_at_rest_and_whoever_is_behind_it_is_not_told(account: Account) -> None:
    cut = {act.cause for act in account.acts if act.what == "cut"}
    assert {MAINTAINED, *RESTING} <= cut
    assert set() == {MAINTAINED, *RESTING} & {told.cause for told in account.told}


def test_a_storm_is_one_notification_for_each_root_cause(account: Account) -> None:
    storm = [cause for cause in account.expected if cause not in (DISTRICT, POWERLESS, FLAPPING, MONITOR)]
    assert len(STORM) + SINGLES == len(storm)
    assert {cause: ["firing", "resolved"] for cause in storm} == {cause: statuses(account, cause) for cause in storm}


def test_a_killed_daemon_is_one_notification_and_a_restarted_one_is_none(account: Account) -> None:
    assert [(["MonitorAbsent"], "firing"), ([], "resolved")] == [(list(told.alerts), told.status) for told in account.of(MONITOR)]
    assert account.when("killed", MONITOR) < account.of(MONITOR)[0].at < account.of(MONITOR)[1].at


def test_nothing_else_is_told_but_the_watchdog_barks(account: Account) -> None:
    others = [told for told in account.told if told.cause not in account.expected]
    assert [] == [f"{told.cause} {told.status} {told.alerts} {told.summary} {told.description}" for told in others]
    assert account.barks > 2
