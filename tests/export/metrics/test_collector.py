"""The metrics of targets, as a scrape would read them."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from monitor.export.metrics.collector import Collector
from monitor.export.metrics.families import device_family
from monitor.export.metrics.own_metrics import OwnMetrics
from monitor.load.configuration import load
from monitor.model.inventory import Contact, ProbeOverride
from monitor.model.reading import Outcome, ServiceSample
from monitor.model.reason import Reason
from monitor.model.settings import ExportSettings, Settings
from monitor.model.state import Acknowledgement, Blindness, ServiceView, Snapshot, State, TargetView
from tests.export import oracle, sample

PROMTOOL = shutil.which("promtool")
MIXED = {
    "ubnd-1": State.DOWN,
    "xa-2-1": State.DEGRADED,
    "xa-2-2": State.UNKNOWN,
    "xa-2-3": State.MAINTENANCE,
    "xa-2-4": None,
    "dc-xa-2-5": State.STANDBY,
}


def mixed() -> Snapshot:
    """Return a snapshot in which every state occurs."""
    return sample.snapshot(states=MIXED)


def scrape(snapshot: Snapshot, settings: Settings | None = None) -> dict[oracle.Key, float]:
    return oracle.parsed(text(snapshot, settings))


def text(snapshot: Snapshot, settings: Settings | None = None, *, is_openmetrics: bool = False) -> str:
    return rendered(Collector(settings or Settings()), snapshot, is_openmetrics=is_openmetrics)


def rendered(collector: Collector, snapshot: Snapshot, *, is_openmetrics: bool = False) -> str:
    return b"".join(collector.render(snapshot, is_openmetrics=is_openmetrics)).decode()


def of(samples: dict[oracle.Key, float], name: str, target: str, /, **own: str) -> float | None:
    """Return the one value of a metric of a target with these labels, None where there is no such series."""
    wanted = {"target": target, **own}
    found = [value for (each, labels), value in samples.items() if each == name and wanted.items() <= dict(labels).items()]
    assert len(found) <= 1
    return found[0] if found else None


def test_the_samples_are_those_of_prometheus_client() -> None:
    snapshot = mixed()
    assert oracle.parsed(oracle.exposition(snapshot)) == scrape(snapshot)


def test_openmetrics_holds_the_same_samples_and_passes_its_strict_parser() -> None:
    snapshot = mixed()
    whole = text(snapshot, is_openmetrics=True) + OwnMetrics().render(is_openmetrics=True) + "# EOF\n"
    found = oracle.samples(parse_openmetrics(whole))  # type: ignore[no-untyped-call]
    assert scrape(snapshot) == {key: value for key, value in found.items() if not key[0].startswith(("monitor_", "process_"))}


def test_openmetrics_names_types_without_their_suffix() -> None:
    told = text(mixed(), is_openmetrics=True)
    assert "# TYPE wan_target info\n" in told
    assert "# TYPE wan_icmp_packets_sent counter\n" in told
    assert "# UNIT wan_icmp_rtt_seconds seconds\n" in told


def test_a_second_scrape_of_the_same_snapshot_is_the_same_text() -> None:
    collector, snapshot = Collector(Settings()), mixed()
    assert collector.render(snapshot) == collector.render(snapshot)


def test_a_part_that_changed_is_written_anew_and_the_rest_is_kept() -> None:
    collector, snapshot = Collector(Settings()), mixed()
    collector.render(snapshot)
    later = sample.with_view(snapshot, "xa-2-5", icmp=sample.icmp(rtt_s=0.2))
    assert oracle.parsed(rendered(collector, later)) == scrape(later)


def test_nothing_of_a_removed_target_lingers() -> None:
    collector, snapshot = Collector(Settings()), mixed()
    collector.render(snapshot)
    without = replace(snapshot, views={id_: view for id_, view in snapshot.views.items() if id_ != "xa-2-5"})
    assert 'target="xa-2-5"' not in rendered(collector, without)


def test_evidence_that_time_alone_makes_stale_is_gone_at_the_next_scrape() -> None:
    collector, snapshot = Collector(Settings()), mixed()
    shown = {"wan_icmp_loss_ratio": 46, "wan_snmp_up": 181, "wan_device_cpu_ratio": 181, "wan_interface_up": 181}
    for passed_s in (0, 30, 46, 181):
        told = oracle.parsed(rendered(collector, replace(snapshot, at=snapshot.at + passed_s)))
        assert {name for name, lasts_s in shown.items() if passed_s < lasts_s} == {
            name for name in shown if of(told, name, "xa-2-5") is not None
        }


def test_what_blindness_hides_is_back_when_it_ends() -> None:
    collector, snapshot = Collector(Settings()), mixed()
    blind = replace(snapshot, blind=Blindness(snapshot.at, Reason("blind_silent")))
    texts = [rendered(collector, each) for each in (snapshot, blind, snapshot)]
    assert texts[0] == texts[2]
    assert [True, False, True] == ["wan_target_up{" in told for told in texts]
    assert [True, False, True] == ["wan_icmp_loss_ratio{" in told for told in texts]


def test_a_collector_that_rendered_anything_before_tells_what_a_new_one_would() -> None:
    chance, collector, snapshot = random.Random(5), Collector(Settings()), mixed()
    known = dict(snapshot.views)
    for _ in range(60):
        snapshot = replace(snapshot, views=disturbed(dict(snapshot.views), known, snapshot.at, chance))
        is_blind = chance.random() < 0.15
        snapshot = replace(
            snapshot,
            at=snapshot.at + chance.choice((0, 10, 46)),
            blind=Blindness(snapshot.at, Reason("blind_silent")) if is_blind else None,
            root_causes=tuple(replace(cause, points=chance.randint(0, 9)) for cause in snapshot.root_causes),
        )
        told = collector.render(snapshot)
        assert Collector(Settings()).render(snapshot) == told


def disturbed(
    views: dict[str, TargetView], known: dict[str, TargetView], now: float, chance: random.Random
) -> dict[str, TargetView]:
    """Return the views after a few of the things that happen to targets, a removal and a return among them."""
    for id_ in chance.sample(list(known), 4):
        view = views.pop(id_, known[id_])
        match chance.randint(0, 6):
            case 0:
                continue
            case 1:
                view = replace(view, icmp=sample.icmp(now - chance.choice((1, 44)), chance.choice((None, 0.01, chance.random()))))
            case 2:
                rows = [sample.interface(name, chance.choice(("wan", "other"))) for name in chance.choice(((), "a", "ab", "ba"))]
                view = replace(view, snmp=sample.snmp(now - chance.choice((1, 170)), up=chance.random() < 0.8, interfaces=rows))
            case 3 if view.snmp is not None:
                names = chance.sample(("wan_device_cpu_ratio", 'conference_registered{protocol="sip"}', "Bad", "wan_snmp_up"), 2)
                values = {name: chance.choice((1.0, 0.25, inf)) for name in names}
                view = replace(view, snmp=replace(view.snmp, values=values))
            case 4:
                view = replace(view, state=chance.choice([None, *State]), since=now, flapping=chance.random() < 0.5)
                view = replace(view, acknowledged=chance.choice((None, Acknowledgement("VNPT", now, ""))))
            case 5:
                view = replace(view, icmp=None, snmp=None)
            case 6:
                target = replace(view.target, name=chance.choice(("100 %d", 'Xã "A"')), interfaces=chance.choice(("all", "wan")))
                view = replace(view, target=target)
        views[id_] = view
    return views


@pytest.mark.parametrize(
    ("id_", "expected"),
    [("xa-2-5", 1.0), ("xa-2-1", 1.0), ("ubnd-1", 0.0), ("xa-1-1", 0.0), ("dc-xa-2-5", 0.0), ("xa-2-3", 1.0), ("xa-2-2", None)],
)
def test_up_is_said_of_what_is_known_only(id_: str, expected: float | None) -> None:
    assert expected == of(scrape(mixed()), "wan_target_up", id_)


def test_exactly_one_state_is_1_for_each_judged_target() -> None:
    samples = scrape(mixed())
    ones = Counter(dict(labels)["target"] for (name, labels), value in samples.items() if name == "wan_target_state" and value == 1)
    assert {id_: 1 for id_ in mixed().views if id_ != "xa-2-4"} == dict(ones)


def test_a_target_that_is_not_judged_yet_has_no_state_series() -> None:
    names = {name for (name, labels) in scrape(mixed()) if ("target", "xa-2-4") in labels}
    assert {"wan_target_info"} == names


def test_a_root_cause_says_how_much_is_behind_it_and_those_behind_name_it() -> None:
    samples = scrape(mixed())
    assert of(samples, "wan_target_affected", "ubnd-1", affected="points") == 5
    assert of(samples, "wan_target_affected", "ubnd-1", affected="endpoints") == 6
    assert of(samples, "wan_target_cause_info", "ubnd-1", cause="ubnd-1") == 1
    assert of(samples, "wan_target_cause_info", "xa-1-3", cause="ubnd-1") == 1
    assert of(samples, "wan_target_affected", "xa-1-3") is None


def test_while_blind_nobody_is_blamed_and_states_stay() -> None:
    samples = scrape(replace(mixed(), blind=Blindness(sample.NOW - 60, Reason("blind_silent"))))
    names = {name for name, _ in samples}
    assert names.isdisjoint({"wan_target_up", "wan_icmp_loss_ratio", "wan_snmp_up", "wan_interface_receive_bytes_per_second"})
    assert of(samples, "wan_target_state", "ubnd-1", state="down") == 1
    assert of(samples, "wan_icmp_packets_sent_total", "ubnd-1") == 500


def test_stale_evidence_is_absent_but_its_time_is_told() -> None:
    samples = scrape(sample.with_view(mixed(), "xa-2-5", icmp=sample.icmp(at=sample.NOW - 46), snmp=sample.snmp(sample.NOW - 181)))
    for name in (
        "wan_icmp_loss_ratio",
        "wan_icmp_rtt_average_seconds",
        "wan_snmp_up",
        "wan_device_cpu_ratio",
        "wan_link_utilisation_ratio",
    ):
        assert of(samples, name, "xa-2-5") is None
    assert of(samples, "wan_last_reading_timestamp_seconds", "xa-2-5", probe="icmp") == sample.NOW - 46


CAMERA = 'conference_device_up{component="camera"}'
SIP = 'conference_signalling_up{protocol="sip"}'


def with_conference(**by_probe: ServiceView) -> Snapshot:
    """Return the snapshot with what an endpoint's probes and its agent say."""
    agent = replace(sample.snmp(), values={SIP: 1.0, CAMERA: 1.0, "wan_device_cpu_ratio": 0.2}, interfaces=())
    return sample.with_view(mixed(), "dc-xa-2-1", services=by_probe, snmp=agent)


