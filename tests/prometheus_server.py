"""A real Prometheus for tests, on a port of its own: `with prometheus_in(folder, configuration) as url`."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

LONGEST_START_S = 60.0


@contextmanager
def prometheus_in(folder: Path, configuration: str) -> Iterator[str]:
    """Run Prometheus over folder/tsdb until the context ends; yields its URL once it is ready. Skips where it is missing."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed")
    (folder / "prometheus.yml").write_text(configuration)
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    words = [program, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb"]
    words += ["--storage.tsdb.retention.time=100y", f"--web.listen-address={listen}"]
    log = folder / "prometheus.log"
    with log.open("w") as out, subprocess.Popen(words, stdout=out, stderr=out) as process:
        try:
            _wait(process, listen, log)
            yield f"http://{listen}"
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], listen: str, log: Path) -> None:
    until_s = time.monotonic() + LONGEST_START_S
    while not _is_ready(listen):
        assert time.monotonic() < until_s, log.read_text()
        try:
            status = process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"Prometheus ended with {status}\n{log.read_text()}")


def _is_ready(listen: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{listen}/-/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def query(url: str, expression: str, at: str | float | None = None) -> list[Any]:
    """Return the result of an instant query: for each series its metric, and its value or values."""
    words = {"query": expression} | ({} if at is None else {"time": str(at)})
    with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode(words)}", timeout=30) as answer:
        found: list[Any] = json.load(answer)["data"]["result"]
    return found
