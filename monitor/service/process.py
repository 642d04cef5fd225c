"""The daemon as a process: its clocks and memory, sockets handed in, systemd told how it goes, signals heard."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping

from monitor.errors import SetupError, reason_of
from monitor.words.phrase import Phrase

FRESH = 20_000
"""Objects made and not let go before the youngest are looked through; 700 by default, which a few dozen answers reach."""
ROUNDS = 20
"""Such looks before the next older ones are looked through."""
GIVES_WAY_S = 0.0005
"""How long a thread that computes keeps the interpreter from others; 0.005 by default."""

FIRST_PASSED_FD = 3
_HIGHEST_PORT = 65_535


def passed_listeners(environment: Mapping[str, str]) -> list[socket.socket]:
    """Return the listening sockets that the service manager opened for this process (sd_listen_fds(3)); [] where it opened none."""
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = int(environment.get("LISTEN_FDS", "0"))
    listeners = [socket.socket(fileno=fd) for fd in range(FIRST_PASSED_FD, FIRST_PASSED_FD + count)]
    for listener in listeners:
        os.set_inheritable(listener.fileno(), False)
        listener.setblocking(False)
    return listeners


def open_listener(listen: str) -> socket.socket:
    """Return a listening TCP socket for HOST:PORT or [IPV6]:PORT; raises SetupError where that address is taken or not ours."""
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        # An empty host would be every address of this machine: too much to offer for want of a word.
        raise SetupError("no_host_and_port", Phrase("write_listen"), text=listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SetupError("listen_refused", listen=listen, reason=reason_of(error)) from error
    listener.setblocking(False)
    return listener


LEAST_FILES = 64
"""Sockets, journal and a few readers of the pages; with fewer something fails in the middle of a start."""
WANTED_FILES = 1024
"""What the limits of visitors (export/server/admission.py) and the probes need; with fewer fewer visitors are let in."""


def ensure_files() -> None:
    """Take as many open files as are wanted and permitted. Raises SetupError where too few are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < WANTED_FILES:
        soft = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft != resource.RLIM_INFINITY and soft < LEAST_FILES:
        raise SetupError("few_files", Phrase("raise_files"), count=soft, least=LEAST_FILES)


class ServiceManager:
    """What systemd is told over NOTIFY_SOCKET (sd_notify(3)); says nothing where there is none."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        watched = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._watchdog_s = int(environment.get("WATCHDOG_USEC", "0")) / 1e6 if watched else 0.0

    @property
    def watchdog_s(self) -> float | None:
        """Return how often to call alive(), seconds: half of what systemd allows; None where it does not watch."""
        return self._watchdog_s / 2 or None

    def ready(self, status: str) -> None:
        """Tell that the start, or a reload, is complete."""
        self._send(f"READY=1\nSTATUS={status}")

    def still_starting(self, status: str, within_s: float) -> None:
        """Tell that the start goes on, and that the next word comes within so many seconds: else it would be taken for hung."""
        self._send(f"EXTEND_TIMEOUT_USEC={round(within_s * 1e6)}\nSTATUS={status}")

    def reloading(self) -> None:
        micros = int(asyncio.get_running_loop().time() * 1e6)
        self._send(f"RELOADING=1\nMONOTONIC_USEC={micros}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            try:
                notify.connect(address)
                notify.sendall(message.encode())
            except OSError:
                # A manager that went away is no reason for the daemon to.
                self._address = ""


def on_signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None], reload: Callable[[], object]) -> None:
    """Stop at SIGTERM and SIGINT, reload at SIGHUP."""
    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_signal_handler(signal.SIGINT, stop)
    loop.add_signal_handler(signal.SIGHUP, reload)


class SystemClock:
    """The Clock of a running daemon."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()


def spare_what_stays() -> None:
    """Look once for cycles, leave all that is there now out of later looks, and look seldom; call it when everything is open.

    What is let go without a cycle, which is nearly everything, is freed at once as ever. At 5,000 targets the default's looks
    through all targets' views took an eighth of the daemon's time, in pauses of 0.1 s.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(FRESH, ROUNDS, ROUNDS)


def let_the_loop_in() -> None:
    """Have a thread that computes give way to the loop after 0.5 ms instead of 5.

    Each packet that the loop sends lets go of the interpreter once and waits for it as long: while a configuration was read anew,
    which takes 60 ms at 477 targets, ten packets were late by all of that.
    """
    sys.setswitchinterval(GIVES_WAY_S)
