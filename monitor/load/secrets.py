"""References to secrets: configuration names where a secret is kept, and only here is it fetched. No fault ever quotes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from monitor.errors import reason_of
from monitor.load.document import Node
from monitor.load.fields import Field, ReadMapping, Table
from monitor.load.values import Scalar, Schema, Text
from monitor.words.phrase import Phrase, phrase

FIELDS = (
    Field("env", Text(longest=200), doc="the environment variable that holds it"),
    Field("file", Text(longest=4096), doc="the file whose first line it is; relative to the configuration's folder"),
    Field("credential", Text(longest=200), doc="the systemd credential that holds it (LoadCredential=, SetCredential=)"),
    Field("literal", Text(numbers=True), doc="the secret itself; only for what is no secret"),
)
_TABLE = Table(FIELDS, secret=True)
_CURE = Phrase("write_reference")


@dataclass(frozen=True, slots=True)
class SecretStore:
    """Where references lead: the process's environment, and the folder that relative files are in."""

    environment: Mapping[str, str] = field(repr=False)
    folder: Path


class Secret(Scalar):
    """A secret by reference; the value that is read is the secret itself."""

    written = "secret"

    def __init__(self, store: SecretStore) -> None:
        self.store = store

    def read(self, node: Node) -> str:
        if not isinstance(node.yaml, yaml.MappingNode):
            raise node.refuse("secret_no_reference", _CURE)
        entry = _TABLE.read(node)
        if len(entry.places) != 1:
            raise node.refuse("secret_references", _CURE, count=len(entry.places))
        kind, place = next(iter(entry.places.items()))
        return self._fetch(entry, kind, place)

    def schema(self) -> Schema:
        return _TABLE.schema() | {"minProperties": 1, "maxProperties": 1}

    def _fetch(self, entry: ReadMapping, kind: str, place: Node) -> str:
        name = entry[kind]
        if name is None:
            raise place.refuse("secret_unusable", _CURE)
        if kind == "literal":
            return str(name)
        if kind == "env":
            return self._from_environment(name, place)
        if kind == "file":
            return _first_line(self.store.folder / name, place, Phrase("write_secret"))
        folder = self.store.environment.get("CREDENTIALS_DIRECTORY")
        if not folder:
            raise place.refuse("no_credentials_folder", name=name)
        return _first_line(Path(folder) / Path(name).name, place, phrase("load_credential", name=name))

    def _from_environment(self, name: str, place: Node) -> str:
        value = self.store.environment.get(name)
        if value:
            return value
        code = "variable_unset" if value is None else "variable_empty"
        raise place.refuse(code, phrase("set_variable", name=name), name=name)


def _first_line(path: Path, place: Node, remedy: Phrase) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else Phrase("not_utf8_text")
        raise place.refuse("path_unreadable", remedy, path=path, reason=reason) from None
    if not lines or not lines[0].strip():
        raise place.refuse("no_secret_in_file", remedy, path=path)
    return lines[0].strip()
