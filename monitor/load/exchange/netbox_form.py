"""netbox.yaml: which NetBox is asked, and what of it is ours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from monitor.errors import ConfigError, Fault
from monitor.load.document import Node, read_file
from monitor.load.exchange.rows import COLUMNS
from monitor.load.fields import Field, ListOf, MapOf, Table
from monitor.load.secrets import Secret, SecretStore
from monitor.load.values import Choice, Scalar, Text


@dataclass(frozen=True, slots=True)
class NetBox:
    """Which NetBox is asked, and what of it is ours.

    url: without a slash at its end. ca_file: certificates of the authority that signed its own, None for the system's.
    sites: query parameters that choose the sites. points, endpoints: slugs of device roles. custom_fields: column → name of the
    custom field, where that is another.
    """

    url: str
    token: str = field(repr=False)
    ca_file: Path | None = None
    sites: Mapping[str, str] = field(default_factory=dict)
    points: tuple[str, ...] = ("router", "cpe")
    endpoints: tuple[str, ...] = ("codec",)
    custom_fields: Mapping[str, str] = field(default_factory=dict)


class Url(Scalar):
    """The address of a NetBox: http or https, perhaps with a path."""

    written = "URL"
    pattern = "^https?://"

    def read(self, node: Node) -> str:
        """Return it without a slash at its end."""
        text = node.text("a_url").rstrip("/")
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise node.refuse("no_netbox_url", text=text)
        return text.removesuffix("/api")


def netbox_table(store: SecretStore) -> Table:
    return Table(
        (
            Field("url", Url(), required=True, doc="where NetBox is: https://netbox.example"),
            Field("token", Secret(store), required=True, doc="an API token with the right to view what is asked for"),
            Field(
                "ca_file", Text(longest=4096), doc="certificates of the authority that signed NetBox's own; relative to this file"
            ),
            Field(
                "sites",
                MapOf(Text(longest=100), Text(longest=200, numbers=True)),
                default=MappingProxyType({}),
                doc="which sites are points, as query parameters of /api/dcim/sites/, such as tag: tslcd",
            ),
            Field(
                "points",
                ListOf(Text(longest=100)),
                usual="[router, cpe]",
                doc="device roles (slugs) whose device is its site's point",
            ),
            Field("endpoints", ListOf(Text(longest=100)), usual="[codec]", doc="device roles (slugs) whose devices are endpoints"),
            Field(
                "custom_fields",
                MapOf(Choice(COLUMNS), Text(longest=100)),
                default=MappingProxyType({}),
                doc="the custom field that holds a column of ours, where its name is not the column's",
            ),
        ),
        what="netbox",
    )


def load_netbox(path: Path, environment: Mapping[str, str] = os.environ) -> NetBox:
    """Return what a netbox.yaml says. Raises ConfigError with all of its faults."""
    faults: list[Fault] = []
    entry = read_file(path, netbox_table(SecretStore(environment, path.parent)), faults)
    if entry is None or faults:
        raise ConfigError(faults)
    given = {name: tuple(entry[name]) for name in ("points", "endpoints") if entry.has(name)}
    return NetBox(
        url=entry["url"],
        token=entry["token"],
        ca_file=path.parent / entry["ca_file"] if entry["ca_file"] else None,
        sites=entry["sites"],
        custom_fields=entry["custom_fields"],
        **given,
    )
