"""A made-up past of the small province in a real Prometheus, for all tests that look at one. Registered by tests/conftest.py."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.__main__ import main
from tests.lab_fixture import MONITOR, PROFILES, SITES
from tests.patience import LONGEST_WAIT_S
from tests.prometheus_server import prometheus_in

END = "2026-11-23T10:05:00+07:00"


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine days of the small province until END: blocks in tsdb, and journal.db."""
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")
    folder = tmp_path_factory.mktemp("history")
    (folder / "config").mkdir()
    (folder / "config" / "sites.yaml").write_text(SITES)
    (folder / "config" / "monitor.yaml").write_text(MONITOR)
    (folder / "config" / "profiles").symlink_to(PROFILES)
    words = ["lab", "history", "--config", str(folder / "config"), "--days", "9", "--detail", "3h", "--until", END, "--seed", "3"]
    assert 0 == main([*words, "--blocks", str(folder / "tsdb"), "--journal", str(folder / "journal.db")])
    return folder


@pytest.fixture(scope="session")
def past_prometheus(past: Path) -> Iterator[str]:
    """The address of a Prometheus over that past."""
    with prometheus_in(past, "global: {scrape_interval: 10s, evaluation_interval: 10s}\n") as url:
        yield url


def call(prometheus: str, path: str, **words: str | list[str]) -> Any:
    """Return the data that Prometheus answers to a path of its API; fails with what it says of a faulty query."""
    body = urllib.parse.urlencode(words, doseq=True).encode()
    try:
        with urllib.request.urlopen(f"{prometheus}/api/v1/{path}", body, timeout=LONGEST_WAIT_S) as answer:
            return json.load(answer)["data"]
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{words}: {error.read().decode()}") from error
