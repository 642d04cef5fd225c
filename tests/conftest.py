"""Fixtures that every test may take; and which tests wait for each other's servers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.lab_fixture", "tests.probes.readings", "tests.supervision.past"]

# A shared machine may take any time for anything: no example fails, and no generation is refused, for being slow.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

HERE = Path(__file__).parent
WAITING = ("system", "supervision", "lab", "witness")
"""Folders whose tests mostly wait, for labs and servers that they share: they make one group, which one worker runs in their order
while another works off all that only computes."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that wait in one group; without pytest-xdist's workers this changes nothing."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.path.relative_to(HERE).parts[0] in WAITING:
            item.add_marker(pytest.mark.xdist_group("waiting"))
