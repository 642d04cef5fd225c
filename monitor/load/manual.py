"""The reference part of docs/configuration.md, made of the same tables of fields that the loader reads by.

`python -m monitor.load.manual docs/configuration.md` brings the page up to date; a test holds that it is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.load import meetings, profiles, sites
from monitor.load.exchange.netbox_form import netbox_table
from monitor.load.fields import Either, Field, ListOf, MapOf, OneOrMany, Record, Table
from monitor.load.secrets import FIELDS as SECRET_FIELDS
from monitor.load.secrets import SecretStore
from monitor.load.settings import settings_table

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
_SECTION = re.compile(r"(<!-- keys: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def keys(form: Any, prefix: str = "") -> Iterator[tuple[str, Field]]:
    """Yield (path, field) of every key that a form knows, nested ones too.

    In a path, [] stands for an item of a list, NAME for a name of the operator's choice.
    """
    if isinstance(form, Table):
        for field in form.fields.values():
            path = f"{prefix}.{field.name}" if prefix else field.name
            yield path, field
            if form is not sites.FILE or field.name not in _TARGETS:
                yield from keys(field.reader, path)
    elif isinstance(form, Record):
        yield from keys(form.table, prefix)
    elif isinstance(form, ListOf | OneOrMany):
        yield from keys(form.item, f"{prefix}[]")
    elif isinstance(form, MapOf):
        yield from keys(form.item, f"{prefix}.NAME")
    elif isinstance(form, Either):
        yield from keys(form.mapping, prefix)


def reference(form: Table) -> str:
    """Return a form as a Markdown table of its keys."""
    lines = ["| key | value | without it | meaning |", "|---|---|---|---|"]
    for path, field in keys(form):
        usual = f"`{field.usual}`" if field.usual else "**required**" if field.required else ""
        cells = (f"`{path}`", field.reader.form() if not _is_nested(field.reader) else "", usual, field.doc)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _is_nested(reader: Any) -> bool:
    nested = getattr(reader, "item", reader)
    return isinstance(nested, Table | Record)


def updated(page: str) -> str:
    """Return the page with every `<!-- keys: NAME -->` section made anew."""
    return _SECTION.sub(lambda found: found[1] + reference(FORMS[found[2]]) + found[3], page)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(updated(target.read_text(encoding="utf-8")), encoding="utf-8")
