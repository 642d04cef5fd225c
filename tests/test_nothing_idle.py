"""What can be configured is used: every field of settings, inventory, profiles and meetings is read by what acts on it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.reading import Read, classes_in, reads_of

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "monitor"
FILES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted(PACKAGE.rglob("*.html"))
CONFIGURED = [PACKAGE / "model" / f"{name}.py" for name in ("settings", "inventory", "profile", "meeting")]
FIELDS = sorted((of, name) for path in CONFIGURED for of, fields in classes_in(path) for name in fields if not name.startswith("_"))
BY_TEMPLATES = {"Network": "network"}
"""Class → what a template of the pages calls one."""
FOR_PEOPLE: dict[Read, str] = {("Login", "name"): "tells one from another where they are shown to who debugs; they are found by it"}
"""Fields that nothing reads, and why they stay."""


@cache
def read() -> set[Read]:
    """Return (class, field) of all that is read outside load/ and model/: by code, a template, or a property that is read there."""
    places = reads_of(FILES, of=FILES)
    outside = {
        of
        for of, where in places.items()
        if any(path.relative_to(PACKAGE).parts[0] not in ("load", "model") for path, _, _ in where)
    }
    while True:
        through = {of for of, where in places.items() if any((owner, function) in outside for _, owner, function in where)}
        if through <= outside:
            break
        outside |= through
    text = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    return outside | {(of, name) for of, called in BY_TEMPLATES.items() for name in re.findall(rf"\b{called}\.(\w+)", text)}


@pytest.mark.parametrize("of", FIELDS, ids=".".join)
def test_what_can_be_configured_is_read_by_what_acts_on_it(of: Read) -> None:
    assert of in read() or of in FOR_PEOPLE, f"{'.'.join(of)} is loaded and then read by nobody"


def test_no_exception_is_kept_for_what_is_read() -> None:
    assert set() == FOR_PEOPLE.keys() & read()
    assert FOR_PEOPLE.keys() <= set(FIELDS)


def test_a_field_that_nobody_reads_is_found(tmp_path: Path) -> None:
    """The reader of source tells fields of one name apart by the classes that the annotations name."""
    declared, used = tmp_path / "declared.py", tmp_path / "used.py"
    declared.write_text(
        "@dataclass\nclass Of:\n    port: int\n    idle: int\n    held: int\n\n"
        "    @property\n    def all(self) -> int:\n        return self.held\n"
        "@dataclass\nclass Other:\n    idle: int\n@dataclass\nclass Whole:\n    parts: Mapping[str, Of]\n"
    )
    used.write_text(
        "def act(whole: Whole, other: Other) -> int:\n"
        "    for name, part in whole.parts.items():\n        use(part.port, other.idle, whole.parts[name].all)\n"
    )
    found = reads_of([declared, used], of=[declared, used])
    assert {("Of", "port"), ("Of", "all"), ("Of", "held"), ("Other", "idle"), ("Whole", "parts")} <= found.keys()
    assert ("Of", "idle") not in found
    assert [("idle",), ("port", "idle", "held")] == sorted((fields for _, fields in list(classes_in(declared))[:2]), key=len)
