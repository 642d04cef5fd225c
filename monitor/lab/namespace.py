"""The lab's own network namespace: nothing that is sent in it can leave the machine, for it has no link to anywhere.

Root unshares the network alone. Anyone else unshares a user namespace with it, in which the caller is root (user_namespaces(7)).
Python 3.11 has neither os.unshare nor os.setns, hence ctypes.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path

from monitor.errors import SetupError, reason_of
from monitor.words.phrase import Phrase

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PING_GROUPS = Path("/proc/sys/net/ipv4/ping_group_range")

_libc = ctypes.CDLL(None, use_errno=True)


def unshare_network() -> None:
    """Move this process into a new, empty network namespace. Call it before any thread is started.

    Raises SetupError where the machine permits neither a network namespace nor a user namespace that may have one.
    """
    if not _unshare(_CLONE_NEWNET):
        return
    uid, gid = os.geteuid(), os.getegid()
    reason = _unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    if reason:
        raise SetupError("no_namespace", Phrase("permit_namespaces"), reason=reason_of(OSError(reason, os.strerror(reason))))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")


def unshare_thread_network() -> None:
    """Move the calling thread alone into a new, empty network namespace; sockets that it opens stay there, it never comes back.

    Raises SetupError where the machine does not permit it.
    """
    reason = _unshare(_CLONE_NEWNET)
    if reason:
        raise SetupError("no_namespace", Phrase("root_or_loopback"), reason=reason_of(OSError(reason, os.strerror(reason))))


def join_network(pid: int) -> None:
    """Move this process into the network namespace of process `pid`, and into its user namespace where that is another.

    Raises SetupError where that process is gone or is somebody else's.
    """
    try:
        if _identity(pid, "user") != _identity(os.getpid(), "user"):
            _setns(pid, "user", _CLONE_NEWUSER)
        _setns(pid, "net", _CLONE_NEWNET)
    except OSError as error:
        raise SetupError("lab_closed", reason=reason_of(error)) from error


def permit_ping_sockets() -> None:
    """Let unprivileged ping sockets be opened here, where the kernel permits it; a user namespace knows but one group."""
    for groups in ("0 2147483647", "0 0"):
        with contextlib.suppress(OSError):
            _PING_GROUPS.write_text(groups)
            return


def _unshare(flags: int) -> int:
    """Return 0, or the errno."""
    return ctypes.get_errno() if _libc.unshare(flags) else 0


def _identity(pid: int, kind: str) -> int:
    return os.stat(f"/proc/{pid}/ns/{kind}").st_ino


def _setns(pid: int, kind: str, flag: int) -> None:
    descriptor = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.setns(descriptor, flag):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)
