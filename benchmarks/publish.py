"""Writes a report: results.json, README.md, the plot as SVG and PNG, and the README's block."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks import readme, tables
from benchmarks.results import Report, to_json

PICTURE = "exchanges"


def publish(report: Report, folder: Path, readme_file: Path | None) -> None:
    """Write the report into the folder. readme_file: the page whose marked block becomes this run's, None for none."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(to_json(report), encoding="utf-8")
    (folder / "README.md").write_text(tables.page(report, f"{PICTURE}.svg"), encoding="utf-8")
    try:
        plot = importlib.import_module("benchmarks.plot")
    except ImportError as error:
        print(f"no plot: {error.name} is not installed (pip install '.[bench]')", file=sys.stderr)
    else:
        plot.draw(report, folder / f"{PICTURE}.svg", folder / f"{PICTURE}.png")
    if readme_file is not None:
        text = readme_file.read_text(encoding="utf-8")
        readme_file.write_text(readme.rewritten(text, readme.block(report)), encoding="utf-8")