def heard(values: Mapping[str, float], at: float = sample.NOW - 5, outcome: Outcome = Outcome.OK) -> ServiceView:
    return ServiceView(at, outcome, (), ServiceSample("udp", 200, values=values))


def test_conference_probes_and_the_agent_share_their_series_and_are_those_of_prometheus_client() -> None:
    snapshot = with_conference(sip=heard({SIP: 0.0}), web=heard({CAMERA: 0.0, "conference_in_call": 1.0}))
    samples = scrape(snapshot)
    assert oracle.parsed(oracle.exposition(snapshot)) == samples
    assert 0 == of(samples, "conference_signalling_up", "dc-xa-2-1", protocol="sip")
    assert 0 == of(samples, "conference_device_up", "dc-xa-2-1", component="camera")
    assert 0.2 == of(samples, "wan_device_cpu_ratio", "dc-xa-2-1")
    assert sample.NOW - 5 == of(samples, "wan_last_reading_timestamp_seconds", "dc-xa-2-1", probe="sip")


def test_a_conference_probe_that_is_stale_leaves_the_word_to_the_agent() -> None:
    collector = Collector(Settings())
    fresh = with_conference(sip=heard({SIP: 0.0}, sample.NOW - 179))
    later = replace(fresh, at=sample.NOW + 2)
    told = [oracle.parsed(rendered(collector, each)) for each in (fresh, later)]
    assert [0, 1] == [of(each, "conference_signalling_up", "dc-xa-2-1", protocol="sip") for each in told]
    blind = replace(fresh, blind=Blindness(sample.NOW, Reason("blind_lag", {"lag_s": 3.0})))
    assert of(scrape(blind), "conference_signalling_up", "dc-xa-2-1", protocol="sip") is None


