"""What the monitor's user may not read is a fault with a cure, never a traceback and never as if it were not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.load.configuration import load
from tests.load.folders import make_folder

NOBODY = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("closed", ["profiles", "sites.d"])
def test_a_folder_that_may_not_be_read_is_told(closed: str) -> None:
    # Not tmp_path: its own parent is closed to everybody else.
    with tempfile.TemporaryDirectory() as top:
        folder = make_folder(Path(top) / "config", profiles=("default",), more={"a.yaml": "areas: []\n"})
        for each in (Path(top), folder, *folder.rglob("*")):
            each.chmod(0o755 if each.is_dir() else 0o644)
        (folder / closed).chmod(0o700)
        os.seteuid(NOBODY)
        try:
            with pytest.raises(ConfigError) as told:
                load(folder, {})
        finally:
            os.seteuid(0)
    assert f"{folder / closed}: can't be read: Permission denied; let the user that runs the monitor read it" in str(told.value)
