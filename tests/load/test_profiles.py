"""Profiles are read whole, and every fault of them is named by file and line."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from monitor.__main__ import main
from monitor.errors import Fault
from monitor.load.profile_values import VALUE
from monitor.load.profiles import FILE, load_profiles
from monitor.model.inventory import Expected
from monitor.model.profile import Match, Profile, Reduce, Value

SHIPPED = Path(__file__).parent.parent.parent / "config" / "profiles"


def read(folder: Path, text: str, name: str = "probe") -> tuple[Profile, list[Fault]]:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    return load_profiles(folder, faults)[name], faults


def test_the_shipped_profiles_are_without_fault_and_serve_the_inventory() -> None:
    faults: list[Fault] = []
    profiles = load_profiles(SHIPPED, faults)
    assert [] == faults
    assert {"default", "generic-router", "generic-host", "sip-h323", "pc-soft"} <= profiles.keys()
    assert profiles["pc-soft"].expected is Expected.OFFICE_HOURS
    assert profiles["pc-soft"].drops_strangers
    assert all(profile.title for profile in profiles.values())


def test_a_profile_says_everything_it_can(tmp_path: Path) -> None:
    profile, faults = read(
        tmp_path,
        """
title: Codec
match: {sys_object_id: 1.3.6.1.4.1.2684, sys_descr: '(?i)video'}
refine: true
expected: meetings
drops_strangers: true
interfaces: false
wan_interface: ^eth
values:
  - {metric: wan_device_cpu_ratio, walk: .1.3.6.1.2.1.25.3.3.1.2, reduce: max, scale: 0.01}
  - {metric: conference_device_up, oid: 1.3.6.1.4.1.13885.101.1.3.6.1.0, map: {2: 1, 3: 0}, labels: {component: camera}}