def test_an_endpoint_without_an_agent_tells_of_its_conferences_too() -> None:
    snapshot = sample.with_view(mixed(), "dc-xa-2-1", services={"sip": heard({SIP: 1.0})})
    assert oracle.parsed(oracle.exposition(snapshot)) == scrape(snapshot)
    assert 1 == of(scrape(snapshot), "conference_signalling_up", "dc-xa-2-1", protocol="sip")


def test_what_is_said_of_conferences_takes_no_room_from_the_agents_values() -> None:
    many = {f"wan_device_v{number}": 1.0 for number in range(30)}
    conference = {SIP: 1.0, CAMERA: 1.0, "conference_in_call": 0.0}
    agent = replace(sample.snmp(), values=many, interfaces=())
    alone = sample.with_view(mixed(), "dc-xa-2-1", snmp=agent)
    both = sample.with_view(alone, "dc-xa-2-1", services={"sip": heard(conference)})
    counts = [sum(name.startswith("wan_device_v") for name, _ in scrape(each)) for each in (alone, both)]
    assert counts[0] == counts[1] > 0


def test_under_maintenance_an_answer_to_a_conference_probe_is_an_answer() -> None:
    silent = sample.with_view(mixed(), "xa-2-3", icmp=None, snmp=None, services={"sip": heard({}, outcome=Outcome.REFUSED)})
    assert 1 == of(scrape(silent), "wan_target_up", "xa-2-3")
    assert 0 == of(scrape(sample.with_view(silent, "xa-2-3", services={})), "wan_target_up", "xa-2-3")


