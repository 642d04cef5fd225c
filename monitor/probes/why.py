"""Why something failed, as the codes that readings carry, of what the kernel and the decoders say."""

from __future__ import annotations

import errno
import os

from monitor.model.reason import Reason
from monitor.wire.fault import MalformedError


def os_error(error: OSError, *, in_clause: bool = False) -> Reason:
    """Return an error of the kernel's, or of its resolver's. in_clause: it follows other words, so it has no capital."""
    text = error.strerror or str(error) or type(error).__name__
    return _kernel_says(error.errno, text.lower() if in_clause else text)


def os_error_number(number: int, *, in_clause: bool = False) -> Reason:
    """Return the same of an error's number."""
    text = os.strerror(number)
    return _kernel_says(number, text.lower() if in_clause else text)


def malformed(error: MalformedError) -> Reason:
    """Return what a decoder could not read."""
    return Reason(error.code, error.values)


def _kernel_says(number: int | None, text: str) -> Reason:
    return Reason("os_error", {"errno": errno.errorcode.get(number or 0, ""), "error": text})
