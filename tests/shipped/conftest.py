"""Programs that judge what is shipped; a test is left out where its own is not installed."""

from __future__ import annotations

import shutil

import pytest


def _installed(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture(scope="session")
def amtool() -> str:
    return _installed("amtool")


@pytest.fixture(scope="session")
def promtool() -> str:
    return _installed("promtool")


@pytest.fixture(scope="session")
def analyze() -> str:
    return _installed("systemd-analyze")
