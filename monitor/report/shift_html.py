"""The shift log as one self-contained page, made to be printed on A4, signed and kept."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.report.shift import ShiftLog
from monitor.report.wording import ShiftWording

_PAGES = Path(__file__).parent / "pages"


def shift_html(log: ShiftLog, say: ShiftWording, network: str, written_at: float) -> str:
    """Return the page. network: its name for the heading. written_at: epoch seconds."""
    environment = Environment(
        loader=FileSystemLoader(_PAGES), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    written = say.voice.time(say.moment(written_at))
    return environment.get_template("shift.html").render(log=log, say=say, network=network, written=written)
