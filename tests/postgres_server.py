"""A real PostgreSQL for tests, on a socket in a folder of its own: `with postgres() as server`, then `server.database("name")`."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text


@dataclass(frozen=True, slots=True)
class Server:
    """One that runs. folder: where its socket is; it listens nowhere else."""

    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def database(self, name: str) -> str:
        """Make an empty database and return its SQLAlchemy URL."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return self.url(name)


@contextmanager
def postgres() -> Iterator[Server]:
    """Run a server until the context ends. Skips where it, or its driver, is missing."""
    pytest.importorskip("psycopg")
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder, whose = Path(name), _whose()
        if whose:
            os.chown(folder, whose["user"], whose["group"])
        initdb = [str(programs / "initdb"), "--pgdata=data", "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]
        made = subprocess.run(initdb, cwd=folder, capture_output=True, text=True, check=False, **whose)
        assert made.returncode == 0, made.stderr
        with _running(programs / "postgres", folder, whose):
            yield Server(folder)


@contextmanager
def _running(program: Path, folder: Path, whose: dict[str, Any]) -> Iterator[None]:
    # What it writes is the tests', and theirs no longer than the folder: nothing has to reach the disk.
    words = [str(program), "-D", "data", "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
    with subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, text=True, **whose) as process:
        assert process.stderr is not None
        try:
            said = []
            for line in process.stderr:
                said.append(line)
                if "ready to accept connections" in line:
                    break
            else:
                raise AssertionError("".join(said))
            yield
        finally:
            process.send_signal(signal.SIGINT)  # at once, whoever is still connected


def _programs() -> Path:
    """Return the folder of the server's programs; Debian has them in none that is searched."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("postgresql is not installed")
    return folders[-1]


def _whose() -> dict[str, Any]:
    """Return as whom the server runs, as subprocess takes it: never as root, which it refuses to."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("postgresql is not installed: it has no user")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
