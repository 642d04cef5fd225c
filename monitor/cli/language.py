"""In which language a command speaks that reads no whole configuration."""

from __future__ import annotations

import argparse
from pathlib import Path

from monitor.load.secrets import SecretStore
from monitor.load.settings import load_settings


def language_of(arguments: argparse.Namespace, folder: Path) -> str:
    """Return --language, else the language of a folder's monitor.yaml, whatever else may be wrong in it."""
    if arguments.language is None:
        return load_settings(folder / "monitor.yaml", SecretStore({}, folder), [])[0].language
    return str(arguments.language)
