"""The running daemon as commands speak to it: whether one is there, one question to it, and its answer."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import urllib.error
import urllib.request
from argparse import Namespace
from dataclasses import dataclass, replace
from typing import Any, cast
from zoneinfo import ZoneInfo

from monitor.cli.parser import Parser
from monitor.errors import ConfigError, Fault, SetupError, reason_of
from monitor.load.configuration import find_folder
from monitor.load.secrets import SecretStore
from monitor.load.settings import load_settings
from monitor.model.settings import Settings
from monitor.words import say
from monitor.words.operations import OPERATIONS

WITHIN_S = 10.0
_LOOK_S = 2.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Without the proxies of the environment: the daemon is on this machine or in this network."""


def add_daemon(parser: Parser) -> None:
    """Declare what a command has that speaks to the daemon and prints its answer: --daemon URL beside the common options."""
    parser.add_common("table", "json")
    parser.add_values(("--daemon", "URL", "daemon"))


@dataclass(frozen=True, slots=True)
class DaemonClient:
    """The running daemon as a command speaks to it. origin: its URL without a slash at the end."""

    settings: Settings
    origin: str
    language: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.timezone)

    def say(self, key: str, **values: object) -> str:
        return say(OPERATIONS, key, self.language, **values)

    def get(self, path: str) -> dict[str, Any]:
        """Return what the daemon answers; raises SetupError, with a cure, where it can't be reached or refuses."""
        return self._ask(urllib.request.Request(f"{self.origin}{path}?lang={self.language}"))

    def post(self, path: str, body: object) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Origin": self.origin}
        url = f"{self.origin}{path}?lang={self.language}"
        return self._ask(urllib.request.Request(url, json.dumps(body).encode(), headers))

    def _ask(self, request: urllib.request.Request) -> dict[str, Any]:
        try:
            with _OPENER.open(request, timeout=WITHIN_S) as answer:
                return cast("dict[str, Any]", json.load(answer))
        except urllib.error.HTTPError as error:
            raise self._refused(error) from None
        except (OSError, http.client.HTTPException) as error:
            raise SetupError("unreachable_daemon", origin=self.origin, reason=reason_of(error)) from None
        except ValueError:
            raise SetupError("odd_answer", origin=self.origin, status=200) from None

    def _refused(self, error: urllib.error.HTTPError) -> SetupError:
        try:
            return SetupError.answered(json.load(error))
        except (ValueError, LookupError, TypeError, OSError):
            return SetupError("odd_answer", origin=self.origin, status=error.code)


def running_daemon(arguments: Namespace) -> DaemonClient:
    """Return the daemon that the arguments --config, --daemon and --language mean.

    Of the configuration only monitor.yaml is read, for where the daemon is, its language and time zone: who is on call must reach a
    daemon that runs well while somebody is half-way through another file. With --daemon monitor.yaml may be faulty or not there.
    Raises SetupError where there is no such folder, and ConfigError where only a faulty monitor.yaml says where the daemon is.
    """
    faults: list[Fault] = []
    try:
        folder = find_folder(arguments.config)
    except SetupError:
        if arguments.config is not None or not arguments.daemon:
            raise
        settings = Settings()
    else:
        settings, _ = load_settings(folder / "monitor.yaml", SecretStore(os.environ, folder), faults)
    if arguments.daemon:
        settings = replace(settings, advertise=arguments.daemon)
    elif faults:
        raise ConfigError(dict.fromkeys(faults))
    return DaemonClient(settings, settings.origin, arguments.spoken)


async def is_daemon_there(origin: str) -> bool:
    """Return whether a daemon that is well answers at a URL, within 2 s."""
    return await asyncio.to_thread(_is_well, f"{origin}/-/healthy")


def _is_well(url: str) -> bool:
    try:
        with _OPENER.open(url, timeout=_LOOK_S) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False
