"""What outlives a run in a file of its own: one line that says what it is, then arrays."""

from __future__ import annotations

import json
import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Generic, Self, TypeVar

log = logging.getLogger(__name__)

OfTarget = TypeVar("OfTarget")


class SavedState(ABC, Generic[OfTarget]):
    """What is remembered of each target, saved at the end and read at the next start.

    file: its name. form: what the file says that it is; another form is not read. lost: the line of the log for a file that can't
    be read, with places for its path and the reason.
    """

    file: ClassVar[str]
    form: ClassVar[str]
    lost: ClassVar[str]

    def __init__(self) -> None:
        self._by_target: dict[str, OfTarget] = {}

    @contextmanager
    def kept_beside(self, journal_url: str) -> Iterator[Self]:
        """Read what an earlier run left beside an SQLite journal, and leave this run's there; a journal elsewhere has no beside."""
        _, found, journal = journal_url.partition("sqlite:///")
        path = Path(journal).with_name(self.file) if found and journal and journal != ":memory:" else None
        if path is not None:
            self.load(path)
        try:
            yield self
        finally:
            if path is not None:
                self.save(path)

    def keep_only(self, targets: Iterable[str]) -> None:
        """Forget the targets that are no longer watched."""
        for target in self._by_target.keys() - set(targets):
            del self._by_target[target]

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
        """Read what an earlier run saved; a file that is missing or damaged is only worth a line in the log."""
        try:
            with path.open("rb") as file:
                head = json.loads(file.readline())
                if head["form"] != self.form:
                    raise ValueError(f"its form is {head['form']!r}")
                self._read(head, file)
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            self._by_target.clear()
            log.warning(self.lost, path, error)

    @abstractmethod
    def _head(self) -> Mapping[str, Any]:
        """Return what the first line says beside the form."""

    @abstractmethod
    def _write(self, file: BinaryIO) -> None:
        """Write what follows the first line."""

    @abstractmethod
    def _read(self, head: Mapping[str, Any], file: BinaryIO) -> None:
        """Read it. Raises one of OSError, ValueError, KeyError, TypeError and EOFError where it is damaged."""
