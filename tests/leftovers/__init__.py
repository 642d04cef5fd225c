"""What earlier versions leave behind, laid out where a test wants it; README.md tells what lies here and how it was made."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = "v0.1.0"
FOLDER = Path(__file__).parent / VERSION
SAID: Mapping[str, Any] = json.loads((FOLDER / "said.json").read_text(encoding="utf-8"))
"""What that version said of what it left: states, acknowledgements, work, ticks, seals, and the values of its own files."""
STOPPED: float = SAID["at"]
"""When it stopped, epoch seconds: 16:40:02 on 23 November 2026 in Vietnam."""


@dataclass(frozen=True, slots=True)
class Leftovers:
    """A copy of them. environment: what the configuration's references to secrets need. journal: its SQLAlchemy URL.

    state: the folder that holds the journal, history.minutes and loads.hours.
    """

    config: Path
    environment: Mapping[str, str]
    state: Path
    journal: str

    @property
    def history(self) -> Path:
        return self.state / "history.minutes"

    @property
    def loads(self) -> Path:
        return self.state / "loads.hours"


def lay_out(folder: Path) -> Leftovers:
    """Copy everything into a folder, the journal as a database."""
    for name in ("config", "credentials", "state"):
        shutil.copytree(FOLDER / name, folder / name)
    state = folder / "state"
    script = state / "journal.sql"
    with closing(sqlite3.connect(state / "journal.db")) as journal:
        journal.executescript(script.read_text(encoding="utf-8"))
    script.unlink()
    environment = json.loads((FOLDER / "environment.json").read_text(encoding="utf-8"))
    return Leftovers(
        config=folder / "config",
        environment=environment | {"CREDENTIALS_DIRECTORY": str(folder / "credentials")},
        state=state,
        journal=f"sqlite:///{state}/journal.db",
    )


def report(name: str, language: str) -> str:
    """Return what that version's report said; name: 'shift-night', 'shift-day', 'availability', but for when it was made."""
    return (FOLDER / "reports" / f"{name}.{language}.txt").read_text(encoding="utf-8")


def sealed_page(meeting: str, language: str) -> str:
    """Return the page of a sealed report as that version opened it when it stopped."""
    return (FOLDER / "sealed" / f"{meeting}.{language}.html").read_text(encoding="utf-8")


def sealed_cells(meeting: str, language: str) -> list[str]:
    """Return what stood in its workbook: the name of each sheet, and under it a line of JSON for each row."""
    return (FOLDER / "sealed" / f"{meeting}.{language}.xlsx.json").read_text(encoding="utf-8").splitlines()
