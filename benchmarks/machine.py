"""What machine the figures are of; without it they mean nothing."""

from __future__ import annotations

import datetime
import os
import platform
import shutil
import socket
import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import monitor
from benchmarks.native import compiler_version
from monitor.probes.kernel import enlarge

_LIBRARIES = ("gufo_ping", "gufo_snmp", "icmplib", "pysnmp", "puresnmp", "prometheus_client", "aiohttp", "babel")
_PACKAGES = ("fping", "prometheus-blackbox-exporter", "prometheus-snmp-exporter")


def library(name: str) -> str:
    """Return the version of an installed Python library, '' where it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def package(name: str) -> str:
    """Return the version of an installed Debian package, '' where it is not installed."""
    if shutil.which("dpkg-query") is None:
        return ""
    words = ("dpkg-query", "--show", "--showformat", "${Version}", name)
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def describe() -> dict[str, str]:
    """Return what the machine is, one fact a line. Call it before the network is left: rmem_max is the machine's own."""
    facts = {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
        "Python": platform.python_version(),
        "compiler": compiler_version() or "none",
        "net.core.rmem_max": f"{_rmem_max():,} bytes",
        "receive buffer granted": f"{granted_buffer():,} bytes",
        "monitor": monitor.__version__,
    }
    return facts | {name: version or "missing" for name, version in _versions().items()}


def load() -> str:
    """Return the load averages of 1, 5 and 15 minutes."""
    return " ".join(f"{each:.2f}" for each in os.getloadavg())


def granted_buffer() -> int:
    """Return how many bytes the kernel grants to a socket that asks for as much as the ICMP prober does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        enlarge(probe)
        return probe.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def _versions() -> Mapping[str, str]:
    return {name: library(name) for name in _LIBRARIES} | {name: package(name) for name in _PACKAGES}


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _rmem_max() -> int:
    return int(Path("/proc/sys/net/core/rmem_max").read_text(encoding="utf-8"))
