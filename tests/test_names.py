"""Names are the field's, and each stands for one thing: whoever searches for a word finds the one place that it belongs to."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.test_floor_plan import FILES, FLOORS, PACKAGE, on

GONE = {
    "bench": "judge",
    "sight": "blindness",
    "picture": "snapshot, or what is published",
    "desk": "operations",
    "pulse": "tick",
    "beat": "tick",
    "next_beat": "next_tick",
    "kindness": "agent_limits",
    "manner": "agent_limits",
    "misdeed": "agent_fault",
    "deed": "the kind of an agent_fault",
    "stray": "unsolicited",
    "complaints": "agent_faults",
    "crowd": "probe_pool",
    "connecting": "tcp_connect",
    "babble": "unsolicited",
    "spoiling": "malformed",
    "faces": "pages",
    "coming": "next_meeting",
    "hops": "path",
    "strip": "state_strip",
    "operating": "operations",
    "polling": "poll",
    "asking": "client",
    "trial": "profile_trial",
    "findings": "profile_report",
    "companions": "stack_programs",
    "quicken": "wake",
    "calm": "clear_suspicion",
    "summon": "expect_for_meetings",
    "errand": "a background task",
    "take": "record_…, append_…, acknowledge: what is taken",
    "told": "text_in, or what is said",
    "found": "what is found",
    "each": "what there is one of",
    "utils": "what is in it",
    "helpers": "what is in it",
    "manager": "what it does",
    "common": "what is in it",
}
"""Word that no module, class, function or method may have for its name → what stands for it."""

SHARED = {
    **dict.fromkeys(("add_arguments", "execute"), "what every command offers"),
    "main": "what a process of ours begins with",
    "upgrade": "what Alembic calls in every migration",
}
"""Names that several modules have on purpose, because one caller calls whichever it was given."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def plain(name: str) -> str:
    """Return a name as the list has it: without a leading underscore, in small letters."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip("_")).lower()


@pytest.mark.parametrize("here", FLOORS)
def test_no_private_word_comes_back(here: str) -> None:
    modules = [(path, path.stem) for path, _ in on(here)]
    defined = [(path, node.name) for path, tree in on(here) for node in ast.walk(tree) if isinstance(node, Definition)]
    back = [(str(path.relative_to(PACKAGE)), name) for path, name in (*modules, *defined) if plain(name) in GONE]
    assert [] == [f"{path}: {name}; say {GONE[plain(name)]}" for path, name in back]


def test_no_name_stands_for_two_things() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, Definition) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(PACKAGE)))
    shared = {name: where for name, where in places.items() if len(where) > 1}
    assert {} == {name: where for name, where in shared.items() if name not in SHARED}
    assert SHARED.keys() == shared.keys(), "what one module alone has needs no excuse"


def test_every_test_stands_where_what_it_tests_stands() -> None:
    """A room of tests/ that mirrors nothing would be looked for in vain."""
    tests = Path(__file__).parent
    rooms = {path.parent.relative_to(tests) for floor in FLOORS for path in (tests / floor).rglob("test_*.py")}
    assert [] == sorted(str(room) for room in rooms if not (PACKAGE / room).is_dir())