""",
    )
    assert [] == faults
    assert (
        Profile(
            id="probe",
            title="Codec",
            match=Match(("1.3.6.1.4.1.2684",), "(?i)video"),
            refine=True,
            expected=Expected.MEETINGS,
            drops_strangers=True,
            interfaces=False,
            wan_interface="^eth",
            values=(
                Value("wan_device_cpu_ratio", "1.3.6.1.2.1.25.3.3.1.2", 0.01, reduce=Reduce.MAX),
                Value(
                    "conference_device_up",
                    "1.3.6.1.4.1.13885.101.1.3.6.1.0",
                    map={2: 1.0, 3: 0.0},
                    labels={"component": "camera"},
                ),
            ),
        )
        == profile
    )
    assert ["wan_device_cpu_ratio", 'conference_device_up{component="camera"}'] == [value.series for value in profile.values]


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("refine: yes", 1, "refine: must be true or false"),
        ("titel: x", 1, "no key of a profile is called 'titel'; did you mean 'title'?"),
        ("match: {}", 1, "match: says nothing"),
        ("title: x\nwan_interface: '['", 2, "no regular expression"),
        ("values:\n- {metric: cpu, oid: 1.3.6}", 2, "'cpu' is no name for a profile's metric"),
        ("values:\n- {metric: wan_device_x_total, oid: 1.3.6}", 2, "gauges: leave '_total' away"),
        ("values:\n- {metric: wan_device_cpu_percent, oid: 1.3.6}", 2, "write scale: 0.01"),
        ("values:\n- {metric: wan_device_boot_timestamp_seconds, oid: 1.3.6}", 2, "made by the monitor itself"),
        ("values:\n- {metric: wan_device_x}", 2, "either 'oid' or 'walk'"),
        ("values:\n- {metric: wan_device_x, oid: 1.3.6, walk: 1.3.7}", 2, "either 'oid' or 'walk'"),
        ("values:\n- {metric: wan_device_x, oid: 1.3.6, reduce: sum}", 2, "there are no rows"),
        ("values:\n- {metric: wan_device_x, oid: 1.3.6, scale: 2, map: {1: 1}}", 2, "not calculated with"),
        ("values:\n- {metric: wan_device_x, walk: 1.3.6, reduce: sum, each: {a: index}}", 2, "or a series each"),
        ("values:\n- {metric: wan_device_x, walk: 1.3.6, history: true}", 2, "the rows become one number"),
        ("values:\n- {metric: wan_device_x, walk: 1.3.6, each: {a: name}}", 2, "not a dotted object identifier"),
        ("values:\n- {metric: wan_device_x, walk: 1.3.6, each: {a: index}, labels: {a: b}}", 2, "given by each too"),
        ("values:\n- {metric: wan_device_x, walk: 1.3.6, where: {is: 1}}", 2, "looks at a column or at the index"),
        ("values:\n- {metric: wan_device_x, walk: 1.3.6, where: {oid: 1.3.7}}", 2, "the condition says nothing"),
        ("values:\n- {metric: wan_device_x, walk: 1.3.6, where: [{index: '['}]}", 2, "no regular expression"),
        ("values:\n- {metric: wan_device_x, oid: 1.3.6, where: {oid: 1.3.7, is: 1}}", 2, "there are no rows"),
        ("values:\n- {metric: wan_device_x, oid: 1.3.6, only_if: {is: 1}}", 2, "the key 'oid' is missing"),
        ("values:\n- {metric: wan_device_x, oid: 1.3.6, between: [2, 1]}", 2, "nothing is between 2 and 1"),
        ("values:\n- {metric: wan_device_x, oid: 1.3.6, over: 1.3.7, map: {1: 1}}", 2, "not calculated with"),
        ("values:\n- {metric: conference_registered, oid: 1.3.6}", 2, "needs the label protocol"),
        ("values:\n- {metric: conference_device_up, oid: 1.3.6, labels: {component: lamp}}", 2, "needs the label component"),
        ("values:\n- {metric: conference_call, oid: 1.3.6}", 2, "is no name"),
        ("values:\n- {metric: wan_device_x, oid: 1.3.x}", 2, "not a dotted object identifier"),
        ("values:\n- {metric: wan_device_x, oid: 1.3.6, labels: {area: x}}", 2, "can't be a label here"),
        ("values:\n- {metric: wan_device_x, oid: 1.3.6}\n- {metric: wan_device_x, oid: 1.3.6}", 3, "read twice"),
    ],
)
def test_a_fault_is_named_with_its_line_and_its_cure(tmp_path: Path, text: str, line: int, fault: str) -> None:
    _, faults = read(tmp_path, text)
    assert len(faults) == 1
    assert fault in str(faults[0])
    assert f"probe.yaml:{line}: " in str(faults[0])


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("refine: maybe\nvalues:\n- {metric: x, oid: y}\n")
    (tmp_path / "Two.yaml").write_text("title: x\n")
    faults: list[Fault] = []
    profiles = load_profiles(tmp_path, faults)
    assert 4 == len(faults)
    assert {"default", "one"} == profiles.keys(), "a faulty profile is there, so that those who name it are not blamed"


def test_without_a_folder_there_is_still_a_default(tmp_path: Path) -> None:
    faults: list[Fault] = []
    assert {"default"} == load_profiles(tmp_path / "missing", faults).keys()
    assert [] == faults


def test_the_documentations_example_is_a_profile(tmp_path: Path) -> None:
    text = (SHIPPED.parent.parent / "docs" / "profiles.md").read_text(encoding="utf-8")
    example = textwrap.dedent(text.split("```yaml\n")[1].split("```")[0])
    profile, faults = read(tmp_path, example)
    assert [] == faults
    assert 3 == len(profile.values)


def test_the_documentation_shows_what_the_command_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (SHIPPED.parent.parent / "docs" / "profiles.md").read_text(encoding="utf-8")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "default.yaml").write_text((SHIPPED / "default.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "profiles" / "example-router.yaml").write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    recording = str(Path(__file__).parents[1] / "devices" / "unknown-router.snmprec")
    assert 0 == main(["profiles", "test", recording, "--config", str(tmp_path), "--language", "vi"])
    assert f"```\n{capsys.readouterr().out}```\n" in text
    assert 1 == main(["profiles", "test", recording, "--config", str(SHIPPED.parent), "--language", "en"])
    assert f"```\n{capsys.readouterr().out}```\n" in text


def test_the_documentation_names_every_key_and_every_shipped_profile() -> None:
    text = (SHIPPED.parent.parent / "docs" / "profiles.md").read_text(encoding="utf-8")
    names = [*FILE.fields, *VALUE.fields, *(path.stem for path in SHIPPED.glob("*.yaml"))]
    assert [] == [name for name in names if f"| `{name}` |" not in text]
