"""The same families as the collector's, built the general way: prometheus_client's own classes and its own exposition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from monitor.model.inventory import Target
from monitor.model.state import RTT_BOUNDS_S, IcmpView, InterfaceView, Snapshot, SnmpView, State, TargetView

COMMON = ["target", "kind", "level", "area"]

Key = tuple[str, frozenset[tuple[str, str]]]


class Oracle(Collector):
    """Collects a snapshot whose evidence is all fresh, and in which the monitor sees."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._families: dict[str, Metric] = {}

    def collect(self) -> Iterator[Metric]:
        """Yield every family."""
        self._families = {}
        for view in self._snapshot.views.values():
            self._info(view.target)
            if view.state is not None:
                self._state(view, view.state)
            if view.icmp is not None:
                self._icmp(view.target, view.icmp)
            if view.snmp is not None:
                self._snmp(view.target, view.snmp)
            self._values(view)
        yield from self._families.values()

    def _gauge(self, target: Target, name: str, value: float | None, /, **own: str) -> None:
        if value is None:
            return
        family = self._families.setdefault(name, GaugeMetricFamily(name, "-", labels=[*COMMON, *own]))
        assert isinstance(family, GaugeMetricFamily)
        family.add_metric([*_common(target), *own.values()], value)

    def _counter(self, target: Target, name: str, value: float | None, /, **own: str) -> None:
        if value is None:
            return
        family = self._families.setdefault(name, CounterMetricFamily(name, "-", labels=[*COMMON, *own]))
        assert isinstance(family, CounterMetricFamily)
        family.add_metric([*_common(target), *own.values()], value)

    def _info(self, target: Target) -> None:
        where = target.location
        own = {"name": target.name, "address": target.address, "profile": target.profile, "uplink": ",".join(target.parents)}
        place = (str(where.latitude), str(where.longitude)) if where else ("", "")
        self._gauge(target, "wan_target_info", 1, **own, latitude=place[0], longitude=place[1])

    def _state(self, view: TargetView, state: State) -> None:
        target = view.target
        up = {State.UP: 1, State.DEGRADED: 1, State.DOWN: 0, State.UNREACHABLE: 0, State.STANDBY: 0}.get(state)
        if state is State.MAINTENANCE:
            asked = [view.icmp is not None and view.icmp.outcome.is_alive, view.snmp is not None and view.snmp.up]
            up = int(any([*asked, *(each.outcome.is_alive for each in view.services.values())]))
        self._gauge(target, "wan_target_up", up)
        for each in State:
            self._gauge(target, "wan_target_state", float(each is state), state=each.value)
        self._gauge(target, "wan_target_state_changed_timestamp_seconds", view.since)
        if state in (State.DOWN, State.UNREACHABLE):
            self._gauge(target, "wan_target_cause_info", 1, cause=view.cause or target.id)
        for cause in self._snapshot.root_causes:
            if cause.target == target.id:
                self._gauge(target, "wan_target_affected", cause.points, affected="points")
                self._gauge(target, "wan_target_affected", cause.endpoints, affected="endpoints")
        self._gauge(target, "wan_target_flapping", float(view.flapping))
        self._gauge(target, "wan_target_maintenance", float(view.maintenance))
        if state is State.DOWN or view.flapping or view.acknowledged:
            self._gauge(target, "wan_target_acknowledged", float(view.acknowledged is not None))

    def _icmp(self, target: Target, view: IcmpView) -> None:
        self._gauge(target, "wan_last_reading_timestamp_seconds", view.at, probe="icmp")
        self._counter(target, "wan_icmp_packets_sent", view.sent_total)
        self._counter(target, "wan_icmp_packets_received", view.received_total)
        name = "wan_icmp_rtt_seconds"
        family = self._families.setdefault(name, HistogramMetricFamily(name, "-", labels=COMMON))
        assert isinstance(family, HistogramMetricFamily)
        buckets = [(str(bound), float(count)) for bound, count in zip(RTT_BOUNDS_S, view.rtt_buckets, strict=True)]
        family.add_metric(_common(target), [*buckets, ("+Inf", float(view.received_total))], view.rtt_sum_s)
        self._gauge(target, "wan_icmp_rtt_average_seconds", view.sample.rtt_average_s)
        self._gauge(target, "wan_icmp_loss_ratio", view.sample.loss_ratio)
        self._gauge(target, "wan_icmp_jitter_seconds", view.jitter_s)
        self._gauge(target, "wan_voice_mos", view.mos)

    def _snmp(self, target: Target, view: SnmpView) -> None:
        self._gauge(target, "wan_last_reading_timestamp_seconds", view.at, probe="snmp")
        self._gauge(target, "wan_snmp_up", float(view.up))
        contracted = target.contracted
        speeds = (contracted.down_bps / 8, contracted.up_bps / 8) if contracted else (None, None)
        for direction, speed in zip(("receive", "transmit"), speeds, strict=True):
            self._gauge(target, "wan_link_contracted_bytes_per_second", speed, direction=direction)
        if not view.up:
            return
        self._gauge(target, "wan_device_boot_timestamp_seconds", view.boot_at)
        for row in view.interfaces:
            if row.role == "wan" or target.interfaces == "all":
                self._interface(target, row)
        wan = next((row for row in view.interfaces if row.role == "wan"), None)
        rates = (wan.receive_bytes_per_second, wan.transmit_bytes_per_second) if wan else (None, None)
        for direction, speed, carried in zip(("receive", "transmit"), speeds, rates, strict=True):
            if speed is not None and carried is not None:
                self._gauge(target, "wan_link_utilisation_ratio", carried * 8 / (speed * 8), direction=direction)

    def _values(self, view: TargetView) -> None:
        """One series each: the probes' word before the agent's, but for calls the device's own."""
        told = dict(view.snmp.values) if view.snmp and view.snmp.up else {}
        own_word = {series for series in told if series == "conference_in_call"}
        for probe in ("web", "h323", "tcp", "sip"):
            heard = view.services.get(probe)
            if heard is None:
                continue
            self._gauge(view.target, "wan_last_reading_timestamp_seconds", heard.at, probe=probe)
            told |= {series: number for series, number in heard.sample.values.items() if probe == "web" or series not in own_word}
            own_word |= {"conference_in_call"} if probe == "web" and "conference_in_call" in told else set()
        for series, number in told.items():
            name, _, labels = series.rstrip("}").partition("{")
            self._gauge(
                view.target,
                name,
                number,
                **{key: text.strip('"') for key, _, text in (each.partition("=") for each in labels.split(",") if each)},
            )

    def _interface(self, target: Target, row: InterfaceView) -> None:
        name = row.name
        for way in ("receive", "transmit"):
            for what in ("bytes", "errors", "discards"):
                self._counter(target, f"wan_interface_{way}_{what}", getattr(row, f"{way}_{what}_total"), interface=name)
            self._gauge(target, f"wan_interface_{way}_bytes_per_second", getattr(row, f"{way}_bytes_per_second"), interface=name)
        self._gauge(target, "wan_interface_up", None if row.up is None else float(row.up), interface=name)
        self._gauge(target, "wan_interface_info", 1, interface=name, alias=row.alias, role=row.role)


def _common(target: Target) -> list[str]:
    return [target.id, target.kind.value, target.level, target.area]


def exposition(snapshot: Snapshot) -> str:
    """Return prometheus_client's text of a snapshot."""
    registry = CollectorRegistry()
    registry.register(Oracle(snapshot))
    return generate_latest(registry).decode()


def samples(families: Iterable[Metric]) -> dict[Key, float]:
    """Return (name, labels) → value of every sample."""

    def key(sample: Sample) -> Key:
        return sample.name, frozenset(sample.labels.items())

    return {key(sample): sample.value for family in families for sample in family.samples}


def parsed(text: str) -> dict[Key, float]:
    """Return the samples of a text of format 0.0.4."""
    return samples(text_string_to_metric_families(text))
