"""The command line's door: finds the command that was asked for and loads only that one."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from monitor import __version__
from monitor.cli.language import spoken
from monitor.errors import MonitorError

COMMANDS = {
    "demo": "the province emulated and watched, on this machine, at once",
    "lab": "the emulated province alone; ctl and exec work on a running one",
    "run": "the daemon",
    "check": "say everything that is wrong with the configuration and this machine",
    "poll": "probe now and print what answers",
    "ready": "say whether every endpoint can join a meeting, why not, and whom to call",
    "meetings": "the schedule of meetings: list it, check it, bring a calendar in",
    "ack": "take a root cause on, so that everybody sees who has it",
    "maintenance": "announce, list and end maintenance while the daemon runs",
    "report": "what happened, from the journal: the log of a shift, availability of a month",
    "sites": "import, export and list the inventory",
    "alertmanager": "who is told of alerts; makes the file that Alertmanager runs with",
    "profiles": "see which profiles there are, and try one on a device or a recording",
}


class Command(Protocol):
    """What a module of monitor.cli offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
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
        print(error.told(language), file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader went away, as `head` does; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _run(words: list[str], language: str) -> int:
    name = next((word for word in words if not word.startswith("-")), None)
    command = _command(name) if name in COMMANDS else None
    arguments = _parser(name, command).parse_args(words)
    if command is None:
        _parser(None, None).print_help()
        return 2
    arguments.spoken = language
    status = command.execute(arguments)
    sys.stdout.flush()
    return status


def _command(name: str | None) -> Command:
    return cast("Command", importlib.import_module(f"monitor.cli.{name}"))


def _parser(name: str | None, command: Command | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="monitor",
        description="Watches Hà Giang's data network and its conference endpoints.",
        epilog="Start with `monitor demo`, then open the address that it prints.",
    )
    parser.add_argument("--version", action="version", version=f"monitor {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for each, purpose in COMMANDS.items():
        described = command.__doc__ if each == name and command is not None else None
        child = commands.add_parser(each, help=purpose, description=described, formatter_class=argparse.RawDescriptionHelpFormatter)
        if each == name and command is not None:
            command.add_arguments(child)
    return parser


if __name__ == "__main__":
    sys.exit(main())
