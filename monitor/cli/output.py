"""Where what a command made goes: into a file, or to the standard output."""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.errors import SetupError, reason_of
from monitor.words.phrase import Phrase

_FORMS = {".html": "HTML", ".xlsx": "Excel"}


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
