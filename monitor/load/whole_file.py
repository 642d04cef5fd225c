"""Files that are replaced as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from monitor.errors import SetupError, reason_of
from monitor.words.phrase import Phrase


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
