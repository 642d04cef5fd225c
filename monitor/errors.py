"""Every error that a person sees: where it is, what is wrong, and what cures it, in the language of whoever reads it."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from monitor.words.faults import knows, tell_fault
from monitor.words.phrase import Phrase, coded, coded_values, decoded, decoded_values, phrase, plain

LOG = "en"
"""What the log, and whatever else asks for str(), is told in."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of the configuration.

    file:   as the operator would type it; '' for what is no file's, such as a port that is taken.
    line:   counted from 1; 0 where the fault has no line (a missing file).
    path:   the key's place, such as 'points.xa-lung-cu.uplink'; '' for the whole file.
    code:   what is wrong, a key of words/faults; values: what it quotes.
    remedy: what to do about it; None for what the catalogue has for the code itself, if anything.
    fault:  what is wrong, in one clause of English; cure: the remedy, '' where the fault says it all.
    """

    file: str
    line: int
    path: str
    code: str = field(compare=False)
    remedy: Phrase | None = field(default=None, compare=False)
    values: Mapping[str, object] = field(default_factory=dict, compare=False)
    fault: str = field(init=False)
    cure: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", plain(self.values))
        object.__setattr__(self, "fault", self.fault_in(LOG))
        object.__setattr__(self, "cure", self.cure_in(LOG))

    def __str__(self) -> str:
        return self.text_in(LOG)

    def fault_in(self, language: str) -> str:
        return tell_fault(Phrase(self.code, self.values), language)

    def cure_in(self, language: str) -> str:
        remedy = self.remedy or _own_remedy(self.code, self.values)
        return tell_fault(remedy, language) if remedy is not None else ""

    def answer_in(self, language: str) -> dict[str, Any]:
        """Return place, fault, cure and their codes, as JSON has them."""
        place = {"file": self.file, "line": self.line, "path": self.path}
        said = {"fault": self.fault_in(language), "cure": self.cure_in(language)}
        return place | said | _codes(self.code, self.values, self.remedy or _own_remedy(self.code, self.values))

    def text_in(self, language: str) -> str:
        """Return place, fault and cure on one line."""
        places = [f"{self.file}:{self.line}" if self.line else self.file, self.path]
        cure = self.cure_in(language)
        line = " ".join([*(f"{place}:" for place in places if place), self.fault_in(language)]) + (f"; {cure}" if cure else "")
        # It may quote what a file holds: what a terminal would obey, or would not show, is written as its escape.
        return line if line.isprintable() else "".join(each if each.isprintable() else ascii(each)[1:-1] for each in line)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of somebody else's file that is used all the same. is_left_out: what it is about is not taken."""

    fault: Fault
    is_left_out: bool

    def answer_in(self, language: str) -> dict[str, Any]:
        """Return place, fault, cure and their codes, and whether it was left out, as JSON has them."""
        return {**self.fault.answer_in(language), "left_out": self.is_left_out}


def left_out_first(notices: Iterable[Notice]) -> tuple[list[Notice], int]:
    """Return notices with what is left out before the rest, and how many are left out."""
    ordered = sorted(notices, key=lambda each: not each.is_left_out)
    return ordered, sum(each.is_left_out for each in ordered)


class MonitorError(Exception):
    """What the operator can mend; the command line prints it without a traceback and exits with 2.

    code, values and remedy are those of a Fault; fault and cure the English of them, str() of both.
    """

    def __init__(self, code: str, remedy: Phrase | None = None, /, **values: object) -> None:
        self.code = code
        self.values = plain(values)
        self.remedy = remedy or _own_remedy(code, self.values)
        self.fault = self.fault_in(LOG)
        self.cure = self.cure_in(LOG)
        super().__init__(self.text_in(LOG))

    @classmethod
    def answered(cls, answer: Any) -> Self:
        """Return what a running daemon refused with (answer_in), for us to say: by its codes, where we know them.

        Of a daemon of another version it may be its sentences, in the language that it was asked in. Raises LookupError or
        TypeError where the answer is none of a daemon.
        """
        try:
            remedy = answer["remedy"]
            return cls(str(answer["code"]), None if remedy is None else decoded(remedy), **decoded_values(answer["values"]))
        except (LookupError, TypeError, ValueError, AttributeError):
            cure = str(answer["cure"])
            return cls("quoted", phrase("quoted", text=cure) if cure else None, text=str(answer["error"]))

    def or_else(self, code: str) -> Self:
        """Return the same fault with another cure, which quotes this one's as {cure}."""
        return type(self)(self.code, phrase(code, cure=self.remedy or ""), **self.values)

    @property
    def said(self) -> Phrase:
        """Return what is wrong, for another sentence to quote."""
        return Phrase(self.code, self.values)

    def fault_in(self, language: str) -> str:
        return tell_fault(self.said, language)

    def cure_in(self, language: str) -> str:
        return tell_fault(self.remedy, language) if self.remedy is not None else ""

    def answer_in(self, language: str) -> dict[str, Any]:
        """Return fault and cure in a language, and their codes for who says them in another, as JSON has them."""
        return {"error": self.fault_in(language), "cure": self.cure_in(language), **_codes(self.code, self.values, self.remedy)}

    def as_faults(self) -> tuple[Fault, ...]:
        """Return each fault by itself; what is wrong with no file is of none."""
        return (Fault("", 0, "", self.code, self.remedy, self.values),)

    def text_in(self, language: str) -> str:
        fault, cure = self.fault_in(language), self.cure_in(language)
        return f"{fault}; {cure}" if cure else fault


