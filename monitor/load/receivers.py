"""alertmanager/receivers.yaml: who is told of alerts and by what; and the file that Alertmanager runs with.

Alertmanager 0.25, Debian's, reads a Telegram token and a webhook's URL from its own configuration only, so its file with the
secrets in it is made when it starts, out of one without any and this one, in which every secret is a reference.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import yaml

from monitor.errors import ConfigError, Fault
from monitor.load.document import Node, read_file
from monitor.load.fields import Field, ListOf, MapOf, Record
from monitor.load.secrets import Secret, SecretStore
from monitor.load.suggest import did_you_mean
from monitor.load.values import Flag, Scalar, Text, Whole
from monitor.words.phrase import phrase


@dataclass(frozen=True, slots=True)
class ReceiverChannel:
    """One way to tell a receiver. kind: email, telegram or webhook. form: as Alertmanager has it, secrets included."""

    kind: str
    form: Mapping[str, Any] = field(repr=False)


class SecretUrl(Secret):
    """A URL that is a secret itself, by reference: whoever knows it can post there."""

    def read(self, node: Node) -> str:
        """Return it. The fault never quotes it."""
        url = super().read(node)
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise node.refuse("secret_no_url")
        return url


class SmartHost(Scalar):
    written = "HOST:PORT"

    def read(self, node: Node) -> str:
        text = node.text("a_mail_server")
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
            raise node.refuse("no_host_and_port", phrase("write_it_as", example="mail.example:587"), text=text)
        return text


def _email(**given: Any) -> ReceiverChannel:
    form: dict[str, Any] = {name: given[name] for name in ("to", "from", "smarthost")}
    if "user" in given:
        form |= {"auth_username": given["user"], "auth_identity": given["user"]}
    if "password" in given:
        form["auth_password"] = given["password"]
    html, subject = '{{ template "monitor.email" . }}', '{{ template "monitor.subject" . }}'
    form |= {"require_tls": given.get("tls", True), "html": html, "headers": {"Subject": subject}, "send_resolved": True}
    return ReceiverChannel("email", MappingProxyType(form))


def _telegram(**given: Any) -> ReceiverChannel:
    form: dict[str, Any] = {"bot_token": given["token"], "chat_id": given["chat"], "parse_mode": "HTML", "send_resolved": True}
    return ReceiverChannel("telegram", MappingProxyType(form | {"message": '{{ template "monitor.telegram" . }}'}))


def _webhook(**given: Any) -> ReceiverChannel:
    return ReceiverChannel("webhook", MappingProxyType({"url": given["url"], "send_resolved": True}))


def _channels(**given: tuple[ReceiverChannel, ...]) -> tuple[ReceiverChannel, ...]:
    return tuple(channel for kind in ("email", "telegram", "webhook") for channel in given.get(kind, ()))


def receivers_table(store: SecretStore) -> MapOf[tuple[ReceiverChannel, ...]]:
    """Return the form of receivers.yaml: receiver → its channels, secrets looked up in the store."""
    email = Record(
        _email,
        (
            Field("to", Text(longest=200), required=True, doc="whom the mail goes to"),
            Field("from", Text(longest=200), required=True, doc="whom it comes from"),
            Field("smarthost", SmartHost(), required=True, doc="the mail server"),
            Field("user", Text(longest=200), doc="where the mail server wants to know who it is"),
            Field("password", Secret(store), doc="of that user"),
            Field("tls", Flag(), usual="true", doc="insist on STARTTLS"),
        ),
        what="email",
    )
    telegram = Record(
        _telegram,
        (
            Field("token", Secret(store), required=True, doc="the bot's token"),
            Field("chat", Whole(-(10**16), 10**16), required=True, doc="id of the chat; groups have negative ones"),
        ),
        what="telegram",
    )
    webhook = Record(
        _webhook, (Field("url", SecretUrl(store), required=True, doc="where Alertmanager posts its JSON"),), what="webhook"
    )
    return MapOf(
        Text(longest=100),
        Record(
            _channels,
            (
                Field("email", ListOf(email), doc="by mail"),
                Field("telegram", ListOf(telegram), doc="by Telegram"),
                Field("webhook", ListOf(webhook), doc="by a POST of JSON"),
            ),
            what="receiver",
        ),
    )


def load_receivers(path: Path, environment: Mapping[str, str] = os.environ) -> Mapping[str, tuple[ReceiverChannel, ...]]:
    """Return receiver → its channels; a missing file is no channel at all. Raises ConfigError with all faults."""
    if not path.exists():
        return {}
    faults: list[Fault] = []
    found = read_file(path, receivers_table(SecretStore(environment, path.parent)), faults)
    if faults or found is None:
        raise ConfigError(faults)
    return found


def with_receivers(path: Path, channels: Mapping[str, tuple[ReceiverChannel, ...]], file: str) -> dict[str, Any]:
    """Return Alertmanager's configuration at `path` with the channels in its receivers. file: that of the channels, for faults.

    Paths of templates become absolute, since the result is read elsewhere. Raises ConfigError for a receiver that is not there.
    """
    top: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = [receiver["name"] for receiver in top["receivers"]]
    unknown = [name for name in channels if name not in names]
    if unknown:
        raise ConfigError(Fault(file, 0, name, "no_receiver", did_you_mean(name, names), {"path": path}) for name in unknown)
    for receiver in top["receivers"]:
        for channel in channels.get(receiver["name"], ()):
            receiver.setdefault(f"{channel.kind}_configs", []).append(dict(channel.form))
    top["templates"] = [str(path.parent.resolve() / each) for each in top.get("templates", ())]
    return top
