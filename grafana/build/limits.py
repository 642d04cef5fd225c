"""From where on figures are coloured: by config/monitor.yaml, as the monitor's own pages and verdicts do (monitor/rules/bounds.py).

Grafana takes no colour's threshold from a series, so they are written into the dashboards when these are built.
"""

from __future__ import annotations

from math import isfinite

from grafana.build.names import configuration
from grafana.build.style import DEGRADED, DOWN, QUIET, TEXT, Say, Step, speaker_of
from monitor.model.settings import Settings
from monitor.rules.bounds import (
    Bounds,
    Floors,
    jitter_bounds,
    left_floors,
    load_bounds,
    loss_bounds,
    often_bounds,
    ready_floors,
    rtt_bounds,
)


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
    amber, red = (round(bounds.amber, 9), DEGRADED), (round(bounds.red, 9) if isfinite(bounds.red) else bounds.red, DOWN)
    return tuple(step for step in (amber, red) if isfinite(step[0]) and (step is red or step[0] < bounds.red))


def filling() -> tuple[Step, ...]:
    """Return the colours of how full a circuit often is."""
    return steps(often_bounds(settings()))


def heights(floors: Floors, ground: str = TEXT, factor: float = 1.0) -> tuple[Step, ...]:
    """Return the colours of a figure that is the better the higher it is. factor: from its unit to the panel's."""
    red, amber = round(floors.red * factor, 9), round(floors.amber * factor, 9)
    between: tuple[Step, ...] = ((red, DEGRADED),) if red < amber else ()
    return ((None, DOWN), *between, (amber, ground))


def ready(ground: str) -> tuple[Step, ...]:
    """Return the colours of the share of a meeting's endpoints that are ready."""
    return heights(ready_floors(settings()), ground)


def time_left() -> tuple[Step, ...]:
    """Return the colours of the seconds until a meeting."""
    return heights(left_floors(settings()))


def share(say: Say, ratio: float) -> str:
    """Return a ratio in percent."""
    return speaker_of(say).bound(ratio)


def span(say: Say, seconds: float) -> str:
    """Return how long something lasts."""
    return speaker_of(say).duration(seconds)


def milliseconds(say: Say, seconds: float) -> str:
    """Return a time in milliseconds."""
    return speaker_of(say).milliseconds(seconds)
