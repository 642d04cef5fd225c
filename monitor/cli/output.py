"""Where what a command made goes: into a file, or to the standard output."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

from monitor.cli.options import chosen_format
from monitor.errors import SetupError, reason_of
from monitor.words.phrase import Phrase

_FORMS = {".html": "HTML", ".xlsx": "Excel"}


def put_report(arguments: Namespace, makers: Mapping[str, Callable[[], str | bytes]], example: str, written: str) -> None:
    """Put a report in the form that --format or the file's name asks for. Raises SetupError.

    makers: form → what makes it. example: as in put(). written: what is told where a file was written.
    """
    put(makers[chosen_format(arguments)](), arguments.output, example)
    if arguments.output is not None:
        print(written)


def put(content: str | bytes, output: Path | None, example: str) -> None:
    """Write to a file, or to the standard output where none is named, octets never to a terminal. Raises SetupError.

    content: text, whose last line has no end yet, or octets. example: what such a file may be called, for the cure.
    """
    if output is not None:
        write(content, output)
    elif isinstance(content, str):
        print(content)
    elif sys.stdout.isatty():
        raise SetupError("file_on_terminal", form=_FORMS[Path(example).suffix], example=example)
    else:
        sys.stdout.buffer.write(content)


def write(content: str | bytes, output: Path) -> None:
    """Write to a file. Raises SetupError where it can't be written."""
    try:
        output.write_bytes(content if isinstance(content, bytes) else f"{content}\n".encode())
    except OSError as error:
        cure = "file_in_folder" if isinstance(error, FileNotFoundError) else "other_file_or_right"
        raise SetupError("unwritable", Phrase(cure), path=output, reason=reason_of(error)) from error


def write_whole(path: Path, text: str, *, mode: int | None = None) -> None:
    """Replace a file's content, so that whoever reads it sees the old or the new one.

    mode: its permissions, None for those that it had, or 0644; until they are set nobody else can read it. Raises SetupError.
    """
    try:
        _replace(path, text, mode)
    except OSError as error:
        raise SetupError("unwritable", Phrase("other_file_or_right"), path=path, reason=reason_of(error)) from None


def _replace(path: Path, text: str, mode: int | None) -> None:
    if mode is None:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
