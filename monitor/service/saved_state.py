"""What outlives a run in a file of its own: one line that says what it is, then arrays."""

from __future__ import annotations

import json
import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Self

log = logging.getLogger(__name__)


class SavedState(ABC):
    """A memory that is saved at the end and taken up at the next start.

    form: what its file says that it is; another form is not read. lost: the line of the log for a file that can't be read, with
    places for its path and the reason.
    """

    form: ClassVar[str]
    lost: ClassVar[str]

    @contextmanager
    def kept_in(self, path: Path | None) -> Iterator[Self]:
        """Take up what an earlier run left in a file, and leave this run's there at the end; None keeps nothing."""
        if path is not None:
            self.load(path)
        try:
            yield self
        finally:
            if path is not None:
                self.save(path)

    def save(self, path: Path) -> None:
        """Write everything to a file, whole or not at all."""
        draft = path.with_suffix(".new")
        with draft.open("wb") as file:
            file.write(json.dumps({"form": self.form, **self._head()}).encode() + b"\n")
            self._write(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def load(self, path: Path) -> None:
        """Take up what an earlier run saved; a file that is missing or damaged is only worth a line in the log."""
        try:
            with path.open("rb") as file:
                head = json.loads(file.readline())
                if head["form"] != self.form:
                    raise ValueError(f"its form is {head['form']!r}")
                self._read(head, file)
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            self._forget()
            log.warning(self.lost, path, error)

    @abstractmethod
    def _head(self) -> Mapping[str, Any]:
        """Return what the first line says beside the form."""

    @abstractmethod
    def _write(self, file: BinaryIO) -> None:
        """Write what follows the first line."""

    @abstractmethod
    def _read(self, head: Mapping[str, Any], file: BinaryIO) -> None:
        """Take it up. Raises one of OSError, ValueError, KeyError, TypeError and EOFError where it is damaged."""

    @abstractmethod
    def _forget(self) -> None:
        """Forget everything, also what was read until then."""
