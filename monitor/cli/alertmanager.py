"""Make the file that Alertmanager runs with, out of alertmanager.yml and receivers.yaml: the secrets come in only here."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from monitor.cli.output import write_whole
from monitor.cli.parser import Parser
from monitor.errors import SetupError
from monitor.load.configuration import find_folder
from monitor.load.receivers import ReceiverChannel, load_receivers, with_receivers
from monitor.words import say
from monitor.words.commands import ALERTMANAGER
from monitor.words.phrase import Phrase

RECEIVERS = "receivers.yaml"

Channels = Mapping[str, tuple[ReceiverChannel, ...]]
"""Receiver → by what it is told."""


def add_arguments(parser: Parser) -> None:
    parser.add_common()
    parser.add_argument("-o", "--output", metavar="FILE", help=parser.say("alertmanager_output"))


def execute(arguments: argparse.Namespace) -> int:
    """Say who is told, write the file; 0 when done, 1 where nobody is told of anything. Raises ConfigError, SetupError."""
    folder, language = find_folder(arguments.config) / "alertmanager", str(arguments.spoken)
    channels = load_receivers(folder / RECEIVERS)
    completed = complete(folder, channels)
    names = [receiver["name"] for receiver in completed["receivers"]]
    for line in _rows_of(names, channels, language):
        print(line)
    if arguments.output:
        write_completed(completed, Path(arguments.output))
        print(say(ALERTMANAGER, "written", language, path=arguments.output))
    return 0 if any(channels.get(name) for name in names) else 1


def complete(folder: Path, channels: Channels) -> dict[str, Any]:
    """Return the configuration of alertmanager.yml in a folder with the receivers' channels. Raises ConfigError, SetupError."""
    base = folder / "alertmanager.yml"
    if not base.exists():
        raise SetupError("not_shipped", Phrase("take_alertmanager"), path=base)
    return with_receivers(base, channels, str(folder / RECEIVERS))


def write_completed(configuration: dict[str, Any], path: Path) -> None:
    """Write it for its owner only: it holds secrets. Raises SetupError."""
    write_whole(path, yaml.safe_dump(configuration, allow_unicode=True, sort_keys=False), mode=0o600)


def _rows_of(names: list[str], channels: Channels, language: str) -> Iterator[str]:
    width = max(len(name) for name in names)
    for name in names:
        kinds = [channel.kind for channel in channels.get(name, ())]
        yield f"{name:{width}}  {', '.join(kinds) if kinds else say(ALERTMANAGER, 'nobody', language)}"
