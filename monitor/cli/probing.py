"""What `poll` and `ready` share: whether we probe or the running daemon does, what it answers, and how far it is."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp

from monitor.cli.client import is_daemon_there
from monitor.errors import SetupError, reason_of
from monitor.load.configuration import Configuration
from monitor.model.inventory import AddressMode
from monitor.probes.guard import ensure_permitted
from monitor.words import say
from monitor.words.catalogue import Catalogue
from monitor.words.phrase import Phrase

Progress = Callable[[int, int], None]
"""(how many are done, of how many)."""


def as_asked(configuration: Configuration, arguments: Namespace) -> Configuration:
    """Return the configuration with the language that is spoken and the daemon that --daemon names."""
    settings = replace(configuration.settings, language=str(arguments.spoken))
    if arguments.daemon:
        settings = replace(settings, advertise=arguments.daemon)
    return replace(configuration, settings=settings)


def progress_line(catalogue: Catalogue, key: str, language: str) -> Progress:
    """Return what tells on a terminal how far probing is, on a line that is gone at the end. key: its words say {done} and {of}."""

    def show(done: int, of: int) -> None:
        if sys.stderr.isatty() and of:
            end = "\r" if done < of else "\r\033[K"
            print(say(catalogue, key, language, done=done, of=of), end=end, file=sys.stderr, flush=True)

    return show


async def is_for_daemon(configuration: Configuration, addresses: Iterable[str], otherwise: str) -> bool:
    """Return whether the running daemon is to probe: it does in production, and where the guard does not permit us to.

    Raises the guard's SetupError where no daemon runs either. otherwise: the code of its cure then.
    """
    mode, origin = configuration.inventory.network.addresses, configuration.settings.origin
    if mode is AddressMode.PRODUCTION and await is_daemon_there(origin):
        return True
    try:
        ensure_permitted(mode, addresses)
    except SetupError as refusal:
        if not await is_daemon_there(origin):
            raise refusal.or_else(otherwise) from refusal
        return True
    return False


@asynccontextmanager
async def daemon_answer(
    origin: str, method: str, path: str, *, refused: str, broken: tuple[str, Phrase | None], silent_s: float, **asked: Any
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Yield what the running daemon answers to a request; `asked` is handed on to aiohttp. Raises SetupError.

    refused: the code of what is told where it refuses. broken: what is told where it can't be asked or breaks off: code and cure.
    silent_s: how long it may say nothing.
    """
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=silent_s)
    try:
        async with (
            aiohttp.ClientSession(headers={"Origin": origin}, timeout=timeout) as session,
            session.request(method, f"{origin}{path}", **asked) as answer,
        ):
            if answer.status != 200:
                refusal = SetupError.answered(await answer.json())
                raise SetupError(refused, refusal.remedy, origin=origin, reason=refusal.said)
            yield answer
    except (aiohttp.ClientError, TimeoutError, LookupError, TypeError, ValueError) as error:
        raise SetupError(*broken, origin=origin, reason=reason_of(error)) from error
