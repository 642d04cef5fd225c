"""Every saved input holds, and so do a few thousand new ones a subject, the same at every run; `make fuzz` goes on from there."""

from __future__ import annotations

from random import Random

import pytest

from tests.fuzz import tlv
from tests.fuzz.campaign import CORPUS, corpus, run, shrunk, verdict
from tests.fuzz.subject import Subject, must
from tests.fuzz.subjects import SUBJECTS

EXECUTIONS = {
    "snmp": 8000,
    "answers": 2000,
    "icmp": 6000,
    "polls": 600,
    "sites": 120,
    "settings": 80,
    "profiles": 80,
    "scenarios": 200,
    "csv": 250,
    "sip": 1500,
    "recordings": 1000,
    "calendars": 150,
    "meetings": 60,
    "h323": 6000,
    "codec": 400,
    "http": 1500,
}


@pytest.mark.parametrize("name", sorted(SUBJECTS))
def test_every_saved_input_holds_against_the_slow_oracles_too(name: str) -> None:
    saved = corpus(name)
    assert len(saved) > 10
    for file, data in saved.items():
        assert verdict(SUBJECTS[name], data, thorough=True)[1] is None, file


@pytest.mark.parametrize("name", sorted(SUBJECTS))
def test_damaged_inputs_are_read_or_refused_with_a_reason(name: str) -> None:
    report = run(SUBJECTS[name], seed=1, executions=EXECUTIONS[name])
    assert {} == report.findings
    assert EXECUTIONS[name] == report.executions


def test_every_saved_input_belongs_to_a_subject() -> None:
    assert set(SUBJECTS) == {path.name for path in CORPUS.iterdir()}


class Faulty:
    """A reader with a fault: it can't stand an x behind an a."""

    name = "faulty"
    slow_s = 1.0
    size = 100

    def valid(self, random: Random) -> bytes:
        return random.choice((b"abc", b"ax"[:1]))

    def mutated(self, data: bytes, other: bytes, random: Random) -> bytes:
        at = random.randrange(len(data) + 1)
        return data[:at] + random.choice((b"x", b"b", b"c")) + data[at:]

    def check(self, data: bytes, *, thorough: bool) -> str:
        must(b"ax" not in data, "an x behind an a")
        return str(len(data))


def test_a_fault_is_found_once_and_made_as_small_as_it_goes() -> None:
    faulty: Subject = Faulty()
    report = run(faulty, seed=5, executions=500)
    assert ["an x behind an a"] == list(report.findings.values())
    assert b"ax" == shrunk(faulty, b"ccccaxbbbb", "an x behind an a")


def test_equal_seeds_do_equal_things() -> None:
    first, second = (run(SUBJECTS["icmp"], seed=9, executions=300) for _ in range(2))
    assert first.told == second.told


class Broken(Faulty):
    """A reader that raises what it should not."""

    def check(self, data: bytes, *, thorough: bool) -> str:
        raise KeyError("no such key")


def test_any_exception_is_a_finding_that_names_its_place() -> None:
    assert verdict(Broken(), b"a", thorough=False)[1] == "KeyError in test_fuzz.py:check: 'no such key'"


class Endless(Faulty):
    """A reader that comes to no end."""

    slow_s = 0.02

    def check(self, data: bytes, *, thorough: bool) -> str:
        while True:
            pass


def test_an_input_that_is_never_done_with_is_a_finding() -> None:
    assert verdict(Endless(), b"a", thorough=False)[1] == "takes too long"


def test_a_tree_is_written_as_it_was_read() -> None:
    for data in corpus("snmp").values():
        tree = tlv.parsed(data)
        if tree is not None and not any(octet & 0x80 for octet in data):
            assert data == b"".join(element.encoded() for element in tree)
