"""JSON Schemas for editors, made of the same tables of fields that the loader reads by."""

from __future__ import annotations

import json
from pathlib import Path

from monitor.load import meetings, profiles, sites
from monitor.load.document import ValueReader
from monitor.load.exchange.netbox_form import netbox_table
from monitor.load.fields import ReadMapping
from monitor.load.secrets import SecretStore
from monitor.load.settings import settings_table

_FORMS: dict[str, tuple[str, ValueReader[ReadMapping]]] = {
    "sites": ("The inventory: sites.yaml, sites.d/*.yaml", sites.FILE),
    "monitor": ("How the daemon watches: monitor.yaml", settings_table(SecretStore({}, Path()))),
    "meetings": ("The meetings: meetings.yaml", meetings.FILE),
    "netbox": ("Where the inventory comes from: netbox.yaml", netbox_table(SecretStore({}, Path()))),
    "profile": ("A kind of device: profiles/*.yaml", profiles.FILE),
}


def schemas() -> dict[str, str]:
    """Return file name → JSON Schema as text. What it can't express (uplinks, duplicates, ranges of durations) `check` finds."""
    texts = {}
    for name, (title, form) in _FORMS.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title} | form.schema()
        texts[f"{name}.schema.json"] = json.dumps(schema, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return texts


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder and return their paths. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in schemas().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths
