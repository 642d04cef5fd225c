"""From where on figures are coloured: by config/monitor.yaml, as the monitor's own pages and verdicts do (monitor/rules/bounds.py).

Grafana takes no colour's threshold from a series, so they are written into the dashboards when these are built.
"""

from __future__ import annotations

from math import isfinite

from grafana.build.names import configuration
from grafana.build.style import DEGRADED, DOWN, QUIET, Say, Step, speaker_of
from monitor.model.settings import Settings
from monitor.rules.bounds import Bounds, jitter_bounds, load_bounds, loss_bounds, rtt_bounds

_SOON = 0.75
"""Of a circuit's headroom: a 95th percentile from here on is worth a look before the contract is renewed."""


def settings() -> Settings:
    """Return the settings that the dashboards are built for."""
    return configuration().settings


def loss() -> Bounds:
    """Return the bounds of a loss, 0 to 1."""
    return loss_bounds(settings())


def round_trip() -> Bounds:
    """Return the bounds of a round trip in seconds; what is usual for a site differs from site to site and is an alert's."""
    return rtt_bounds(settings())


def jitter() -> Bounds:
    """Return the bounds of a jitter in seconds."""
    return jitter_bounds(settings())


def load() -> Bounds:
    """Return the bounds of a load, as a share of the contract."""
    return load_bounds(settings())


def steps(bounds: Bounds, ground: str = QUIET) -> tuple[Step, ...]:
    """Return the colours of a figure: the ground's below its bounds."""
    return ((None, ground), *dashes(bounds))


def dashes(bounds: Bounds) -> tuple[Step, ...]:
    """Return the lines of a chart."""
    amber, red = (bounds.amber, DEGRADED), (bounds.red, DOWN)
    return tuple(step for step in (amber, red) if isfinite(step[0]) and (step is red or step[0] < bounds.red))


def filling() -> tuple[Step, ...]:
    """Return the colours of how full a circuit often is."""
    return ((None, QUIET), (round(load().amber * _SOON, 6), DEGRADED), (load().amber, DOWN))


def share(say: Say, ratio: float) -> str:
    """Return a ratio in percent."""
    return speaker_of(say).bound(ratio)


def milliseconds(say: Say, seconds: float) -> str:
    """Return a time in milliseconds."""
    return speaker_of(say).milliseconds(seconds)
