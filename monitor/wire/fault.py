"""What decoders raise: a code with its values, which words/ tells."""

from __future__ import annotations


class CodedError(ValueError):
    """What can't be read. code, values: why; str(error) is for whoever debugs."""

    def __init__(self, code: str, **values: float | int | str) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.values.items())])


class MalformedError(CodedError):
    """What came can't be decoded; it becomes Outcome.MALFORMED. words/wire_faults.py tells why."""
