"""References to secrets: configuration names where a secret is kept, and only here is it fetched. No fault ever quotes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.load.document import Node
from monitor.load.fields import Entry, Field, Table
from monitor.load.values import Schema, Text

FIELDS = (
    Field("env", Text(longest=200), doc="the environment variable that holds it"),
    Field("file", Text(longest=4096), doc="the file whose first line it is; relative to the configuration's folder"),
    Field("credential", Text(longest=200), doc="the systemd credential that holds it (LoadCredential=, SetCredential=)"),
    Field("literal", Text(numbers=True), doc="the secret itself; only for what is no secret"),
)
_TABLE = Table(FIELDS, secret=True)
_CURE = "write {env: NAME}, {file: PATH}, {credential: NAME} or {literal: …}"


@dataclass(frozen=True, slots=True)
class SecretStore:
    """Where references lead: the process's environment, and the folder that relative files are in."""

    environment: Mapping[str, str] = field(repr=False)
    folder: Path


class Secret:
    """A secret by reference; the value that is read is the secret itself."""

    def __init__(self, store: SecretStore) -> None:
        self.store = store

    def read(self, node: Node) -> str:
        """Return the secret. Raises Faulty where it can't be fetched."""
        if node.describe() != "a mapping":
            raise node.refuse("a secret must be a reference", _CURE)
        entry = _TABLE.read(node)
        if len(entry.places) != 1:
            raise node.refuse(f"{len(entry.places)} references stand here, it must be one", _CURE)
        kind, place = next(iter(entry.places.items()))
        return self._fetch(entry, kind, place)

    def schema(self) -> Schema:
        """An object with one reference."""
        return _TABLE.schema() | {"minProperties": 1, "maxProperties": 1}

    def form(self) -> str:
        """Return how it is written."""
        return "secret"

    def _fetch(self, entry: Entry, kind: str, place: Node) -> str:
        name = entry[kind]
        if name is None:
            raise place.refuse("can't be used", _CURE)
        if kind == "literal":
            return str(name)
        if kind == "env":
            return self._from_environment(name, place)
        if kind == "file":
            return _first_line(self.store.folder / name, place, "write the secret into it and let the daemon's user read it")
        folder = self.store.environment.get("CREDENTIALS_DIRECTORY")
        if not folder:
            cure = f"add LoadCredential={name}:PATH to the unit, or use {{file: PATH}} where systemd does not start the daemon"
            raise place.refuse("systemd handed over no credentials (CREDENTIALS_DIRECTORY is not set)", cure)
        return _first_line(Path(folder) / Path(name).name, place, f"add LoadCredential={name}:PATH to the unit")

    def _from_environment(self, name: str, place: Node) -> str:
        value = self.store.environment.get(name)
        if value:
            return value
        state = "is not set" if value is None else "is empty"
        raise place.refuse(f"the environment variable {name} {state}", f"export {name}=… or set it in the unit's EnvironmentFile")


def _first_line(path: Path, place: Node, cure: str) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise place.refuse(f"{path} can't be read: {reason}", cure) from None
    if not lines or not lines[0].strip():
        raise place.refuse(f"{path} holds no secret on its first line", cure)
    return lines[0].strip()
