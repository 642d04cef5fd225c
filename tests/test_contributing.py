"""The worked examples of docs/contributing.md are real: each applies to the tree as it is, and their tests pass."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "contributing.md"
EXAMPLES = sorted((ROOT / "docs" / "contributing").glob("*.diff"))
COPIED = ("monitor", "tests", "config", "docs", "pyproject.toml", "setup.cfg")


def apply(diff: Path, folder: Path, *words: str) -> str:
    """Return what git says of a diff that is applied in a folder, '' where it applies."""
    done = subprocess.run(
        ["git", "apply", *words, str(diff)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)},
    )
    return done.stderr if done.returncode else ""


def test_there_is_an_example_of_each_kind_and_the_page_leads_to_it() -> None:
    named = re.findall(r"\(contributing/(\w+)\.diff\)", PAGE.read_text(encoding="utf-8"))
    assert ["command", "metric", "page", "probe", "profile"] == [diff.stem for diff in EXAMPLES] == sorted(set(named))


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("diff", EXAMPLES, ids=lambda diff: diff.stem)
def test_an_example_applies_to_the_tree_as_it_is(diff: Path) -> None:
    assert "" == apply(diff, ROOT, "--check")


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_with_all_examples_their_tests_pass(tmp_path: Path) -> None:
    for name in COPIED:
        whole, copied = ROOT / name, tmp_path / name
        if whole.is_dir():
            shutil.copytree(whole, copied, ignore=shutil.ignore_patterns("__pycache__", "pictures", "fuzz"))
        else:
            shutil.copy(whole, copied)
    tests = set()
    for diff in EXAMPLES:
        assert "" == apply(diff, tmp_path), diff.stem
        tests |= set(re.findall(r"^\+\+\+ b/(tests/\S+/test_\w+\.py)", diff.read_text(encoding="utf-8"), re.MULTILINE))
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *sorted(tests)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": "."})
    assert 0 == done.returncode, done.stdout[-4000:]
