"""The files that are shipped: the province's inventory, the schemas, and the documentation made of the loader's tables."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from monitor.cli.check import schemas
from monitor.load.configuration import Configuration, load
from monitor.load.manual import FAULTS, FORMS, keys_of, updated
from monitor.load.sites import ENDPOINT, FILE, POINT
from monitor.model.inventory import AddressMode, Kind
from monitor.words.faults import FAULTS as ALL_FAULTS

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"


@pytest.fixture(scope="module")
def shipped() -> Configuration:
    """The shipped configuration, loaded without any environment: the demo needs none."""
    return load(CONFIG, {})


def test_the_shipped_configuration_has_no_fault_and_no_warning(shipped: Configuration) -> None:
    assert shipped.warnings == ()


def test_the_province_has_236_points_and_241_endpoints(shipped: Configuration) -> None:
    counts = Counter((target.level, target.kind) for target in shipped.inventory.targets.values())
    assert counts == {
        ("province", Kind.POINT): 21,
        ("province", Kind.ENDPOINT): 26,
        ("district", Kind.POINT): 22,
        ("district", Kind.ENDPOINT): 22,
        ("commune", Kind.POINT): 193,
        ("commune", Kind.ENDPOINT): 193,
    }


def test_its_addresses_are_the_labs_and_within_10(shipped: Configuration) -> None:
    assert shipped.inventory.network.addresses is AddressMode.LAB
    assert all(target.address.startswith("10.") for target in shipped.inventory.targets.values())


def test_the_hierarchy_has_one_root_provincial_bodies_and_districts_below_communes_below_districts(shipped: Configuration) -> None:
    targets = shipped.inventory.targets
    assert shipped.inventory.root == "so-thong-tin-va-truyen-thong"
    for target in shipped.inventory.of_kind(Kind.POINT):
        if target.id == shipped.inventory.root:
            assert target.parents == ()
        elif target.level == "commune" or ("uy-" in target.id and target.level == "district"):
            (parent,) = target.parents
            assert re.match(r"ubnd-(huyen|tp)-", parent)
            assert targets[parent].area == target.area
        else:
            assert target.parents == (shipped.inventory.root,)
            assert (target.level == "province") == (target.area == "khoi-tinh")


def test_every_point_has_a_position_in_the_province_a_speed_and_an_endpoint(shipped: Configuration) -> None:
    children = shipped.inventory.children()
    for target in shipped.inventory.of_kind(Kind.POINT):
        assert target.location is not None
        assert 22.0 < target.location.latitude < 23.5
        assert 104.2 < target.location.longitude < 105.7
        assert target.contracted is not None
        assert any(shipped.inventory.targets[child].kind is Kind.ENDPOINT for child in children[target.id])


def test_every_commune_has_its_own_code_and_no_short_name_is_long(shipped: Configuration) -> None:
    communes = [target for target in shipped.inventory.of_kind(Kind.POINT) if target.level == "commune"]
    assert all(re.fullmatch(r"0[0-9]{4}", target.code) for target in communes)
    assert len({target.code for target in communes}) == 193
    assert max(len(target.short) for target in shipped.inventory.targets.values()) <= 15


def test_known_communes_are_as_documented(shipped: Configuration) -> None:
    target = shipped.inventory.targets["xa-lung-cu"]
    assert (target.name, target.short, target.code, target.address) == ("Xã Lũng Cú", "Lũng Cú", "00715", "10.2.17.1")
    assert shipped.inventory.targets["dc-xa-lung-cu"].name == "Phòng họp trực tuyến UBND xã Lũng Cú"
    assert shipped.inventory.targets["tt-dong-van"].short == "TT Đồng Văn"
    assert shipped.inventory.targets["phuong-tran-phu"].short == "P. Trần Phú"


def test_areas_stand_in_the_order_of_the_page(shipped: Configuration) -> None:
    shorts = ["Yên Minh", "Đồng Văn", "Mèo Vạc", "Quản Bạ", "TP Hà Giang", "Bắc Mê", "Hoàng Su Phì", "Vị Xuyên", "Bắc Quang"]
    assert [area.short for area in shipped.inventory.areas.values()] == [*shorts, "Xín Mần", "Quang Bình", "Khối tỉnh"]


def test_each_target_is_one_line() -> None:
    lines = (CONFIG / "sites.yaml").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("  - {id: ") for line in lines) == 236 + 241 + 12


def test_the_committed_schemas_are_those_of_the_loader() -> None:
    """When this fails: monitor check --write-schema config/schema."""
    assert {path.name: path.read_text(encoding="utf-8") for path in (CONFIG / "schema").glob("*.json")} == schemas()


def _as_editors_see_it(node: yaml.Node) -> Any:
    """Return what YAML 1.2's core schema makes of a tree, as language servers do."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _as_editors_see_it(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_as_editors_see_it(item) for item in node.value]
    text = str(node.value)
    assert isinstance(node, yaml.ScalarNode)
    if not node.style and re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    if not node.style and re.fullmatch(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?", text):
        return float(text)
    return {"true": True, "false": False, "null": None}.get(text, text) if not node.style else text


def _validate(name: str, text: str) -> list[str]:
    schema = json.loads((CONFIG / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    top = yaml.compose(text, yaml.CBaseLoader)
    assert top is not None
    instance = _as_editors_see_it(top)
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(instance)]


@pytest.mark.parametrize("name", ["sites", "monitor"])
def test_the_shipped_files_are_valid_by_their_schema_and_name_it(name: str) -> None:
    text = (CONFIG / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema=schema/{name}.schema.json\n")
    assert [] == _validate(name, text)


@pytest.mark.parametrize("path", sorted((CONFIG / "profiles").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_profiles_are_valid_by_their_schema(path: Path) -> None:
    assert [] == _validate("profile", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sites", "network: {name: x, addresses: lap}"),
        ("sites", "netwerk: {name: x, addresses: lab}"),
        ("sites", "points: [{id: x, name: X, level: a, area: b}]"),
        ("sites", "points: [{id: Hoa, name: X, level: a, area: b, address: 10.0.0.1}]"),
        ("sites", "points: [{id: x, name: X, level: a, area: b, address: 10.0.0.1, contracted: 50}]"),
        ("sites", "points: [{id: x, name: X, level: a, area: b, address: 10.0.0.1, location: [95, 105]}]"),
        ("sites", "endpoints: [{id: x, name: X, address: 10.0.0.1}]"),
        ("sites", "endpoints: [{id: x, name: X, address: 10.0.0.1, point: p, probes: {icmp: {every: 15}}}]"),
        ("monitor", "probes: {icmp: {every: 15}}"),
        ("monitor", "probes: {imcp: {every: 15s}}"),
        ("monitor", "language: fr"),
        ("monitor", "credentials: {wan: {version: 2c, community: public}}"),
        ("monitor", "credentials: {wan: {version: 2c, community: {env: A, file: b}}}"),
        ("monitor", "quality: {loss: 0.01}"),
        ("monitor", "listen: 9877"),
    ],
)
def test_an_editor_marks_a_faulty_file(name: str, text: str) -> None:
    assert _validate(name, text)


@pytest.mark.parametrize(
    "text", ["code: 00715", "code: '00715'", "id: xb", "expected: office_hours", "contracted: {down: 5M, up: 1M}"]
)
def test_an_editor_takes_what_the_loader_takes(text: str) -> None:
    point = "id: x, name: NO, level: a, area: b, address: 10.0.0.1"
    point = point.replace("id: x, ", "") if text.startswith("id:") else point
    assert [] == _validate("sites", f"points: [{{{point}, {text}}}]")


def test_the_documentation_names_every_key_as_the_loader_has_it() -> None:
    """When this fails: python -m monitor.load.manual docs/configuration.md."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert page == updated(page)
    assert set(FORMS) == set(re.findall(r"<!-- keys: (\w+) -->", page))


def test_the_documentation_tells_every_fault_as_the_catalogue_has_it() -> None:
    """When this fails: python -m monitor.load.manual docs/faults.md."""
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert page == updated(page)
    assert list(FAULTS) == re.findall(r"<!-- faults: (\w+) -->", page)
    told = {code for code in re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) if not code.startswith("key_")}
    assert {code for code in ALL_FAULTS if not code.startswith("key_") and not code.endswith("_cure")} == told


def test_every_key_has_a_meaning() -> None:
    assert [] == [path for form in FORMS.values() for path, field in keys_of(form) if not field.doc]


def test_every_key_of_the_inventory_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    fields = {name for form in (FILE, POINT, ENDPOINT) for name in form.fields}
    assert set() == {name for name in fields if f"`{name}`" not in page}


def test_the_sources_of_the_data_are_named() -> None:
    page = (ROOT / "docs" / "inventory.md").read_text(encoding="utf-8")
    assert "Contains data from GeoNames (geonames.org), CC BY 4.0" in page
