"""Decoders refuse with a code, whose sentence tells code and values at once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monitor.model.reason import Reason
from monitor.wire.fault import MalformedError
from tests.told import english


@contextmanager
def refused(pattern: str) -> Iterator[None]:
    """Expect a refusal of which the English matches."""
    with pytest.raises(MalformedError) as caught:
        yield
    said = english([Reason(caught.value.code, caught.value.values)])
    assert re.search(pattern, said), f"{pattern!r} is not in {said!r}"