def test_a_target_with_a_longer_interval_grows_stale_later() -> None:
    snapshot = sample.with_view(mixed(), "xa-2-5", icmp=sample.icmp(at=sample.NOW - 46))
    slow = replace(snapshot.views["xa-2-5"].target, probes={"icmp": ProbeOverride(changes={"every_s": 60.0})})
    assert of(scrape(sample.with_view(snapshot, "xa-2-5", target=slow)), "wan_icmp_loss_ratio", "xa-2-5") == 0


def test_utilisation_compares_each_direction_with_its_own_contract() -> None:
    samples = scrape(mixed())
    assert of(samples, "wan_link_utilisation_ratio", "xa-2-5", direction="receive") == 2_500_000 * 8 / 50_000_000
    assert of(samples, "wan_link_utilisation_ratio", "xa-2-5", direction="transmit") == 250_000 * 8 / 20_000_000


def test_all_interfaces_are_shown_only_where_that_is_asked_for() -> None:
    snapshot = mixed()
    assert of(scrape(snapshot), "wan_interface_up", "xa-2-5", interface="Gi0/1") is None
    every = sample.with_view(snapshot, "xa-2-5", target=replace(snapshot.views["xa-2-5"].target, interfaces="all"))
    assert of(scrape(every), "wan_interface_up", "xa-2-5", interface="Gi0/1") == 1


def test_two_interfaces_of_one_name_do_not_void_the_scrape() -> None:
    twice = sample.snmp(interfaces=[sample.interface(), sample.interface(receive=1.0)])
    assert text(sample.with_view(mixed(), "xa-2-5", snmp=twice)).count('wan_interface_up{target="xa-2-5"') == 1


def test_a_silent_agent_keeps_no_rates() -> None:
    samples = scrape(sample.with_view(mixed(), "xa-2-5", snmp=sample.snmp(up=False)))
    assert of(samples, "wan_snmp_up", "xa-2-5") == 0
    assert of(samples, "wan_interface_receive_bytes_per_second", "xa-2-5") is None


def test_labels_are_escaped() -> None:
    name = 'Xã "A\\B"\nC'
    snapshot = sample.with_view(mixed(), "xa-2-5", target=replace(mixed().views["xa-2-5"].target, name=name))
    assert of(scrape(snapshot), "wan_target_info", "xa-2-5", name=name) == 1


def test_a_profile_may_give_a_metric_labels_but_never_a_name_of_ours() -> None:
    values = {'conference_registered{protocol="sip"}': 1.0, "wan_target_up": 7.0, "Bad name": 1.0, "conference_in_call": 0.0}
    samples = scrape(sample.with_view(mixed(), "xa-2-5", snmp=replace(sample.snmp(), values=values)))
    assert of(samples, "conference_registered", "xa-2-5", protocol="sip") == 1
    assert of(samples, "conference_in_call", "xa-2-5") == 0
    assert of(samples, "wan_target_up", "xa-2-5") == 1


def test_contacts_are_shown_only_when_asked_for_and_in_their_order() -> None:
    contacts = (Contact("Ca trực nhà mạng", "18001111"), Contact("Điện lực", "19001234"))
    snapshot = sample.with_view(mixed(), "xa-2-5", target=replace(mixed().views["xa-2-5"].target, contacts=contacts))
    assert of(scrape(snapshot), "wan_target_contact_info", "xa-2-5") is None
    shown = scrape(snapshot, Settings(export=ExportSettings(contacts=True)))
    assert of(shown, "wan_target_contact_info", "xa-2-5", order="2", role="Điện lực", telephone="19001234") == 1


