"""The folder in which a running lab can be found: its control socket, and nothing else that matters."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.errors import SetupError, reason_of
from monitor.lab.control import ask_lab, ensure_short


def state_folder(given: str | None) -> Path:
    """Return the lab's folder: as given, else below $XDG_RUNTIME_DIR, /run for root, or /tmp."""
    if given:
        return Path(given).absolute()
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "monitor"
    return Path("/run/monitor") if os.geteuid() == 0 else Path(f"/tmp/monitor-{os.geteuid()}")


def socket_path(folder: Path) -> Path:
    """Return where a lab's control socket is."""
    return folder / "lab.sock"


def prepare_folder(folder: Path) -> None:
    """Make the folder, for its owner only. Raises SetupError where that fails or a lab runs there already."""
    ensure_short(socket_path(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SetupError("state_folder", folder=folder, reason=reason_of(error)) from error
    running = _status(folder)
    if running is not None:
        raise SetupError("lab_runs", pid=running["pid"], folder=folder)


def find_lab(folder: Path) -> Mapping[str, Any]:
    """Return the status of the lab that runs there. Raises SetupError where none does."""
    status = _status(folder)
    if status is None:
        raise SetupError("no_lab", folder=folder)
    return status


def _status(folder: Path) -> Mapping[str, Any] | None:
    try:
        return ask_lab(socket_path(folder), {"ask": "status"})
    except OSError:
        return None
