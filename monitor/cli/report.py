"""What happened, summed up from the journal.

monitor report shift                                 the last 8 hours: what happened, who took it on, what is open
monitor report shift --from 14:00 --to 22:00 -o ca-chieu.html
monitor report availability                          this month so far
monitor report availability --month 2026-10
monitor report availability --from 2026-11-01 --to 2026-11-15
monitor report availability --month 2026-10 --format html -o thang-10.html
"""

from __future__ import annotations

import argparse

from monitor.cli import report_availability, report_shift


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the reports."""
    below = parser.add_subparsers(metavar="REPORT", title="reports", required=True)
    availability = below.add_parser(
        "availability",
        help="how much of a period points and endpoints were there",
        description=report_availability.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report_availability.add_arguments(availability)
    availability.set_defaults(perform=report_availability.execute)
    shift = below.add_parser(
        "shift",
        help="what happened in a shift, who took it on, what is still open",
        description=report_shift.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report_shift.add_arguments(shift)
    shift.set_defaults(perform=report_shift.execute)


def execute(arguments: argparse.Namespace) -> int:
    """Make the report that was asked for."""
    status: int = arguments.perform(arguments)
    return status
