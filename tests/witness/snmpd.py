"""Debian's snmpd on a port of 127.0.0.1, with users of every protocol; and what net-snmp's own tools read from it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.wire.oid import Oid, parse_oid
from tests.patience import LONGEST_WAIT_S
from tests.ports import untold

SNMPD = shutil.which("snmpd") or ("/usr/sbin/snmpd" if Path("/usr/sbin/snmpd").exists() else "")
needs_snmpd = pytest.mark.skipif(not SNMPD or not shutil.which("snmpget"), reason="snmpd or snmp is not installed")

COMMUNITY = "for-the-test"
AUTH_KEY = "an-auth-key-of-the-test"
PRIV_KEY = "a-privacy-key-of-the-test"
AUTH = {"md5": "MD5", "sha": "SHA", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
PRIV = {"des": "DES", "aes": "AES", "aes192": "AES-192", "aes256": "AES-256", "aes192c": "AES-192-C", "aes256c": "AES-256-C"}
USERS: list[tuple[str, str | None, str | None]] = [("none", None, None), *((f"a-{auth}", auth, None) for auth in AUTH)] + [
    (f"p-{auth}-{priv}", auth, priv) for auth, priv in (("md5", "des"), ("sha", "aes"), ("sha256", "aes"))
]
WIDE_USERS: list[tuple[str, str | None, str | None]] = [
    (f"p-{auth}-{priv}", auth, priv)
    for auth, priv in (("sha", "aes192"), ("sha256", "aes256"), ("sha512", "aes256"), ("sha", "aes192c"), ("md5", "aes256c"))
]
"""AES-192 and AES-256 are no RFC's; net-snmp (`--with-blumenthal-aes`, Debian's) lengthens short keys as Blumenthal's draft says,
for the protocols in -C as Reeder's, which Cisco follows. The keys of MD5 and SHA-1 are short for both."""


@dataclass(frozen=True)
class Snmpd:
    """A running agent."""

    port: int
    folder: Path

    def tool(self, *arguments: str) -> str:
        """Return what one of net-snmp's programs prints; the agent's address is appended by `{}`."""
        filled = [argument.replace("{}", f"127.0.0.1:{self.port}") for argument in arguments]
        environment = {
            **os.environ,
            "MIBS": "",
            "SNMPCONFPATH": str(self.folder),
            "SNMP_PERSISTENT_DIR": str(self.folder / "tools"),
        }
        return subprocess.run(filled, check=True, capture_output=True, text=True, env=environment, timeout=LONGEST_WAIT_S).stdout

    def walk(self, root: str, version: str = "2c") -> dict[Oid, tuple[str, str]]:
        """Return name → (type, value) as snmpbulkwalk (v1: snmpwalk) prints them, numbers and octets unadorned."""
        program = "snmpwalk" if version == "1" else "snmpbulkwalk"
        printed = self.tool(program, "-v", version, "-c", COMMUNITY, "-OnexUte", "--hexOutputLength=0", "{}", root)
        found: dict[Oid, tuple[str, str]] = {}
        for line in printed.splitlines():
            name, separator, rest = line.partition(" = ")
            kind, _, value = rest.partition(": ")
            if separator and name.startswith("."):
                # net-snmp prints empty octet strings as two quotation marks, and ticks as a bare number.
                found[parse_oid(name)] = ("Timeticks", rest) if rest.isdigit() else (kind if rest != '""' else "STRING", value)
        return found


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[Snmpd]:
    """Start snmpd with users, and end it. port: 0 for any that is free."""
    port = port or untold()
    lines = [f"agentaddress udp:127.0.0.1:{port}", f"rocommunity {COMMUNITY} 127.0.0.1", "sysLocation Phòng máy", "sysName xa-thu"]
    for name, auth, priv in USERS + WIDE_USERS:
        lines.append(f"rouser {name} {'priv' if priv else 'auth' if auth else 'noauth'}")
    (folder / "snmpd.conf").write_text("\n".join(lines) + "\n")
    state = folder / "state" / "snmpd.conf"
    state.parent.mkdir(exist_ok=True)
    users = []
    for name, auth, priv in USERS + WIDE_USERS:
        keys = f' {AUTH[auth]} "{AUTH_KEY}"' if auth else ""
        users.append(f"createUser {name}{keys}" + (f' {PRIV[priv]} "{PRIV_KEY}"' if priv else ""))
    if not state.exists():
        state.write_text("\n".join(users) + "\n")
    # The persistent folder, where snmpd keeps users and engine boots, is read only if the path names it.
    environment = {**os.environ, "MIBS": "", "SNMPCONFPATH": f"{folder}:{state.parent}", "SNMP_PERSISTENT_DIR": str(state.parent)}
    command = [SNMPD, "-f", "-Lo", "-p", str(folder / "pid"), "-I", "-smux"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    assert process.stdout
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "NET-SNMP version" in line:
                break
        else:
            pytest.fail("snmpd did not start:\n" + "".join(said))
        yield Snmpd(port, folder)
    finally:
        process.terminate()
        process.wait(LONGEST_WAIT_S)
        process.stdout.close()
