"""Make the file that Alertmanager runs with, out of alertmanager.yml and receivers.yaml: the secrets come in only here."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from monitor.cli.options import add_config, add_language
from monitor.cli.output import write_whole
from monitor.cli.parser import Parser
from monitor.errors import SetupError
from monitor.load.configuration import find_folder
from monitor.load.receivers import ReceiverChannel, load_receivers, with_receivers
from monitor.words import say
from monitor.words.commands import ALERTMANAGER
from monitor.words.phrase import Phrase


def add_arguments(parser: Parser) -> None:
    """Declare --config and --output."""
    add_config(parser)
    add_language(parser)
    parser.add_argument("-o", "--output", metavar="FILE", help=parser.say("alertmanager_output"))


def execute(arguments: argparse.Namespace) -> int:
    """Say who is told, write the file; 0 when done, 1 where nobody is told of anything. Raises ConfigError, SetupError."""
    configuration = find_folder(arguments.config)
    folder, language = configuration / "alertmanager", str(arguments.spoken)
    base, own = folder / "alertmanager.yml", folder / "receivers.yaml"
    if not base.exists():
        raise SetupError("not_shipped", Phrase("take_alertmanager"), path=base)
    channels = load_receivers(own)
    completed = with_receivers(base, channels, str(own))
    names = [receiver["name"] for receiver in completed["receivers"]]
    for line in _told(names, channels, language):
        print(line)
    if arguments.output:
        write_whole(Path(arguments.output), yaml.safe_dump(completed, allow_unicode=True, sort_keys=False), mode=0o600)
        print(say(ALERTMANAGER, "written", language, path=arguments.output))
    return 0 if any(channels.get(name) for name in names) else 1


def _told(names: list[str], channels: Mapping[str, tuple[ReceiverChannel, ...]], language: str) -> Iterator[str]:
    width = max(len(name) for name in names)
    for name in names:
        kinds = [channel.kind for channel in channels.get(name, ())]
        yield f"{name:{width}}  {', '.join(kinds) if kinds else say(ALERTMANAGER, 'nobody', language)}"
