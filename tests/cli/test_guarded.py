"""Every command that sends passes the guard with whoever its configuration asks, not with the targets alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.__main__ import main
from tests.load.folders import MONITOR, SITES, make_folder

ELSEWHERE = "192.0.2.7"
LOCAL = SITES.replace("address: 10.", "address: 127.").replace("credential: wan}", "credential: none}")
ENDPOINT = LOCAL.replace("id: dc-xa,", "id: dc-xa, probes: {h323: {enabled: true}}, h323: {alias: 1715},")


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (["run"], f"health: {{references: [{ELSEWHERE}]}}"),
        (["ready", "--now"], f"health: {{references: [{ELSEWHERE}]}}"),
        (["run"], f"probes: {{h323: {{gatekeeper: {ELSEWHERE}}}}}"),
        (["ready", "--now"], f"probes: {{h323: {{gatekeeper: {ELSEWHERE}}}}}"),
        (["poll"], f"probes: {{h323: {{gatekeeper: {ELSEWHERE}}}}}"),
        (["poll", "dc-xa"], f"probes: {{h323: {{gatekeeper: {ELSEWHERE}}}}}"),
    ],
)
def test_nobody_is_asked_where_one_of_those_asked_may_not_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], asked: str
) -> None:
    text = f"listen: 127.0.0.1:9\njournal: sqlite:///{tmp_path}/journal.db\n{MONITOR}{asked}\n"
    folder = make_folder(tmp_path / "config", sites=ENDPOINT, monitor=text, profiles=("default",))
    assert 2 == main([*command, "--config", str(folder), "--language", "en"])
    assert ELSEWHERE in capsys.readouterr().err
    assert not (tmp_path / "journal.db").exists()
