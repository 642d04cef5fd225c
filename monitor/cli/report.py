"""What happened, summed up from the journal."""

from __future__ import annotations

import argparse

from monitor.cli import report_availability, report_shift
from monitor.cli.parser import Parser
from monitor.words import say
from monitor.words.usage import DESCRIPTIONS


def add_arguments(parser: Parser) -> None:
    below = parser.add_subparsers(metavar="REPORT", title=parser.say("reports"), required=True)
    for key, report in {"report_availability": report_availability, "report_shift": report_shift}.items():
        about = say(DESCRIPTIONS, key, parser.language)
        child = below.add_parser(key.removeprefix("report_"), help=parser.say(key), description=about)
        report.add_arguments(child)
        child.set_defaults(perform=report.execute)


def execute(arguments: argparse.Namespace) -> int:
    status: int = arguments.perform(arguments)
    return status
