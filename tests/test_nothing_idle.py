"""Nothing is idle: what can be configured is read by what acts on it, and what is public in monitor/ is used in monitor/."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from tests.reading import Read, classes_in, reads_of

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "monitor"
FILES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted(PACKAGE.rglob("*.html"))
CONFIGURED = [PACKAGE / "model" / f"{name}.py" for name in ("settings", "inventory", "profile", "meeting")]
KINDS_OF_PROBES = [PACKAGE / "model" / f"{name}.py" for name in ("spec",)]
FIELDS = sorted((of, name) for path in CONFIGURED for of, fields in classes_in(path) for name in fields if not name.startswith("_"))
OF_PROBES = {of: fields for path in KINDS_OF_PROBES for of, fields in classes_in(path) if of.endswith(("Settings", "Spec"))}
FIELDS += sorted((of, name) for of, fields in OF_PROBES.items() for name in fields)
BY_TEMPLATES = {"Network": "network"}
"""Class → what a template of the pages calls one."""
FOR_PEOPLE: dict[Read, str] = {}
"""Fields that nothing reads, and why they stay."""


CALLED_BY_OTHERS = {
    "handle_error": "aiohttp's RequestHandler calls it",
    "log_exception": "aiohttp's RequestHandler calls it",
    **dict.fromkeys(("dst", "tzname", "fromutc"), "Python's datetime calls it of a tzinfo"),
    "RUNGS": "the words of Grafana's board of readiness",
    "GISTS": "the words of Grafana's board of readiness",
    **dict.fromkeys(
        ("often_bounds", "ready_floors", "left_floors", "AVAILABILITY_FLOORS", "MOS_FLOORS", "CERTIFICATE_FLOORS_S"),
        "what Grafana's boards colour by: thresholds stand in rules/, whoever shows them",
    ),
    "__all__": "Python's own",
}
"""Public names that nothing in monitor/ uses, and who does."""


@cache
def read() -> set[Read]:
    """Return (class, field) of all that is read outside load/ and model/: by code, a template, or a property that is read there.

    What specs are made of is read, too: they are what acts.
    """
    places = reads_of(FILES, of=FILES)
    outside = {
        of
        for of, where in places.items()
        if any(
            path.relative_to(PACKAGE).parts[0] not in ("load", "model") or (path in KINDS_OF_PROBES and function == "more")
            for path, _, function in where
        )
    }
    while True:
        through = {of for of, where in places.items() if any((owner, function) in outside for _, owner, function in where)}
        if through <= outside:
            break
        outside |= through
    text = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    return outside | {(of, name) for of, called in BY_TEMPLATES.items() for name in re.findall(rf"\b{called}\.(\w+)", text)}


def aliases(of: Read) -> set[Read]:
    """Return a field, and what is read in its stead.

    What a kind of probe is set to goes into its spec by its name (Spec.of), and ProbeKind.of finds its settings in Settings.
    """
    owner, name = of
    if owner in ("ProbeSettings", "Spec"):
        return {of, *((each, name) for each in OF_PROBES)}
    if owner in OF_PROBES and owner.endswith("Settings"):
        return {of, (owner.removesuffix("Settings") + "Spec", name), ("ProbeSettings", name), ("Settings", name)}
    return {of}


def test_what_can_be_configured_is_read_by_what_acts_on_it() -> None:
    """In one test, since reading all of the source takes much longer than looking a field up in it."""
    idle = [of for of in FIELDS if not aliases(of) & read()]
    assert [] == [".".join(of) for of in idle if of not in FOR_PEOPLE]
    assert FOR_PEOPLE.keys() == set(idle), "what is read again needs no excuse"


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


def public_names() -> dict[str, list[str]]:
    """Return name → where it is defined, of all functions, classes, methods and constants without a leading underscore."""
    found: dict[str, list[str]] = {}
    for path in FILES:
        if "migrations" in path.parts:
            continue  # Alembic calls them, by names of its own
        tree = ast.parse(path.read_text(encoding="utf-8"))
        owners: list[ast.Module | ast.ClassDef] = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
        for owner in owners:
            for node in owner.body:
                names = [node.name] if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else []
                if isinstance(node, ast.AnnAssign):
                    names = [node.target.id] if isinstance(node.target, ast.Name) else []
                elif isinstance(node, ast.Assign) and owner is tree:
                    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                for name in names:
                    if not name.startswith("_") or name == "__all__":
                        found.setdefault(name, []).append(f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def used_names() -> set[str]:
    """Return every name that code in monitor/ loads, by itself or as an attribute, and every word of its templates and texts."""
    found = set(re.findall(r"\w+", "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)))
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                found.add(node.id if isinstance(node, ast.Name) else node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
                found |= set(re.findall(r"\w+", node.value))  # what is asked for by its name: getattr, importlib, migrations
            elif isinstance(node, ast.MatchClass):
                found |= set(node.kwd_attrs)
    return found


def test_what_is_public_is_used_by_the_product_itself() -> None:
    """What only tests, the fuzzer or a bench would use stands there."""
    used = used_names()
    idle = {name: places for name, places in public_names().items() if name not in used}
    assert {} == {name: places for name, places in idle.items() if name not in CALLED_BY_OTHERS}
    assert CALLED_BY_OTHERS.keys() == idle.keys(), "what is used again needs no excuse"
