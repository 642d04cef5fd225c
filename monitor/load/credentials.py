"""Credentials of agents, with what each version of SNMP needs, and logins of management pages, as monitor.yaml has them."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.load.document import Faulty
from monitor.load.fields import Field, ReadMapping, Table
from monitor.load.secrets import Secret, SecretStore
from monitor.load.values import Choice, Text
from monitor.model.settings import Credential, Login

VERSIONS = ("1", "2c", "3")
AUTH_PROTOCOLS = ("md5", "sha", "sha224", "sha256", "sha384", "sha512")
PRIV_PROTOCOLS = ("des", "aes", "aes192", "aes256", "aes192c", "aes256c")
_V3_ONLY = ("user", "auth", "privacy", "context")
_KEY_LENGTH = 8  # RFC 3414 section 11.2: a password shall be at least 8 characters long


def credential_table(store: SecretStore) -> Table:
    key = Field("key", Secret(store), required=True, doc="its password, 8 characters or more")
    auth = Table((Field("protocol", Choice(AUTH_PROTOCOLS), required=True, doc="RFC 3414, RFC 7860"), key))
    words = "RFC 3414, RFC 3826; aes192c and aes256c lengthen keys as Cisco does"
    privacy = Table((Field("protocol", Choice(PRIV_PROTOCOLS), required=True, doc=words), key))
    return Table(
        (
            Field("version", Choice(VERSIONS), required=True, doc="SNMP version"),
            Field("community", Secret(store), doc="versions 1 and 2c"),
            Field("user", Text(longest=32, numbers=True), default="", doc="version 3: user name"),
            Field("auth", auth, doc="version 3: authentication; absent: none"),
            Field("privacy", privacy, doc="version 3: encryption; absent: none"),
            Field("context", Text(longest=255), default="", doc="version 3: context name"),
        ),
        what="credential",
    )


def read_credential(name: str, entry: ReadMapping) -> Credential | None:
    """Return a credential, None where it is faulty (its faults are noted)."""
    try:
        return _version_3(name, entry) if entry["version"] == "3" else _community(name, entry)
    except Faulty:
        return None


def _community(name: str, entry: ReadMapping) -> Credential:
    version = entry["version"]
    if version is None:
        raise Faulty
    for key in _V3_ONLY:
        if key in entry.places:
            entry.refuse(key, "of_version_3", version=version)
    if "community" not in entry.places:
        raise entry.node.refuse("community_needed", version=version)
    if not entry.is_whole:
        raise Faulty
    return Credential(name=name, version=version, community=entry["community"])


def _version_3(name: str, entry: ReadMapping) -> Credential:
    if "community" in entry.places:
        entry.refuse("community", "community_of_version_3")
    if "user" not in entry.places:
        entry.node.refuse("user_needed")
    auth: ReadMapping | None = entry["auth"]
    privacy: ReadMapping | None = entry["privacy"]
    if "privacy" in entry.places and "auth" not in entry.places:
        entry.refuse("privacy", "privacy_alone")
    for part in (auth, privacy):
        if part is not None and part["key"] is not None and len(part["key"]) < _KEY_LENGTH:
            part.refuse("key", "key_too_short", least=_KEY_LENGTH)
    if not entry.is_whole or not entry["user"]:
        raise Faulty
    return Credential(
        name=name,
        version="3",
        user=entry["user"],
        auth_protocol=None if auth is None else auth["protocol"],
        auth_key="" if auth is None else auth["key"],
        priv_protocol=None if privacy is None else privacy["protocol"],
        priv_key="" if privacy is None else privacy["key"],
        context=entry["context"],
    )


def login_table(store: SecretStore) -> Table:
    return Table(
        (
            Field("user", Text(longest=128, numbers=True), required=True, doc="user name"),
            Field("password", Secret(store), required=True, doc="its password"),
        ),
        what="login",
    )


def read_logins(entries: Mapping[str, ReadMapping]) -> dict[str, Login]:
    return {name: Login(entry["user"], entry["password"]) for name, entry in entries.items() if entry.is_whole}
