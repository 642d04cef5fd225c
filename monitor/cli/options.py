"""The options that commands share."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
from pathlib import Path

from monitor.words import LANGUAGES

_FORMATS = {".html": "html", ".xlsx": "xlsx", ".json": "json"}


def add_config(parser: argparse.ArgumentParser) -> None:
    """Declare --config DIR."""
    parser.add_argument("--config", metavar="DIR", help="the configuration's folder (default: ./config, then /etc/monitor)")


def add_language(parser: argparse.ArgumentParser) -> None:
    """Declare --language; None means the configuration's own."""
    parser.add_argument("--language", choices=LANGUAGES, help="vi or en (the configuration's own)")


def add_format(parser: argparse.ArgumentParser, *formats: str) -> None:
    """Declare --format with its choices, the first one the default."""
    parser.add_argument("--format", choices=formats, default=formats[0], help=f"{' or '.join(formats)} ({formats[0]})")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Declare -o FILE, whose name says the format where --format does not (chosen_format)."""
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=_output, help="write it there; FILE.html, .xlsx or .json says the format"
    )


def _output(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in ("", ".txt", ".log", *_FORMATS):
        raise argparse.ArgumentTypeError(f"{text}: no {path.suffix} is written; give a name in {', '.join(_FORMATS)} or .txt")
    return path


def chosen_format(arguments: argparse.Namespace) -> str:
    """Return the format that --format says, else the one that the name of the file to write says."""
    asked = str(arguments.format)
    named = _FORMATS.get(Path(arguments.output or "").suffix.lower())
    return named if named is not None and asked == "table" else asked


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
