"""The story of tests/supervision/story.py is played once, by a process of its own, while all other tests run."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.supervision.drill import NOT_HERE
from tests.supervision.story import Account

FASTER = 5
_LONGEST_S = 1800.0
_ROOT = Path(__file__).parents[2]
_BEGINS_IT = "tests/supervision/"
_WAITS_FOR_IT = "tests/supervision/test_notifications.py"


@dataclass(slots=True)
class _Playing:
    process: subprocess.Popen[str]
    folder: Path

    def account(self) -> Account:
        """Return what came of it, once it is over."""
        said = self.process.communicate(timeout=_LONGEST_S)[0]
        if self.process.returncode == NOT_HERE:
            pytest.skip(said.splitlines()[-1])
        written = self.folder / "account.json"
        assert written.exists(), said[-6000:]
        return Account.from_json(json.loads(written.read_text(encoding="utf-8")))


_PLAYING = pytest.StashKey[_Playing]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what begins the story come first, and what waits for it last."""
    items.sort(key=lambda item: 2 if _waits(item) else 0 if item.nodeid.startswith(_BEGINS_IT) else 1)


def _waits(item: pytest.Item) -> bool:
    return item.nodeid.startswith(_WAITS_FOR_IT)


@pytest.fixture(scope="session", autouse=True)
def _story(request: pytest.FixtureRequest) -> Iterator[None]:
    """Begin to play with the first test of this folder, where any will wait for it; end it where nobody did."""
    if not any(map(_waits, request.session.items)):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="story") as folder:
        words = [sys.executable, "-m", "tests.supervision.drill", "--faster", str(FASTER), "--json", f"{folder}/account.json"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=_ROOT) as process:
            request.config.stash[_PLAYING] = _Playing(process, Path(folder))
            try:
                yield
            finally:
                process.terminate()


@pytest.fixture(scope="session")
def account(pytestconfig: pytest.Config) -> Account:
    """All that happened to the province and all that people were told of it."""
    return pytestconfig.stash[_PLAYING].account()
