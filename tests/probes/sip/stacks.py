"""Real SIP stacks from Debian on 127.0.0.1: kamailio, a proxy, and baresip, a phone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.ports import untold

_KAMAILIO = """\
debug=0
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
disable_sctp=yes
listen=udp:127.0.0.1:{port}
listen=tcp:127.0.0.1:{port}
mpath="{modules}"
loadmodule "sl.so"
loadmodule "pv.so"
request_route {{
  if ($rU == "busy") {{ sl_send_reply("486", "Busy Here"); exit; }}
  if ($rU == "nobody") {{ sl_send_reply("404", "Not Found"); exit; }}
  if ($rU == "tired") {{ sl_send_reply("503", "Service Unavailable"); exit; }}
  sl_send_reply("200", "OK");
  exit;
}}
"""
_BARESIP = "sip_listen 127.0.0.1:{port}\nmodule_path {modules}\nmodule_app account.so\nmodule_app menu.so\n"
_WAIT_S = 20.0


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _modules(pattern: str) -> str:
    """Return the folder of a program's modules."""
    return str(next(Path("/usr/lib").glob(pattern)).parent) + "/"


@asynccontextmanager
async def kamailio(folder: Path) -> AsyncIterator[int]:
    """Run kamailio and give its port."""
    program, port = _program("kamailio"), untold()
    (folder / "kamailio.cfg").write_text(_KAMAILIO.format(port=port, modules=_modules("**/kamailio/modules/sl.so")))
    async with _running([program, "-f", str(folder / "kamailio.cfg"), "-DD", "-E", "-m", "8", "-M", "2", "-Y", str(folder)], port):
        yield port


@asynccontextmanager
async def baresip(folder: Path, user: str) -> AsyncIterator[int]:
    """Run baresip with one account, and give its port."""
    program, port = _program("baresip"), untold()
    (folder / "config").write_text(_BARESIP.format(port=port, modules=_modules("baresip/modules/account.so")))
    (folder / "accounts").write_text(f"<sip:{user}@127.0.0.1:{port}>;regint=0\n")
    async with _running([program, "-f", str(folder)], port):
        yield port


@asynccontextmanager
async def _running(command: Sequence[str], port: int) -> AsyncIterator[None]:
    """Run a server until the end, from when it takes TCP connections."""
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=null, stdout=null, stderr=null)
    try:
        async with asyncio.timeout(_WAIT_S):
            while not await _listens(port):
                assert process.returncode is None, f"{command[0]} ended with {process.returncode}"
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        await asyncio.sleep(0.02)
        return False
    writer.close()
    return True
