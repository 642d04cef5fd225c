"""A small configuration folder to change and break."""

from __future__ import annotations

from pathlib import Path

SITES = """\
network: {name: Mạng thử, addresses: lab}
levels: [province, district, commune]
areas:
  - {id: khoi-tinh, name: Khối cơ quan tỉnh}
  - {id: huyen-dong-van, name: Huyện Đồng Văn, code: "026", location: [23.27841, 105.36291]}
defaults:
  point: {profile: default, credential: wan}
  endpoint: {call_rate: 2M}
points:
  - {id: goc, name: Sở gốc, level: province, area: khoi-tinh, address: 10.0.1.1, contracted: 1G}
  - {id: ubnd, name: UBND huyện Đồng Văn, level: district, area: huyen-dong-van, address: 10.2.1.1, uplink: goc, contracted: 200M}
  - {id: xa, name: Xã Lũng Cú, level: commune, area: huyen-dong-van, code: 00715, address: 10.2.17.1, uplink: ubnd, contracted: 50M}
endpoints:
  - {id: dc-xa, name: Phòng họp, point: xa, address: 10.2.17.20}
"""
MONITOR = """\
credentials:
  wan: {version: 2c, community: {literal: public}}
"""


def make_folder(
    folder: Path, *, sites: str = SITES, monitor: str = MONITOR, more: dict[str, str] | None = None, profiles: tuple[str, ...] = ()
) -> Path:
    """Write a configuration folder. more: file name → text of sites.d. profiles: ids of empty profiles."""
    (folder / "profiles").mkdir(parents=True)
    (folder / "sites.yaml").write_text(sites, encoding="utf-8")
    (folder / "monitor.yaml").write_text(monitor, encoding="utf-8")
    for name in profiles:
        (folder / "profiles" / f"{name}.yaml").write_text(f"title: {name}\n", encoding="utf-8")
    for name, text in (more or {}).items():
        (folder / "sites.d").mkdir(exist_ok=True)
        (folder / "sites.d" / name).write_text(text, encoding="utf-8")
    return folder
