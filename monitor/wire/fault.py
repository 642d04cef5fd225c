"""The one exception that decoders raise."""

from __future__ import annotations


class MalformedError(ValueError):
    """What came can't be decoded. It becomes Outcome.MALFORMED.

    code, values: why, as words/wire_faults.py tells it; str(error) is for whoever debugs.
    """

    def __init__(self, code: str, **values: float | int | str) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.values.items())])
