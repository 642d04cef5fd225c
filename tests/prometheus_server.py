"""A real Prometheus for tests, on a port of its own: `with prometheus_in(folder, configuration) as url`."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.patience import LONGEST_WAIT_S
from tests.ports import reserved

OWN_ADDRESS = "OWN-ADDRESS"
"""Stands in a configuration for the address of the Prometheus that it is for."""


@contextmanager
def prometheus_in(folder: Path, configuration: str) -> Iterator[str]:
    """Run Prometheus over folder/tsdb until the context ends; yields its URL once it is ready. Skips where it is missing."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed")
    with reserved() as (port,):
        listen = f"127.0.0.1:{port}"
        (folder / "prometheus.yml").write_text(configuration.replace(OWN_ADDRESS, listen))
        with _running(program, folder, listen):
            yield f"http://{listen}"


@contextmanager
def _running(program: str, folder: Path, listen: str) -> Iterator[None]:
    words = [program, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb"]
    words += ["--storage.tsdb.retention.time=100y", f"--web.listen-address={listen}"]
    log = folder / "prometheus.log"
    with log.open("w") as out, subprocess.Popen(words, stdout=out, stderr=out) as process:
        try:
            _wait(process, listen, log)
            yield
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], listen: str, log: Path) -> None:
    until_s = time.monotonic() + LONGEST_WAIT_S
    while not _is_ready(listen):
        assert time.monotonic() < until_s, log.read_text()
        try:
            status = process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"Prometheus ended with {status}\n{log.read_text()}")


def _is_ready(listen: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{listen}/-/ready", timeout=LONGEST_WAIT_S) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def query(url: str, expression: str, at: str | float | None = None) -> list[Any]:
    """Return the result of an instant query: for each series its metric, and its value or values."""
    words = {"query": expression} | ({} if at is None else {"time": str(at)})
    with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode(words)}", timeout=LONGEST_WAIT_S) as answer:
        found: list[Any] = json.load(answer)["data"]["result"]
    return found
