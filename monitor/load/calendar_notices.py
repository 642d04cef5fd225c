"""What is told of a calendar that is taken: what of it was left out, and what was taken though it is odd."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.errors import Fault, Notice
from monitor.words.phrase import Phrase


class NoticeList:
    """Notices of one file, each once, in the order of its lines."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[tuple[int, str, str, bool], Notice] = {}

    def remark(self, line: int, code: str, remedy: Phrase | None = None, /, **values: object) -> None:
        """Note what is odd, and taken all the same."""
        self.add(Fault(self._file, line, "", code, remedy, values), is_left_out=False)

    def leave_out(self, line: int, code: str, remedy: Phrase | None = None, /, **values: object) -> None:
        """Note what is left out, and why."""
        self.add(Fault(self._file, line, "", code, remedy, values), is_left_out=True)

    def add(self, fault: Fault, *, is_left_out: bool) -> None:
        self._found.setdefault((fault.line, fault.path, fault.text_in("en"), is_left_out), Notice(fault, is_left_out))

    def all(self) -> Sequence[Notice]:
        return sorted(self._found.values(), key=lambda each: (each.fault.line, not each.is_left_out))
