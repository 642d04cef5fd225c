"""What happened, summed up from the journal."""

from __future__ import annotations

import argparse

from monitor.cli import report_availability, report_shift
from monitor.cli.parser import Parser
from monitor.words import say
from monitor.words.usage import DESCRIPTIONS


def add_arguments(parser: Parser) -> None:
    """Declare the reports."""
    below = parser.add_subparsers(metavar="REPORT", title=parser.say("reports"), required=True)
    availability = below.add_parser(
        "availability",
        help=parser.say("report_availability"),
        description=say(DESCRIPTIONS, "report_availability", parser.language),
    )
    report_availability.add_arguments(availability)
    availability.set_defaults(perform=report_availability.execute)
    shift = below.add_parser(
        "shift",
        help=parser.say("report_shift"),
        description=say(DESCRIPTIONS, "report_shift", parser.language),
    )
    report_shift.add_arguments(shift)
    shift.set_defaults(perform=report_shift.execute)


def execute(arguments: argparse.Namespace) -> int:
    """Make the report that was asked for."""
    status: int = arguments.perform(arguments)
    return status
