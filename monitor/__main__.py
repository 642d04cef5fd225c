"""The command line's door: finds the command that was asked for and loads only that one."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from typing import Protocol, cast

from monitor import __version__
from monitor.cli.language import spoken
from monitor.cli.parser import Parser
from monitor.errors import MonitorError
from monitor.words import say
from monitor.words.usage import COMMANDS, DESCRIPTIONS

NAMES = (
    *("demo", "lab", "run", "check", "poll", "ready", "meetings", "ack", "maintenance", "report", "sites"),
    *("alertmanager", "profiles"),
)
"""Of the commands, in the order in which one meets them; each is a module of monitor.cli."""


class Command(Protocol):
    """What a module of monitor.cli offers."""

    def add_arguments(self, parser: Parser) -> None:
        """Declare the command's own arguments on its parser."""

    def execute(self, arguments: argparse.Namespace) -> int:
        """Do what was asked, in the language arguments.spoken.

        Return the exit status: 0 fine, 1 not fine, 2 usage, configuration or set-up.
        """


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    language = spoken(words, os.environ)
    try:
        return _run(words, language)
    except MonitorError as error:
        print(error.text_in(language), file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader went away, as `head` does; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _run(words: list[str], language: str) -> int:
    name = next((word for word in words if not word.startswith("-")), None)
    command = _command(name) if name in NAMES else None
    parser = _parser(name, command, language)
    arguments = parser.parse_args(words)
    if command is None:
        parser.print_help()
        return 2
    arguments.spoken = language
    status = command.execute(arguments)
    sys.stdout.flush()
    return status


def _command(name: str | None) -> Command:
    return cast("Command", importlib.import_module(f"monitor.cli.{name}"))


def _parser(name: str | None, command: Command | None, language: str) -> Parser:
    said = partial(say, COMMANDS, language=language)
    parser = Parser(prog="monitor", language=language, description=said("monitor"), epilog=said("begin"))
    about = "show program's version number and exit"
    parser.add_argument("--version", action="version", version=f"monitor {__version__}", help=about)
    commands = parser.add_subparsers(metavar="COMMAND", title=said("commands"))
    for each in NAMES:
        described = say(DESCRIPTIONS, each, language) if each == name else None
        child = commands.add_parser(each, help=said(each), description=described)
        if each == name and command is not None:
            command.add_arguments(child)
    return parser


if __name__ == "__main__":
    sys.exit(main())
