"""The C programs of the benchmarks: responders that are not the bottleneck, and floors to compare with."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

SOURCES = Path(__file__).parent / "native"
FLAGS = ("-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror")


class CompileError(Exception):
    """A program does not compile; the text is the compiler's."""


def compiler() -> str | None:
    """Return the C compiler's path, None where there is none."""
    return shutil.which("cc") or shutil.which("gcc")


def compiler_version() -> str:
    """Return the compiler's first line, '' where there is none."""
    found = compiler()
    if found is None:
        return ""
    return subprocess.run((found, "--version"), capture_output=True, text=True, check=True).stdout.splitlines()[0]


def build(folder: Path) -> Mapping[str, Path]:
    """Compile every program into the folder; return name → binary, nothing where there is no compiler. Raises CompileError."""
    found = compiler()
    if found is None:
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    binaries = {}
    for source in sorted(SOURCES.glob("*.c")):
        binary = folder / source.stem
        done = subprocess.run((found, *FLAGS, "-o", str(binary), str(source)), capture_output=True, text=True, check=False)
        if done.returncode:
            raise CompileError(done.stderr)
        binaries[source.stem] = binary
    return binaries
