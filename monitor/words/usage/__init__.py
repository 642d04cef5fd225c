"""What --help and a wrong command line say, Vietnamese first with English beside it."""

from __future__ import annotations

from monitor.words.usage.argparse_texts import ARGPARSE, TYPES
from monitor.words.usage.commands import COMMANDS, DESCRIPTIONS
from monitor.words.usage.options import OPTIONS

__all__ = ["ARGPARSE", "COMMANDS", "DESCRIPTIONS", "OPTIONS", "TYPES"]
