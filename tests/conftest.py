"""Fixtures that every test may take; and which tests share what they wait for."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["tests.lab_fixture", "tests.probes.readings", "tests.supervision.past"]

# A shared machine may take any time for anything: no example fails, and no generation is refused, for being slow.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# Prometheus and its promtool spend a fifth of their time looking for what could be thrown away.
os.environ.setdefault("GOGC", "400")

WAITING = {
    "mishaps": tuple(
        f"system/test_{name}" for name in ("bandwidth", "hostile", "memory", "availability", "flood", "history", "socket")
    ),
    "province": ("system/",),
    "told": ("supervision/", "lab/", "witness/"),
}
"""Name → beginnings of tests that mostly wait, for labs and servers that they share; the first that fits. One worker runs each
in its order, while another works off all that only computes."""


class Shares(LoadScopeScheduling):  # type: ignore[misc]
    """How pytest-xdist shares the tests out: all that wait for the same to one worker, the others singly to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.removeprefix("tests/")
        return next((name for name, beginnings in WAITING.items() if path.startswith(beginnings)), nodeid)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the garbage collector look seldom, and never at the thousands of tests: it takes an eighth of the time else."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Shares:
    """Share the tests out so, with however many workers."""
    return Shares(config, log)
