"""Where what a command made goes: into a file, or to the standard output; and how a file is replaced as a whole."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from monitor.cli.parser import Parser
from monitor.errors import SetupError, reason_of
from monitor.words import say
from monitor.words.phrase import Phrase
from monitor.words.usage import OPTIONS

_FORMATS = {".html": "html", ".xlsx": "xlsx", ".json": "json"}
_FORMS = {".html": "HTML", ".xlsx": "Excel"}


def add_output(parser: Parser) -> None:
    """Declare -o FILE, whose name says the format where --format does not (chosen_format)."""
    parser.add_argument("-o", "--output", metavar="FILE", type=partial(_output, parser.language), help=parser.say("output"))


def _output(language: str, text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in ("", ".txt", ".log", *_FORMATS):
        told = say(OPTIONS, "output_unknown", language, text=text, suffix=path.suffix, known=", ".join(_FORMATS))
        raise argparse.ArgumentTypeError(told)
    return path


def chosen_format(arguments: argparse.Namespace) -> str:
    """Return the format that --format says, else the one that the name of the file to write says."""
    asked = str(arguments.format)
    named = _FORMATS.get(Path(arguments.output or "").suffix.lower())
    return named if named is not None and asked == "table" else asked


def put_report(arguments: argparse.Namespace, makers: Mapping[str, Callable[[], str | bytes]], example: str, written: str) -> None:
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


def write_whole(path: Path, text: str | bytes, *, mode: int | None = None) -> None:
    """Replace a file's content, a text in UTF-8, so that whoever reads it sees the old or the new one.

    mode: its permissions, None for those that it had, or 0644; until they are set nobody else can read it. Raises SetupError.
    """
    try:
        _replace(path, text, mode)
    except OSError as error:
        raise SetupError("unwritable", Phrase("other_file_or_right"), path=path, reason=reason_of(error)) from None


def _replace(path: Path, text: str | bytes, mode: int | None) -> None:
    if mode is None:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode() if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