class FaultsError(MonitorError):
    """Several faults, in the order of file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("config_faults", count=len(self.faults))

    def as_faults(self) -> tuple[Fault, ...]:
        return self.faults

    def text_in(self, language: str) -> str:
        """Return the faults, one a line."""
        return "\n".join(fault.text_in(language) for fault in self.faults)


class ConfigError(FaultsError):
    """The configuration is not usable. Holds every fault found."""


class SetupError(MonitorError):
    """This machine does not permit what was asked: a missing capability, program, device or address."""


def reason_of(error: BaseException) -> Phrase:
    """Return why the system, a resolver, TLS or an HTTP client refused, for a fault to quote, or that something is no text."""
    if isinstance(error, UnicodeError):
        return Phrase("not_utf8_text")
    name, text = name_of(error)
    if knows(name.lower()):
        return Phrase(name.lower())
    return phrase("system_other", name=name, text=text) if name and text else phrase("quoted", text=text or name)


def said_by(who: str, error: object) -> Phrase:
    """Return what a library says, where there are no words of ours: behind who says it, on one line, in quotation marks.

    who: a code of words/faults.
    """
    lines = str(error).splitlines()
    return phrase("system_other", name=Phrase(who), text=lines[0][:160] if lines and lines[0] else type(error).__name__)


def name_of(error: BaseException) -> tuple[str, str]:
    """Return the name of an error that came from outside, as in words/faults/system.py, and its own sentence.

    'ENOENT' of the kernel, 'EAI_NONAME' of the resolver, 'TLS_NO_SHARED_CIPHER' or 'X509_10' of OpenSSL, 'HTTP_CUT' of a client.
    '' where it has no name; the sentence is never empty. What wraps another error is told by what it wraps.
    """
    inner = next((each for each in (getattr(error, name, None) for name in _WRAPPED) if isinstance(each, BaseException)), None)
    if inner is not None:
        return name_of(inner)
    kinds = [kind.__name__ for kind in type(error).__mro__]
    # TLS is told apart by its class' name: whoever has no use for TLS does not load it.
    if "SSLError" in kinds:
        name = _tls_name(error)
    elif isinstance(error, socket.gaierror):
        name = _RESOLVERS.get(error.errno or 0, "")
    else:
        number = error.errno if isinstance(error, OSError) and not isinstance(error, socket.herror) else None
        name = errno.errorcode.get(number or 0, "")
        if number and name:
            # The kernel's, where whoever raised it has put a sentence of his own.
            return "EOPNOTSUPP" if name == "ENOTSUP" else name, os.strerror(number)
    text = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or str(error) or type(error).__name__
    return name or next((_BY_CLASS[kind] for kind in kinds if kind in _BY_CLASS), ""), str(text)


_WRAPPED = ("certificate_error", "os_error", "reason")
"""Under which the clients of HTTP, aiohttp's and the standard library's, have the error that theirs is about."""
_BY_CLASS = {
    "SSLEOFError": "TLS_UNEXPECTED_EOF_WHILE_READING",
    "SSLZeroReturnError": "TLS_CLOSED",
    "RemoteDisconnected": "HTTP_DISCONNECTED",
    "ServerDisconnectedError": "HTTP_DISCONNECTED",
    "IncompleteRead": "HTTP_CUT",
    "IncompleteReadError": "HTTP_CUT",
    "ClientPayloadError": "HTTP_CUT",
    "InvalidURL": "HTTP_URL",
    "HTTPException": "HTTP_MALFORMED",
    "ClientResponseError": "HTTP_MALFORMED",
    "HttpProcessingError": "HTTP_MALFORMED",
    "TimeoutError": "ETIMEDOUT",
    "ConnectionRefusedError": "ECONNREFUSED",
    "ConnectionResetError": "ECONNRESET",
    "ConnectionAbortedError": "ECONNABORTED",
    "BrokenPipeError": "EPIPE",
}
"""The name of what has no number, by its class."""
_RESOLVERS = {getattr(socket, name): name for name in dir(socket) if name.startswith("EAI_")}
"""The resolver's names by their numbers (getaddrinfo(3))."""


def _tls_name(error: BaseException) -> str:
    """Return the name that OpenSSL gives; of a certificate that was refused the number of why, which has none."""
    number = getattr(error, "verify_code", None)
    reason = getattr(error, "reason", None)
    return f"X509_{number}" if number else f"TLS_{reason}" if reason else ""


def _own_remedy(code: str, values: Mapping[str, object]) -> Phrase | None:
    """Return what the catalogue has as the cure of a code itself, None where it has none."""
    own = f"{code}_cure"
    return Phrase(own, values) if knows(own) else None


def _codes(code: str, values: Mapping[str, object], remedy: Phrase | None) -> dict[str, Any]:
    return {"code": code, "values": coded_values(values), "remedy": None if remedy is None else coded(remedy)}
