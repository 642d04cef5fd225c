"""The options that commands share."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
from functools import partial
from pathlib import Path

from monitor.cli.parser import Parser
from monitor.words import LANGUAGES, say
from monitor.words.usage import OPTIONS

_FORMATS = {".html": "html", ".xlsx": "xlsx", ".json": "json"}


def add_config(parser: Parser) -> None:
    parser.add_argument("--config", metavar="DIR", help=parser.say("config"))


def add_language(parser: Parser, default: str | None = None) -> None:
    """Declare --language; None means the configuration's own. default: argparse.SUPPRESS where the command above has it too."""
    parser.add_argument("--language", choices=LANGUAGES, default=default, help=parser.say("language"))


def add_format(parser: Parser, *formats: str) -> None:
    """Declare --format with its choices, the first one the default."""
    told = parser.say("format", formats=parser.say("or").join(formats), usual=formats[0])
    parser.add_argument("--format", choices=formats, default=formats[0], help=told)


def add_common(parser: Parser, *formats: str) -> None:
    """Declare --config DIR and --language, and --format where there are several."""
    add_config(parser)
    add_language(parser)
    if formats:
        add_format(parser, *formats)


def add_output(parser: Parser) -> None:
    """Declare -o FILE, whose name says the format where --format does not (chosen_format)."""
    parser.add_argument("-o", "--output", metavar="FILE", type=partial(_output, parser.language), help=parser.say("output"))


def _output(language: str, text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in ("", ".txt", ".log", *_FORMATS):
        told = say(OPTIONS, "output_unknown", language, text=text, suffix=path.suffix, known=", ".join(_FORMATS))
        raise argparse.ArgumentTypeError(told)
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
