"""This program as it runs: how a shell here calls it, and its log."""

from __future__ import annotations

import logging
import shutil
import sys
from pathlib import Path


def own_command() -> str:
    """Return how a shell here calls this program: by its name where PATH finds this very one, else by its path."""
    script = Path(sys.executable).with_name("monitor")
    found = shutil.which("monitor")
    if not script.exists():
        return "monitor" if found else f"{sys.executable} -m monitor"
    if found is not None and Path(found).resolve() == script.resolve():
        return "monitor"
    return str(script.relative_to(Path.cwd()) if script.is_relative_to(Path.cwd()) else script)


def start_log(level: int = logging.INFO) -> None:
    """Log to the standard error; without a time of our own where the service manager stamps each line itself."""
    stamped = "%(asctime)s " if sys.stderr.isatty() else ""
    logging.basicConfig(level=level, format=f"{stamped}%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
