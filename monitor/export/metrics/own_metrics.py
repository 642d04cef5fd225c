"""The daemon's own metrics, held by prometheus_client in a registry of ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.openmetrics import exposition as openmetrics

from monitor import __version__
from monitor.model.agent_fault import STRAY_KINDS, Unsolicited
from monitor.model.inventory import Area
from monitor.model.reading import Outcome, Reading
from monitor.model.settings import Settings
from monitor.model.state import Snapshot

LAG_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
"""A quiet loop is late by less than the first; from the quarter of a second on its lag may be felt."""

BOUNDS: Mapping[str, tuple[str, Callable[[Settings], float]]] = {
    "wan_loss_bound_ratio": ("Above which loss a target is degraded", lambda settings: settings.quality.loss_ratio),
    "wan_rtt_bound_seconds": ("Above which round trip a target is degraded", lambda settings: settings.quality.rtt_s),
    "wan_jitter_bound_seconds": ("Above which jitter a target is degraded", lambda settings: settings.quality.jitter_s),
    "wan_rtt_usual_bound_ratio": (
        "How many times its site's usual a round trip may be",
        lambda settings: settings.quality.rtt_usual_factor,
    ),
    "wan_rtt_usual_bound_seconds": (
        "How far above its site's usual one may be",
        lambda settings: settings.quality.rtt_usual_extra_s,
    ),
    "wan_link_bound_ratio": ("Which share of a circuit's contract may be used", lambda settings: settings.meetings.headroom),
}
"""Name → help and value of what is told of the settings; absent until see_settings()."""


class OwnMetrics:
    """Counts what the daemon does. Every method is cheap enough for the event loop and never raises for a daemon's reason."""

    def __init__(self) -> None:
        # _created series double every counter and say nothing that Prometheus 2 uses; the switch is prometheus_client's, for all.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        own = self.registry
        self._probes = Counter("monitor_probes_total", "Probes by how they ended.", ["probe", "outcome"], registry=own)
        self._duration = Histogram(
            "monitor_round_duration_seconds",
            "From a round's first packet to its last reading.",
            ["probe"],
            buckets=(0.1, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120),
            registry=own,
        )
        self._lag = Gauge("monitor_round_lag_seconds", "How late the last round began.", ["probe"], registry=own)
        self._skipped = Counter(
            "monitor_rounds_skipped_total", "Turns left out: the last probe was still in flight, or we stood still.", registry=own
        )
        self._drops = Counter(
            "monitor_receive_drops_total", "Packets that the kernel dropped because our socket was full.", registry=own
        )
        self._unsolicited = Counter(
            "monitor_snmp_unsolicited_total",
            "Datagrams at our SNMP sockets that answered no open question.",
            ["kind"],
            registry=own,
        )
        for kind in STRAY_KINDS:
            self._unsolicited.labels(kind)
        self._counted: dict[tuple[str, Outcome], int] = defaultdict(int)  # since the last render: a child's lock costs more
        self._spikes: Counter | None = None
        self._loop_lag = Histogram(
            "monitor_event_loop_lag_seconds",
            "How late the event loop ran a timer, observed five times a second.",
            buckets=LAG_BUCKETS_S,
            registry=own,
        )
        self._reloaded = Gauge(
            "monitor_config_last_reload_successful", "1 where the last load of the configuration succeeded.", registry=own
        )
        self._blind = Gauge("monitor_blind", "1 while the monitor can't see the network; states are frozen.", registry=own)
        self._journal = Gauge("monitor_journal_up", "1 while the journal commits in time.", registry=own)
        build = Gauge("monitor_build_info", "What runs; always 1.", ["version"], registry=own)
        build.labels(version=__version__).set(1)
        self._bounds: dict[str, Gauge] = {}
        self._area = Gauge("wan_area_info", "What an area is called; always 1.", ["area", "name"], registry=own)
        self._areas: Mapping[str, Area] = {}
        self._reloaded.set(1)
        self._journal.set(1)
        self._drops_seen = 0
        self._spikes_seen: dict[str, int] = {}

    def count(self, reading: Reading) -> None:
        self._counted[reading.probe, reading.outcome] += 1

    def round_ended(self, probe: str, duration_s: float) -> None:
        self._duration.labels(probe).observe(duration_s)

    def round_began(self, probe: str, lag_s: float) -> None:
        self._lag.labels(probe).set(lag_s)

    def skip(self, turns: int = 1) -> None:
        self._skipped.inc(turns)

    def see_receive_drops(self, total: int) -> None:
        """Note the probers' drops so far; a total that shrank was begun anew."""
        self._drops.inc(total - self._drops_seen if total >= self._drops_seen else total)
        self._drops_seen = total

    def count_unsolicited(self, unsolicited: Iterable[Unsolicited]) -> None:
        for one in unsolicited:
            self._unsolicited.labels(one.kind).inc(one.datagrams)

    def see_loop_lag(self, lag_s: float) -> None:
        self._loop_lag.observe(max(0.0, lag_s))

    def see_reload(self, *, succeeded: bool) -> None:
        self._reloaded.set(int(succeeded))

    def see_settings(self, settings: Settings) -> None:
        """Tell from where on verdicts call something bad."""
        for name, (purpose, bound) in BOUNDS.items():
            if name not in self._bounds:
                self._bounds[name] = Gauge(name, f"{purpose}, by monitor.yaml.", registry=self.registry)
            self._bounds[name].set(bound(settings))

    def see_journal(self, *, is_up: bool) -> None:
        self._journal.set(int(is_up))

    def see(self, snapshot: Snapshot) -> None:
        """Take from a snapshot what belongs here: blindness, the areas' names and the spikes that were dropped."""
        self._blind.set(int(snapshot.blind is not None))
        if snapshot.inventory.areas is not self._areas:
            self._areas = snapshot.inventory.areas
            self._area.clear()
            for area in self._areas.values():
                self._area.labels(area.id, area.name).set(1)
        for id_, view in snapshot.views.items():
            total = view.snmp.spikes_total if view.snmp else 0
            before = self._spikes_seen.get(id_, 0)
            if total != before:
                self._count_spikes(total - before if total > before else total)
                self._spikes_seen[id_] = total

    def _count_spikes(self, spikes: int) -> None:
        # Made with the first spike: promtool's linter objects to the contract's name ("should not include type 'counter'").
        if self._spikes is None:
            purpose = "Counter readings dropped for a rate above the line's speed."
            self._spikes = Counter("monitor_counter_spikes_total", purpose, registry=self.registry)
        self._spikes.inc(spikes)

    def render(self, *, is_openmetrics: bool = False) -> str:
        for (probe, outcome), count in self._counted.items():
            self._probes.labels(probe, outcome.value).inc(count)
        self._counted.clear()
        return registry_text(self.registry, is_openmetrics=is_openmetrics)


def registry_text(registry: CollectorRegistry, *, is_openmetrics: bool) -> str:
    """Return a registry's text, without the closing # EOF."""
    if is_openmetrics:
        text: bytes = openmetrics.generate_latest(registry)  # type: ignore[no-untyped-call]
        return text.decode().removesuffix("# EOF\n")
    return generate_latest(registry).decode()
