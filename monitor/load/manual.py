"""The reference parts of docs/configuration.md and docs/faults.md, made of the tables that the loader reads and tells faults by.

`python -m monitor.load.manual docs/configuration.md` brings a page up to date; a test holds that they are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from string import Formatter
from typing import Any

from monitor.load import meetings, profiles, sites
from monitor.load.exchange.netbox_form import netbox_table
from monitor.load.fields import Either, Field, ListOf, MapOf, OneOrMany, Record, Table
from monitor.load.secrets import FIELDS as SECRET_FIELDS
from monitor.load.secrets import SecretStore
from monitor.load.settings import settings_table
from monitor.words import Catalogue
from monitor.words.faults.calendars import CALENDARS
from monitor.words.faults.commands import COMMANDS
from monitor.words.faults.exchange import EXCHANGE
from monitor.words.faults.files import FILES
from monitor.words.faults.inventory import INVENTORY
from monitor.words.faults.keys import KEYS
from monitor.words.faults.lab import LAB
from monitor.words.faults.machine import MACHINE
from monitor.words.faults.operations import OPERATIONS
from monitor.words.faults.profiles import PROFILES
from monitor.words.faults.requests import REQUESTS
from monitor.words.faults.serving import SERVING
from monitor.words.faults.settings import SETTINGS
from monitor.words.faults.system import SYSTEM
from monitor.words.faults.values import VALUES

_BOTH = (*sites.OWN, *sites.SHARED)
_TARGETS = ("defaults", "points", "endpoints")

# Section of the page → the form that it describes. What points and endpoints share stands in one section, not in four.
FORMS: dict[str, Table] = {
    "sites": sites.FILE,
    "target": Table(_BOTH),
    "point": Table([field for field in sites.POINT.fields.values() if field not in _BOTH]),
    "endpoint": Table([field for field in sites.ENDPOINT.fields.values() if field not in _BOTH]),
    "monitor": settings_table(SecretStore({}, Path())),
    "meetings": meetings.FILE,
    "netbox": netbox_table(SecretStore({}, Path())),
    "profile": profiles.FILE,
    "secret": Table(SECRET_FIELDS),
}
FAULTS: dict[str, Catalogue] = {
    "files": FILES,
    "values": VALUES,
    "keys": KEYS,
    "inventory": INVENTORY,
    "settings": SETTINGS,
    "profiles": PROFILES,
    "calendars": CALENDARS,
    "exchange": EXCHANGE,
    "machine": MACHINE,
    "commands": COMMANDS,
    "operations": OPERATIONS,
    "requests": REQUESTS,
    "serving": SERVING,
    "lab": LAB,
    "system": SYSTEM,
}
_FAULTS = re.compile(r"(<!-- faults: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_SECTION = re.compile(r"(<!-- keys: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def keys_of(form: Any, prefix: str = "") -> Iterator[tuple[str, Field]]:
    """Yield (path, field) of every key that a form knows, nested ones too.

    In a path, [] stands for an item of a list, NAME for a name of the operator's choice.
    """
    if isinstance(form, Table):
        for field in form.fields.values():
            path = f"{prefix}.{field.name}" if prefix else field.name
            yield path, field
            if form is not sites.FILE or field.name not in _TARGETS:
                yield from keys_of(field.reader, path)
    elif isinstance(form, Record):
        yield from keys_of(form.table, prefix)
    elif isinstance(form, ListOf | OneOrMany):
        yield from keys_of(form.item, f"{prefix}[]")
    elif isinstance(form, MapOf):
        yield from keys_of(form.item, f"{prefix}.NAME")
    elif isinstance(form, Either):
        yield from keys_of(form.mapping, prefix)


def reference(form: Table) -> str:
    """Return a form as a Markdown table of its keys."""
    lines = ["| key | value | without it | meaning |", "|---|---|---|---|"]
    for path, field in keys_of(form):
        usual = f"`{field.usual}`" if field.usual else "**required**" if field.required else ""
        cells = (f"`{path}`", field.reader.form() if not _is_nested(field.reader) else "", usual, field.doc)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _is_nested(reader: Any) -> bool:
    nested = getattr(reader, "item", reader)
    return isinstance(nested, Table | Record)


def faults(catalogue: Catalogue) -> str:
    """Return the faults of a catalogue as a Markdown table: each code with fault and cure in both languages."""
    lines = ["| code | tiếng Việt | English |", "|---|---|---|"]
    for code, said in catalogue.items():
        if not code.endswith("_cure"):
            cures = catalogue.get(f"{code}_cure", ("", ""))
            cells = [f"{fault}; {cure}" if cure else fault for fault, cure in zip(said, cures, strict=True)]
            lines.append("| " + " | ".join((f"`{code}`", *(_cell(cell) for cell in cells))) + " |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Return a sentence's template as a cell: its own braces single, what it quotes as {name}, a count in its plural."""
    parts = [(before, name, (forms or "").rpartition("#")[2]) for before, name, forms, _ in Formatter().parse(text)]
    shown = "".join(f"{before}{{{name}}}{noun}" if name else before for before, name, noun in parts)
    return escape(shown, quote=False).replace("|", "\\|").replace("\n", " ").replace("`", "")


def updated(page: str) -> str:
    """Return the page with every `<!-- keys: NAME -->` and `<!-- faults: NAME -->` section made anew."""
    with_keys = _SECTION.sub(lambda found: found[1] + reference(FORMS[found[2]]) + found[3], page)
    return _FAULTS.sub(lambda found: found[1] + faults(FAULTS[found[2]]) + found[3], with_keys)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(updated(target.read_text(encoding="utf-8")), encoding="utf-8")
