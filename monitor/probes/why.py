"""Why something failed, as the codes that readings carry, of what the system and the decoders say."""

from __future__ import annotations

import os

from monitor.errors import name_of
from monitor.model.reason import Reason
from monitor.wire.fault import MalformedError


def os_error(error: OSError) -> Reason:
    """Return an error of the kernel's, its resolver's or TLS'; its own sentence is told where it has no words by its name."""
    name, text = name_of(error)
    return Reason("os_error", {"errno": name, "error": text})


def os_error_number(number: int) -> Reason:
    return os_error(OSError(number, os.strerror(number)))


def library_error(error: Exception, otherwise: Reason) -> Reason:
    """Return the kernel's error that a library's was made of; otherwise: of one that was made of none."""
    said = error if isinstance(error, OSError) else error.__context__
    return os_error(said) if isinstance(said, OSError) else otherwise


def unresolved(name: str, error: OSError | UnicodeError) -> Reason:
    because = os_error(error) if isinstance(error, OSError) else Reason("no_host_name")
    return Reason("unresolved", {"name": name}, (because,))


def malformed(error: MalformedError) -> Reason:
    return Reason(error.code, error.values)
