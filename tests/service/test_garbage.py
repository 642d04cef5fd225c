"""The collector of cycles looks seldom, and not at what stays."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from monitor.service.process import FRESH, spare_what_stays


@pytest.fixture
def _as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


class Node:
    def __init__(self) -> None:
        self.me = self


@pytest.mark.usefixtures("_as_before")
def test_what_is_there_is_left_out_and_a_cycle_that_comes_later_is_found() -> None:
    spare_what_stays()
    assert gc.get_freeze_count() > FRESH
    node = weakref.ref(Node())
    assert node() is not None
    gc.collect()
    assert node() is None
