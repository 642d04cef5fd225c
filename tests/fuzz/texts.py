"""What people and programs write: configuration files, CSV, scenarios and recordings, damaged; each fault has its place."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from random import Random

from monitor.errors import ConfigError, Fault
from monitor.lab.recording import read_recording
from monitor.load.configuration import Configuration, load
from monitor.load.exchange.csv_file import read_csv
from monitor.load.exchange.update import update
from monitor.load.inventory import load_inventory
from monitor.load.scenario import load_scenario
from tests.fuzz import mutation
from tests.fuzz.subject import must
from tests.load.folders import MONITOR, SITES, make_folder

_CONFIG = Path(__file__).parents[2] / "config"
_VARYING = re.compile(r"'[^']*'|[0-9]+|\S*\.\S*")
_MARKS = r"""{ } [ ] :_ -_ &a_ *a <<:_*a !!int_ !!python/name:os.system_ ---\n ...\n |\n " ' # \t"""
_SCALARS = r"""~ null NO 22:22 1e400 .nan -1 0 99999999999999999999 15s 2M xa ubnd goc 10.2.1.1 fe80::1%eth0 :: a.invalid id"""
_SNARES = r"""((((( (a+)+$ [[:alpha:]] {env:_X} {file:_/dev/zero} {file:_.} Đồng ../ id:_ name:_ address:_ uplink:_ \x1b[31m \0"""
_COLUMNS = r"""kind , ; " "" \r\n point endpoint area defaults level network"""
_FIELDS = "| || x 4x 65 70 999 1.3.6.1.2.1.1.3.0 . 1e9 -1 18446744073709551616 zz"


def words(*lists: str) -> tuple[bytes, ...]:
    r"""Return the words of lists that are parted by spaces; _ stands for a space, and \\n, \\r, \\t for what they are elsewhere."""
    words = " ".join(lists).replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").split(" ")
    return tuple(word.replace("_", " ").encode() for word in words)


YAML = words(_MARKS, _SCALARS, _SNARES)
_CSV = (*words(_COLUMNS, _SCALARS, _SNARES), b"\xef\xbb\xbf")
_RECORDED = (*words(_FIELDS), b"\xff")
_CSV_SEED = """kind,id,name,level,area,address,uplink,point
area,huyen,Huyện,,,,,
point,goc,Gốc,province,huyen,10.0.1.1,,
point,xa,Xã,commune,huyen,10.2.1.1,goc,
endpoint,dc,Phòng họp,,,10.2.1.20,,xa
"""
_SNMPREC_SEED = """1.3.6.1.2.1.1.1.0|4|Linux
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10
1.3.6.1.2.1.1.3.0|67|12345
1.3.6.1.2.1.2.2.1.6.1|4x|001122aabbcc
1.3.6.1.2.1.4.20.1.1.10.0.0.1|64|10.0.0.1
1.3.6.1.2.1.31.1.1.1.6.1|70|123456789012
1.3.6.1.2.1.2.2.1.7.1|2|1
"""

Read = Callable[[bytes], Iterable[Fault]]


class Texts:
    """One kind of file. read: returns the faults of a content that is put in its place."""

    slow_s = 10.0
    size = 20_000

    def __init__(self, name: str, read: Read, words: tuple[bytes, ...], *seeds: bytes) -> None:
        self.name = name
        self._read = read
        self._words = words
        self._seeds = seeds

    def valid(self, random: Random) -> bytes:
        return random.choice(self._seeds)

    def mutated(self, data: bytes, other: bytes, random: Random) -> bytes:
        return mutation.text(data, other, self._words, random)

    def check(self, data: bytes, *, thorough: bool) -> str:
        faults = tuple(self._read(data))
        lines = data.count(b"\n") + data.count(b"\r") + 2
        for fault in faults:
            must(bool(fault.file) and bool(fault.fault), f"a fault without a place or a reason: {fault!r}")
            must(0 <= fault.line <= max(lines, 100), f"a fault on line {fault.line} of {lines}")
            must(str(fault).isprintable(), f"a fault that upsets a terminal: {fault!r}")
        return " | ".join(sorted({_VARYING.sub("#", fault.fault)[:50] for fault in faults[:3]}))


@cache
def _folder() -> Path:
    """Return a folder of this process, which it removes at its end."""
    holder = tempfile.TemporaryDirectory(prefix="fuzz-")
    _HELD.append(holder)
    return make_folder(Path(holder.name) / "config", profiles=("default",))


_HELD: list[tempfile.TemporaryDirectory[str]] = []


@cache
def _sound() -> Configuration:
    return load(_folder(), {})


def loaded(file: str) -> Read:
    """Return what reads the whole folder with this content in place of one of its files."""

    def read(data: bytes) -> tuple[Fault, ...]:
        path = _folder() / file
        before = path.read_bytes() if path.exists() else b""
        path.write_bytes(data)
        try:
            load(_folder(), {})
        except ConfigError as error:
            must(bool(error.faults), "refused without a fault")
            return error.faults
        finally:
            path.write_bytes(before)
        return ()

    return read


def _scenario(data: bytes) -> tuple[Fault, ...]:
    inventory = _sound().inventory
    path = _folder() / "scenario.yaml"
    path.write_bytes(data)
    try:
        load_scenario(path, inventory)
    except ConfigError as error:
        must(bool(error.faults), "refused without a fault")
        return error.faults
    return ()


def _imported(data: bytes) -> list[Fault]:
    """Read a CSV file and bring it in, as `monitor sites import` does."""
    faults: list[Fault] = []
    result = update(None, read_csv(data, "sites.csv", faults), faults)
    load_inventory(_folder(), faults, [], result.top)
    return faults


def _recording(data: bytes) -> tuple[Fault, ...]:
    mib, faults = read_recording(data.decode("utf-8", "replace"), lambda _: 1, "agent.snmprec")
    must(mib is not None, "no objects")
    return faults


def _files(folder: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((_CONFIG / folder).glob("*.yaml"))]


TEXTS = (
    Texts("sites", loaded("sites.yaml"), YAML, SITES.encode()),
    Texts("settings", loaded("monitor.yaml"), YAML, MONITOR.encode(), (_CONFIG / "monitor.yaml").read_bytes()),
    Texts(
        "profiles",
        loaded("profiles/default.yaml"),
        YAML,
        *(path.read_bytes() for path in sorted((_CONFIG / "profiles").glob("*.yaml"))),
    ),
    Texts("scenarios", _scenario, YAML, *(path.read_bytes() for path in sorted((_CONFIG / "scenarios").glob("*.yaml")))),
    Texts("csv", _imported, _CSV, _CSV_SEED.encode(), _CSV_SEED.replace(",", ";").encode()),
    Texts("recordings", _recording, _RECORDED, _SNMPREC_SEED.encode()),
)
