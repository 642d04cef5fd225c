"""Scenarios load whole, and every fault of one has its line and its cure."""

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.load.configuration import load
from monitor.load.scenario import load_scenario
from monitor.model.scenario import Action, AgentSettings, LinkSettings, Scenario, Step
from tests.lab.small import inventory

CONFIG = Path(__file__).parents[2] / "config"


def read(folder: Path, text: str) -> Scenario:
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    return load_scenario(folder / "s.yaml", inventory())


def test_a_scenario_says_how_links_are_and_what_happens_when(tmp_path: Path) -> None:
    (tmp_path / "box.snmprec").write_text("1.3.6.1.2.1.1.5.0|4|box\n")
    scenario = read(
        tmp_path,
        """
        title: Thử
        seed: 9
        links: {default: {delay: 4ms}, xa: {jitter: 1ms, loss: 2%, mtu: 1400}}
        agents: {dc-xa: {play: box.snmprec, tcp: "80,81"}}
        steps:
          - {at: 1m, every: 5m, for: 30s, cut: [huyen, xa]}
          - {dead: kind:point, share: 50%}
          - {at: 2s, duplicate: xa, share: 50%}
          - {at: 3s, blind: monitor, for: 9s}
        """,
    )
    assert (scenario.title, scenario.seed) == ("Thử", 9)
    assert scenario.links == (
        ("default", LinkSettings(delay_s=0.004)),
        ("xa", LinkSettings(jitter_s=0.001, loss_ratio=0.02, mtu=1400)),
    )
    assert scenario.agents == (("dc-xa", AgentSettings("1.3.6.1.2.1.1.5.0|4|box\n", str(tmp_path / "box.snmprec"), tcp=(80, 81))),)
    assert scenario.steps == (
        Step(60, Action("cut", ("huyen", "xa"), {}, for_s=30), every_s=300),
        Step(0, Action("dead", ("kind:point",), {}, share=0.5)),
        Step(2, Action("duplicate", ("xa",), {"share": 0.5})),
        Step(3, Action("blind", (), {}, for_s=9)),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("titel: x", "s.yaml:1: titel: unknown key; did you mean 'title'?"),
        ("steps:\n- {at: 5, cut: xa}", "s.yaml:2: steps[0].at: '5' is not a duration such as 200ms, 30s or 2m"),
        ("steps:\n- {cutt: xa}", "s.yaml:2: steps[0]: does not say what happens; did you mean 'cut'?"),
        ("steps:\n- {cut: xa, dead: xa}", "s.yaml:2: steps[0]: a step does one thing, not cut and dead; make it several steps"),
        ("steps:\n- {cut: xaa}", "s.yaml:2: steps[0].cut: no target is called 'xaa'; did you mean 'xa'?"),
        ("steps:\n- {lossy: xa, los: 5%}", "s.yaml:2: steps[0].los: unknown key; did you mean 'loss'?"),
        ("steps:\n- {lossy: xa, loss: 500%}", "s.yaml:2: steps[0].loss: '500%' is not a share such as 5% or 0.05"),
        ("links: {xaa: {delay: 1ms}}", "s.yaml:1: links.xaa: no target is called 'xaa'; did you mean 'xa'?"),
        ("links: {xa: {dely: 1ms}}", "s.yaml:1: links.xa.dely: unknown key; did you mean 'delay'?"),
        ("links:\n  xa: {mtu: 1}\n  xa: {mtu: 2}", "s.yaml:3: links.xa: stands here twice; remove one"),
        ("agents: {xa: {play: none.snmprec}}", "none.snmprec"),
        ("agents: {xa: {tcp: 99999}}", "s.yaml:1: agents.xa.tcp: '99999' is not ports such as 22,443"),
    ],
)
def test_a_fault_has_its_line_and_its_cure(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, text)
    assert fault in str(raised.value)
    assert len(raised.value.faults) == 1


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, "titel: x\nsteps:\n- {cut: xaa}\n- {at: soon, cut: xa}\n- {every: 1m, lossy: xa}\n")
    assert [fault.line for fault in raised.value.faults] == [1, 3, 4]


@pytest.mark.parametrize("path", sorted((CONFIG / "scenarios").glob("*.yaml")), ids=lambda path: path.name)
def test_the_shipped_scenarios_fit_the_shipped_inventory(path: Path) -> None:
    scenario = load_scenario(path, load(CONFIG).inventory)
    assert scenario.title
    assert scenario.steps
