"""What this machine permits: sockets, buffers, capabilities, journal, port, time zone. Looks only; nothing is ever sent."""

from __future__ import annotations

import errno
import os
import socket
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from monitor.errors import SetupError, reason_of
from monitor.load.document import HAS_C_LOADER
from monitor.model.settings import Settings
from monitor.probes.icmp.socket import IcmpSocket
from monitor.words import say
from monitor.words.configuration import MACHINE
from monitor.words.faults import tell_fault
from monitor.words.phrase import Phrase, coded_values, phrase, plain

# linux/capability.h
_CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_NET_RAW": 13}


class MachineGrade(StrEnum):
    """fault: the daemon can't do its work so. warning: it can, with something less."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class MachineFinding:
    """One thing that was looked at. key, values: of words.configuration.MACHINE; with a grade other than ok the cure too."""

    grade: MachineGrade
    key: str
    values: dict[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        return say(MACHINE, self.key, language, **self._said(language))

    def cure(self, language: str) -> str:
        """Return what to do about it, '' where there is nothing to do."""
        key = f"{self.key}_cure"
        return say(MACHINE, key, language, **self._said(language)) if self.grade is not MachineGrade.OK and key in MACHINE else ""

    def answer_in(self, language: str) -> dict[str, object]:
        codes = {"code": self.key, "values": coded_values(plain(self.values))}
        return {"grade": self.grade.value, "text": self.text(language), "cure": self.cure(language), **codes}

    def _said(self, language: str) -> dict[str, object]:
        return {name: tell_fault(value, language) if isinstance(value, Phrase) else value for name, value in self.values.items()}


OpenSocket = Callable[[int, bool], IcmpSocket]
"""(IP version, whether a raw socket may be tried) → an open socket; raises SetupError."""


def _open_socket(version: int, allow_raw: bool) -> IcmpSocket:
    return IcmpSocket(version, allow_raw=allow_raw)


def look(
    settings: Settings | None,
    versions: tuple[int, ...],
    packets: int,
    proc: Path = Path("/proc"),
    open_socket: OpenSocket = _open_socket,
) -> Iterator[MachineFinding]:
    """Yield every finding.

    settings: None where they have faults; what hangs on them is then left out. versions: the IP versions that the inventory has.
    packets: echo requests that may be unanswered at the same time.
    """
    icmp_findings = [finding for version in versions for finding in icmp(version, packets, proc, open_socket)]
    yield from icmp_findings
    yield ping_range(proc, [*os.getgroups(), os.getegid()], is_needed=all(each.key != "icmp_raw" for each in icmp_findings))
    yield capabilities(proc)
    yield MachineFinding(MachineGrade.OK, "yaml_c") if HAS_C_LOADER else MachineFinding(MachineGrade.WARNING, "yaml_python")
    if settings is not None:
        yield journal(settings.journal)
        yield listen(settings.listen)
        yield zone(settings.timezone)


def icmp(version: int, packets: int, proc: Path, open_socket: OpenSocket) -> Iterator[MachineFinding]:
    """Yield which socket is permitted, and what window its buffer gives."""
    try:
        sock = open_socket(version, True)
    except SetupError as error:
        yield MachineFinding(MachineGrade.FAULT, "icmp_none", {"version": version, "fault": error.said, "cure": error.remedy or ""})
        return
    try:
        kind = (
            MachineFinding(MachineGrade.OK, "icmp_raw", {"version": version})
            if sock.is_raw
            else MachineFinding(MachineGrade.WARNING, "icmp_ping", {"version": version})
        )
        window, granted = sock.window, sock.granted_bytes
    finally:
        sock.close()
    yield kind
    wanted = min(packets, 2000)
    values = {"bytes": granted, "window": window, "rmem_max": _read(proc / "sys/net/core/rmem_max"), "wanted": wanted}
    yield MachineFinding(MachineGrade.OK if window >= wanted else MachineGrade.WARNING, "buffer", values)


def ping_range(proc: Path, groups: list[int], *, is_needed: bool) -> MachineFinding:
    """Return whether a group of this process may open ping sockets (icmp(7)). is_needed: there is no raw socket to use instead."""
    text = _read(proc / "sys/net/ipv4/ping_group_range")
    bounds = [int(word) for word in text.split() if word.isdigit()]
    values: dict[str, object] = {"range": " ".join(text.split())}
    if len(bounds) == 2 and any(bounds[0] <= group <= bounds[1] for group in groups):
        return MachineFinding(MachineGrade.OK, "ping_range", values)
    return MachineFinding(MachineGrade.FAULT if is_needed else MachineGrade.OK, "ping_range_closed", values)


def capabilities(proc: Path) -> MachineFinding:
    """Return which of the two capabilities that help us this process has in effect."""
    line = next((line for line in _read(proc / "self/status").splitlines() if line.startswith("CapEff:")), "CapEff: 0")
    mask = int(line.split()[1], 16)
    names = [name for name, bit in _CAPABILITIES.items() if mask >> bit & 1]
    return (
        MachineFinding(MachineGrade.OK, "capabilities", {"names": ", ".join(names)})
        if names
        else MachineFinding(MachineGrade.OK, "capabilities_none")
    )


def journal(url: str) -> MachineFinding:
    """Return whether the journal's file, or the folder that it would be made in, may be written."""
    if not url.startswith("sqlite:///") or url == "sqlite:///":
        return MachineFinding(MachineGrade.OK, "journal_other")
    path = Path(url.removeprefix("sqlite:///").partition("?")[0])
    existing = next((each for each in (path, *path.parents) if each.exists()), Path())
    reason: Phrase | None = None
    if existing != path and not existing.is_dir():
        reason = _reason(errno.ENOTDIR)
    elif not os.access(existing, os.W_OK | (os.X_OK if existing.is_dir() else 0)) or path.is_dir():
        reason = phrase("at_path", path=existing, reason=_reason(errno.EISDIR if path.is_dir() else errno.EACCES))
    if reason is not None:
        return MachineFinding(MachineGrade.FAULT, "journal_bad", {"place": path, "reason": reason})
    return MachineFinding(MachineGrade.OK, "journal", {"place": path})


def listen(address: str) -> MachineFinding:
    """Return whether HOST:PORT can be listened on; it is bound for a moment and never listens."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    values: dict[str, object] = {"listen": address}
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host,
            int(port),
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE | (socket.AI_NUMERICHOST if ":" in host or host.replace(".", "").isdigit() else 0),
        )[0]
        with socket.socket(family, kind, protocol) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return MachineFinding(MachineGrade.WARNING, "listen_used", values)
        return MachineFinding(MachineGrade.FAULT, "listen_bad", values | {"reason": reason_of(error)})
    return MachineFinding(MachineGrade.OK, "listen", values)


def zone(name: str) -> MachineFinding:
    try:
        offset = datetime.now(zoneinfo.ZoneInfo(name)).strftime("%z")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return MachineFinding(MachineGrade.FAULT, "zone_bad", {"zone": name})
    return MachineFinding(MachineGrade.OK, "zone", {"zone": name, "offset": f"{offset[:3]}:{offset[3:]}"})


def _reason(number: int) -> Phrase:
    return reason_of(OSError(number, os.strerror(number)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return "?"
