"""The runbooks that alerts link to, a section per alert: docs/runbooks.md, for whoever was woken and holds a telephone."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

PLACES = (Path(__file__).parents[3] / "docs", Path(sys.prefix) / "share" / "doc" / "monitor")
"""Where runbooks.md is: beside the code, or where setup.cfg installs it."""
_HEADING = re.compile(r"^## +(\S+) *\n", re.MULTILINE)
_TITLES = re.compile(r"\*\*(?P<vi>[^*]+?)\.?\*\*.*?\n\n\*(?P<en>[^*]+?)\.?\*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Runbook:
    """What to do about one alert. anchor: its address on the page. title: in Vietnamese; english: beside it."""

    alert: str
    anchor: str
    title: str
    english: str
    body: Markup


@dataclass(frozen=True, slots=True)
class Runbooks:
    """general: what holds for every alert. sections: in the order of the file."""

    general: Markup
    sections: tuple[Runbook, ...]


def parse_runbooks(text: str) -> Runbooks:
    """Return the runbooks of a text: what stands before the first second-level heading, then a section for each.

    A section begins with its title in bold and, where the English begins, in italics; without these it is called as its alert is.
    """
    markdown = MarkdownIt("commonmark", {"html": False})
    general, *rest = _HEADING.split(text)
    sections = []
    for alert, body in zip(rest[::2], rest[1::2], strict=True):
        titles = _TITLES.search(body)
        title, english = (titles["vi"], titles["en"]) if titles else (alert, alert)
        sections.append(Runbook(alert, alert.lower(), title, english, Markup(markdown.render(body))))
    return Runbooks(Markup(markdown.render(re.sub(r"\A# .*\n", "", general))), tuple(sections))


@cache
def book() -> Runbooks | None:
    """Return the runbooks that came with this program; None where they did not."""
    found = next((place / "runbooks.md" for place in PLACES if (place / "runbooks.md").is_file()), None)
    return None if found is None else parse_runbooks(found.read_text(encoding="utf-8"))
