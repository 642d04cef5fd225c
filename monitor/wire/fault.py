"""The one exception that decoders raise."""

from __future__ import annotations


class MalformedError(ValueError):
    """What came can't be decoded; str(error) is the reason in one clause. It becomes Outcome.MALFORMED."""
