"""The inventory from NetBox, asked over HTTP as an operator would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from monitor.__main__ import main
from monitor.load.configuration import load
from monitor.model.inventory import Contact, Contracted, Location, Target
from tests.load.fake_netbox import TOKEN, FakeNetBox, brief, choice, running
from tests.load.folders import make_folder


@pytest.fixture
def netbox() -> Iterator[FakeNetBox]:
    with running(FakeNetBox()) as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "config")


def bring(netbox: FakeNetBox, folder: Path, *words: str, more: str = "", token: str = TOKEN) -> int:
    form = folder / "netbox.yaml"
    form.write_text(f"url: {netbox.url}\ntoken: {{literal: {token}}}\n{more}")
    return main(["sites", "import", "--netbox", str(form), "--config", str(folder), "--language", "en", *words])


def written(netbox: FakeNetBox, folder: Path, more: str = "") -> dict[str, Target]:
    assert bring(netbox, folder, "--write", str(folder / "sites.yaml"), more=more) == 0
    return dict(load(folder, {}).inventory.targets)


def put_site(netbox: FakeNetBox, slug: str, *, address: str = "", **values: Any) -> dict[str, Any]:
    """Put a site with a router into NetBox."""
    region = brief(netbox.objects["dcim/regions"][0]) if netbox.objects["dcim/regions"] else None
    given = {"status": choice("active"), "name": slug.title(), "region": region, "group": {"slug": "commune"}, "facility": ""}
    site = netbox.put("dcim/sites", **(given | {"slug": slug, "latitude": None, "longitude": None} | values))
    if address:
        put_device(netbox, site, f"r-{slug}", "router", address)
    return site


def put_device(netbox: FakeNetBox, site: dict[str, Any], name: str, role: str, address: str, **values: Any) -> dict[str, Any]:
    given = {"status": choice("active"), "description": "", "primary_ip": {"address": address, "family": choice("4")}}
    return netbox.put("dcim/devices", **(given | {"name": name, "role": {"slug": role}, "site": brief(site)} | values))


def test_sites_become_points_their_routers_addresses_and_codecs_endpoints(netbox: FakeNetBox, folder: Path) -> None:
    netbox.put("dcim/regions", slug="huyen-meo-vac", name="Huyện Mèo Vạc")
    site = put_site(
        netbox,
        "xa-moi",
        address="10.9.1.1/24",
        name="Xã Mới",
        facility="00999",
        latitude=23.25,
        longitude=105.5,
        tags=[{"slug": "tslcd"}],
        custom_fields={"uplink": {"id": 7, "name": "UBND", "slug": "ubnd"}, "expected": "office_hours"},
    )
    put_device(netbox, site, "DC_Xa Moi", "codec", "10.9.1.20/24", description="Phòng họp xã Mới")
    targets = written(netbox, folder)
    point, endpoint = targets["xa-moi"], targets["dc-xa-moi"]
    assert (point.name, point.code, point.level, point.area) == ("Xã Mới", "00999", "commune", "huyen-meo-vac")
    assert (point.address, point.location, point.tags) == ("10.9.1.1", Location(23.25, 105.5), ("tslcd",))
    assert (point.parents, point.expected) == (("ubnd",), "office_hours")
    assert (endpoint.name, endpoint.address, endpoint.parents) == ("Phòng họp xã Mới", "10.9.1.20", ("xa-moi",))


def test_what_netbox_does_not_know_is_kept(netbox: FakeNetBox, folder: Path) -> None:
    before = load(folder, {}).inventory.targets["xa"]
    put_site(netbox, "xa", address="10.9.1.1/24", name="Xã Lũng Cú", facility="", group=None)
    after = written(netbox, folder)["xa"]
    assert after.address == "10.9.1.1"
    assert (after.code, after.level, after.area, after.parents, after.contracted) == (
        before.code,
        before.level,
        before.area,
        before.parents,
        before.contracted,
    )


@pytest.mark.parametrize(
    "end",
    [
        {"site": {"id": 1, "slug": "xa"}},
        {"termination_type": "dcim.site", "termination": {"id": 1, "slug": "xa"}},
    ],
    ids=["4.1", "4.2"],
)
@pytest.mark.parametrize(
    ("speeds", "contracted"),
    [
        ((30_000, None, None), Contracted(30_000_000, 30_000_000)),
        ((30_000, 100_000, 20_000), Contracted(100_000_000, 20_000_000)),
        ((None, None, None), Contracted(50_000_000, 50_000_000)),
    ],
)
def test_a_circuit_is_the_contracted_speed(
    netbox: FakeNetBox, folder: Path, end: dict[str, Any], speeds: tuple[int | None, ...], contracted: Contracted
) -> None:
    rate, port, up = speeds
    end = end | {"port_speed": port, "upstream_speed": up}
    put_site(netbox, "xa", address="10.9.1.1/24")
    netbox.put("circuits/circuits", commit_rate=rate, status=choice("active"), termination_a=None, termination_z=end)
    netbox.put("circuits/circuits", commit_rate=1, status=choice("planned"), termination_a=end, termination_z=None)
    assert contracted == written(netbox, folder)["xa"].contracted


def test_contacts_come_by_role_and_priority_never_by_name(netbox: FakeNetBox, folder: Path) -> None:
    put_site(netbox, "xa", address="10.9.1.1/24")
    for number, (role, phone, priority) in enumerate(
        [("Điện lực", "02190000002", "secondary"), ("Kỹ thuật xã", "02190000001", "primary"), ("Khác", "", "primary")], start=1
    ):
        netbox.put("tenancy/contacts", name=f"contact {number}", phone=phone)
        netbox.put(
            "tenancy/contact-assignments",
            object_type="dcim.site",
            object_id=1,
            contact={"id": number, "name": f"contact {number}"},
            role={"name": role},
            priority=choice(priority),
        )
    assert (Contact("Kỹ thuật xã", "02190000001"), Contact("Điện lực", "02190000002")) == written(netbox, folder)["xa"].contacts


def test_every_page_of_a_list_is_asked_for_at_the_configured_address(netbox: FakeNetBox, folder: Path) -> None:
    for number in range(5):
        put_site(netbox, f"x{number}", address=f"10.9.1.{number + 1}/24", custom_fields={"uplink": "ubnd", "area": "khoi-tinh"})
    assert {f"x{number}" for number in range(5)} <= set(written(netbox, folder))
    offsets = [query for path, query in netbox.asked if path == "/api/dcim/sites/"]
    assert ["limit=500&offset=0", "limit=500&offset=2", "limit=500&offset=4"] == offsets


def test_sites_roles_and_custom_fields_are_chosen_by_netbox_yaml(netbox: FakeNetBox, folder: Path) -> None:
    own = {"tuyen_tren": "ubnd", "area": "khoi-tinh"}
    chosen = put_site(netbox, "xb", custom_fields=own, tags=[{"slug": "tslcd"}])
    put_device(netbox, chosen, "cpe-xb", "bien", "10.9.2.1/30")
    put_device(netbox, chosen, "sw-xb", "switch", "10.9.2.2/30")
    put_site(netbox, "kho")
    more = "sites: {tag: tslcd}\npoints: [bien]\nendpoints: []\ncustom_fields: {uplink: tuyen_tren}\n"
    targets = written(netbox, folder, more)
    assert (targets["xb"].address, targets["xb"].parents) == ("10.9.2.1", ("ubnd",))
    assert "kho" not in targets


def test_what_is_not_active_is_left_out_and_said(netbox: FakeNetBox, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put_site(netbox, "xb", address="10.9.1.1/24", status=choice("planned"))
    assert bring(netbox, folder, "--language", "vi") == 0
    assert f"lưu ý: {netbox.url}/dcim/sites/1/: có trạng thái planned, bỏ qua" in capsys.readouterr().err


def test_every_fault_names_the_object_and_nothing_is_written(
    netbox: FakeNetBox, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "sites.yaml").read_bytes()
    netbox.put("dcim/regions", slug="khoi-tinh", name="Khối cơ quan tỉnh")
    site = put_site(netbox, "xb", address="10.9.1.1/24", custom_fields={"uplink": "ubdn"})
    put_device(netbox, site, "r2", "cpe", "10.9.1.2/24")
    put_site(netbox, "xc", group={"slug": "xa"}, custom_fields={"uplink": "ubnd"})
    assert bring(netbox, folder, "--write", str(folder / "sites.yaml")) == 2
    assert capsys.readouterr().err.replace(netbox.url, "NETBOX").splitlines() == [
        "NETBOX/dcim/sites/1/: two devices could be the point: r-xb and r2 (router, cpe); "
        "give all but one another role, or name fewer roles as points in netbox.yaml",
        "NETBOX/dcim/sites/1/: points.xb.uplink: no point is called 'ubdn'; did you mean 'ubnd'?",
        "NETBOX/dcim/sites/2/: points.xc: the key 'address' is missing; "
        "add address: IP address; with `addresses: production` a host name too",
        "NETBOX/dcim/sites/2/: points.xc.level: no level is called 'xa'; known are province, district, commune",
    ]
    assert before == (folder / "sites.yaml").read_bytes()


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (web.Response(status=403), "/api/dcim/sites/ refuses the token (403); give the token's user the right"),
        (web.Response(status=302, headers={"Location": "https://else.invalid/"}), "redirects to https://else.invalid/; write that"),
        (web.Response(status=500, text="down for\nrepair"), "answers 500: down for repair; check url"),
        (web.Response(text="<html>"), "answers with no JSON; is url really that of a NetBox?"),
        (web.Response(text='{"results": 3}'), "answers with no list of objects; is url really that of a NetBox?"),
        (web.Response(text="[]"), "answers with no list of objects"),
    ],
)
def test_an_answer_that_is_none_says_so_and_never_shows_the_token(
    netbox: FakeNetBox, folder: Path, capsys: pytest.CaptureFixture[str], answer: web.Response, fault: str
) -> None:
    netbox.answer = answer
    assert bring(netbox, folder) == 2
    said = capsys.readouterr().err
    assert fault in said
    assert TOKEN not in said


def test_a_wrong_token_and_a_silent_address_are_told_apart(
    netbox: FakeNetBox, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(netbox, folder, token="another") == 2
    assert "refuses the token (403)" in capsys.readouterr().err
    netbox.url = "http://127.0.0.1:1"
    assert bring(netbox, folder) == 2
    assert "http://127.0.0.1:1/api/dcim/sites/ can't be asked:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("url: netbox\ntoken: {literal: t}\n", "netbox.yaml:1: url: 'netbox' is no URL of a NetBox; write it as https://"),
        ("url: https://netbox.invalid\ntoken: plain\n", "netbox.yaml:2: token: a secret must be a reference"),
        ("url: https://netbox.invalid\n", "netbox.yaml:1: the key 'token' is missing"),
        ("url: https://netbox.invalid\ntoken: {literal: t}\ncustom_fields: {uplnk: a}\n", "did you mean 'uplink'?"),
        ("url: https://netbox.invalid\ntoken: {literal: t}\nca_file: none.pem\n", "none.pem can't be read"),
    ],
)
def test_a_faulty_netbox_yaml_is_told_before_anything_is_asked(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, fault: str
) -> None:
    (folder / "netbox.yaml").write_text(text)
    words = ["sites", "import", "--netbox", str(folder / "netbox.yaml"), "--config", str(folder), "--language", "en"]
    assert main(words) == 2
    assert fault in capsys.readouterr().err