@pytest.mark.parametrize(("histogram", "most"), [(False, 40), (True, 54)])
def test_a_target_has_at_most_40_series_beside_its_histogram(histogram: bool, most: int) -> None:
    samples = scrape(mixed(), Settings(export=ExportSettings(histogram=histogram)))
    per_target = Counter(dict(labels)["target"] for _, labels in samples)
    assert max(per_target.values()) <= most


def test_no_shipped_profile_takes_a_point_with_a_circuit_beyond_40_series() -> None:
    profiles = load(Path(__file__).parents[3] / "config").profiles.values()
    for profile in profiles:
        view = replace(sample.snmp(), values={value.series: 1.0 for value in profile.values})
        samples = scrape(sample.with_view(mixed(), "xa-2-5", snmp=view), Settings(export=ExportSettings(histogram=False)))
        assert sum(dict(labels)["target"] == "xa-2-5" for _, labels in samples) <= 40, profile.id


def test_a_profiles_first_values_are_kept_and_a_setting_makes_room_for_more() -> None:
    values = {f'wan_device_sla_rtt_seconds{{sla="{number}"}}': number / 100 for number in range(10)}
    snapshot = sample.with_view(mixed(), "xa-2-5", snmp=replace(sample.snmp(), values=values))
    for most, expected in ((40, 4), (43, 7), (60, 10)):
        told = scrape(snapshot, Settings(export=ExportSettings(histogram=False, series=most)))
        kept = [dict(labels)["sla"] for name, labels in told if name == "wan_device_sla_rtt_seconds"]
        assert [str(number) for number in range(expected)] == sorted(kept)


def test_a_target_without_interfaces_has_room_for_its_ups() -> None:
    values = {f'wan_ups_load_ratio{{line="{number}"}}': 0.5 for number in range(30)}
    view = replace(sample.snmp(interfaces=()), values=values)
    contract = replace(mixed().views["xa-2-5"].target, contracted=None)
    told = scrape(sample.with_view(mixed(), "xa-2-5", snmp=view, target=contract))
    assert 18 == sum(name == "wan_ups_load_ratio" for name, _ in told)


def test_the_values_of_profiles_have_help_type_and_unit() -> None:
    values = {'wan_device_sla_rtt_seconds{sla="a%b"}': 0.0152, "wan_device_cpu_ratio": 0.2, "wan_ups_on_battery": 1.0}
    snapshot = sample.with_view(mixed(), "xa-2-5", snmp=replace(sample.snmp(), values=values))
    plain, openmetrics = (text(snapshot, Settings(), is_openmetrics=is_openmetrics) for is_openmetrics in (False, True))
    for metric in ("wan_device_sla_rtt_seconds", "wan_device_cpu_ratio", "wan_ups_on_battery"):
        family = device_family(metric)
        assert f"# HELP {metric} {family.help}\n# TYPE {metric} gauge\n" in plain
    assert "# TYPE wan_device_sla_rtt_seconds gauge\n# UNIT wan_device_sla_rtt_seconds seconds\n" in openmetrics
    assert "# UNIT wan_device_cpu_ratio ratio\n" in openmetrics
    assert 'sla="a%b"} 0.0152' in plain


def test_every_metric_of_a_shipped_profile_has_a_help_of_its_own() -> None:
    profiles = load(Path(__file__).parents[3] / "config").profiles.values()
    metrics = {value.metric for profile in profiles for value in profile.values}
    assert [] == sorted(metric for metric in metrics if device_family(metric).help == device_family("wan_device_x").help)
    page = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert [] == sorted(metric for metric in metrics if f"`{metric}`" not in page)


@pytest.mark.skipif(PROMTOOL is None, reason="promtool (Debian's prometheus) is not installed")
def test_promtool_finds_nothing_to_say() -> None:
    own = OwnMetrics()
    own.see(mixed())
    settings = Settings(export=ExportSettings(contacts=True, series=200))
    profiles = load(Path(__file__).parents[3] / "config").profiles.values()
    every = {value.series: 0.5 for profile in profiles for value in profile.values}
    told = text(sample.with_view(mixed(), "xa-2-5", snmp=replace(sample.snmp(), values=every)), settings) + own.render()
    checked = subprocess.run([str(PROMTOOL), "check", "metrics"], input=told, capture_output=True, text=True, check=False)
    assert (0, "", "") == (checked.returncode, checked.stdout, checked.stderr)
