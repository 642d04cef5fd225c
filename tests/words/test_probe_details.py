"""What probes bring beside numbers is told in both languages from codes alone, however they are nested."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from monitor.model.reason import Reason, Reasons
from monitor.words import LANGUAGES
from monitor.words.agent_faults import COMPLAINTS
from monitor.words.events import EVENTS
from monitor.words.probe_details import DETAILS, OF_OLD_JOURNALS, path_text, tell_details
from monitor.words.readiness import FINDINGS, MEETINGS
from monitor.words.state_reasons import REASONS
from tests.words.twins import twins

MONITOR = Path(__file__).parents[2] / "monitor"
every_language = pytest.mark.parametrize("language", LANGUAGES)
SILENT = Reason("unanswered_for", {"tries": 2, "waited_s": 5.0})


def given() -> set[str]:
    """Return every code that stands in the source of whoever makes reasons of this catalogue."""
    return {code for folder in ("probes", "model", "service", "cli", "lab", "wire") for code in _codes_in(MONITOR / folder)}


def _codes_in(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MAKERS:
                yield from (str(code.value) for code in ast.walk(call.args[0]) if isinstance(code, ast.Constant) and code.value)


MAKERS = ("Reason", "MalformedError", "RequestError")
BY_TABLE = {
    *("network_unreachable", "host_unreachable", "port_unreachable", "prohibited", "hops_exceeded"),
    *("wrong_authentication_key", "wrong_privacy_key", "unknown_user", "security_level", "time_window", "wrong_authentication"),
    *("no_handshake", "request_unanswered", "login_refused", "page_status"),
}
"""Codes that come out of a table of whoever gives them."""


def test_every_code_that_is_given_has_words_and_no_words_are_without_a_code() -> None:
    elsewhere = REASONS.keys() | FINDINGS.keys() | MEETINGS.keys()
    assert set() == given() - DETAILS.keys() - elsewhere
    assert OF_OLD_JOURNALS.keys() == DETAILS.keys() - given() - BY_TABLE


def test_the_codes_of_tables_stand_in_the_source() -> None:
    source = "".join(path.read_text(encoding="utf-8") for name in ("probes", "model") for path in (MONITOR / name).rglob("*.py"))
    assert [] == sorted(code for code in BY_TABLE if f'"{code}"' not in source)


def test_twins_are_those_that_one_language_can_not_tell_apart() -> None:
    catalogue = {
        "a": ("im {count:#} lần", "silent"),
        "b": ("im {times} lần", "mute"),
        "c": ("im", "{x}: {y}"),
        "d": ("tắt", "{y}: {x}"),
    }
    assert [[{"a", "b"}], []] == [twins(catalogue, language) for language in LANGUAGES]


@every_language
def test_no_two_codes_say_one_thing_but_for_those_of_old_journals(language: str) -> None:
    found = twins(DETAILS, language)
    assert [1] * len(found) == [len(codes - OF_OLD_JOURNALS.keys()) for codes in found], found
    aliases = {"no_room", "no_ip_version_here", "closed_without_response", "long_headers"}
    assert aliases == OF_OLD_JOURNALS.keys() & set().union(*found)


@pytest.mark.parametrize("code", sorted(DETAILS))
def test_both_languages_tell_the_same_values(code: str) -> None:
    vietnamese, english = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in DETAILS[code])
    assert vietnamese == english


@pytest.mark.parametrize(
    ("reasons", "vietnamese", "english"),
    [
        ((), "", ""),
        ((Reason("no_answer"),), "im lặng", "no answer"),
        ((SILENT,), "im lặng sau 2 lần hỏi trong 5 s", "no answer to 2 tries in 5 s"),
        (
            (Reason("unanswered_for", {"tries": 1, "waited_s": 2.0}), Reason("host_unreachable", {"reporter": "10.2.0.9"})),
            "im lặng sau 1 lần hỏi trong 2 s; 10.2.0.9 báo không tới được (host unreachable)",
            "no answer to 1 try in 2 s; host unreachable from 10.2.0.9",
        ),
        (
            (Reason("no_answer"), Reason("answer_from", {"address": "10.2.0.9", "port": 161})),
            "im lặng; có trả lời từ 10.2.0.9 cổng 161; nếu đúng là thiết bị đó thì thêm vào answers_from",
            "no answer; an answer came from 10.2.0.9 port 161; if it is the same device, add it to answers_from",
        ),
        (
            (Reason("interfaces", because=(Reason("after_rows", {"rows": 12}, (SILENT,)),)),),
            "bảng cổng: im lặng sau 2 lần hỏi trong 5 s, sau 12 dòng",
            "interfaces: no answer to 2 tries in 5 s, after 12 rows",
        ),
        (
            (Reason("of_column", {"oid": "1.3.6.1.2.1.33.1.2"}, (Reason("agent_status", {"status": "genErr"}),)),),
            "1.3.6.1.2.1.33.1.2: agent báo lỗi genErr",
            "1.3.6.1.2.1.33.1.2: the agent answers genErr",
        ),
        (
            (Reason("no_interface", {"pattern": "^wan", "names": "Gi0/0, Gi0/1"}),),
            "không cổng nào khớp '^wan'; hiện có Gi0/0, Gi0/1",
            "no interface matches '^wan'; there are Gi0/0, Gi0/1",
        ),
        (
            (Reason("wrong_authentication_key", {"user": "watch"}),),
            "sai khóa hoặc thuật toán xác thực (user 'watch')",
            "wrong authentication key or protocol (user 'watch')",
        ),
        (
            (Reason("os_error", {"errno": "ENETUNREACH", "error": "Network is unreachable"}),),
            "không có tuyến tới mạng đó",
            "Network is unreachable",
        ),
        (
            # As version 0.1 wrote it.
            (Reason("os_error", {"errno": "EMFILE", "error": "too many open files"}),),
            "tiến trình mở quá nhiều tệp",
            "Too many open files",
        ),
        ((Reason("os_error", {"errno": "EXFULL", "error": "Exchange full"}),), *["EXFULL ('Exchange full')"] * 2),
        ((Reason("os_error", {"errno": "", "error": "what a library says"}),), *["what a library says"] * 2),
        (
            (Reason("tls", because=(Reason("os_error", {"errno": "TLS_NO_SHARED_CIPHER", "error": "x"}),)),),
            "TLS: hai bên không có bộ mã hóa chung",
            "TLS: no shared cipher",
        ),
        ((Reason("text", {"text": "what {nobody} knows"}),), "what {nobody} knows", "what {nobody} knows"),
        ((Reason("pings_in", {"received": 5, "sent": 5, "rtt_s": 0.0209}),), "ICMP 5/5, 21 ms", "ICMP 5/5, 21 ms"),
        ((Reason("probe_ended", {"probe": "h323", "outcome": "timeout"}),), "H.323 im lặng", "H.323 silent"),
        (
            (Reason("probe_failed", {"probe": "snmp"}, (SILENT,)),),
            "SNMP: im lặng sau 2 lần hỏi trong 5 s",
            "SNMP: no answer to 2 tries in 5 s",
        ),
        ((Reason("by_transport", {"transport": "udp"}, (Reason("no_answer"),)),), "UDP: im lặng", "UDP: no answer"),
        (
            (Reason("wrong_request_id", {"asked": 895_822_794, "answered": 1_246_222_640}),),
            "request-id 895822794 được trả lời bằng 1246222640",
            "request-id 895822794 answered with 1246222640",
        ),
        ((Reason("outcome", {"outcome": "not_sent"}),), "không gửi được", "not sent"),
        ((Reason("verdicts", {"verdict": "not_ready", "count": 3}),), "3 chưa sẵn sàng", "3 not ready"),
        ((Reason("of_tomorrow"),), "of_tomorrow", "of_tomorrow"),
    ],
)
def test_reasons_are_told_in_both_languages(reasons: Reasons, vietnamese: str, english: str) -> None:
    assert [vietnamese, english] == [tell_details(reasons, language) for language in LANGUAGES]


def test_a_path_that_could_not_be_traced_is_nothing_to_tell_of_an_outage() -> None:
    assert "" == path_text(None, "vi")
    assert "" == path_text(Reason("path_untraced", because=(Reason("no_raw_socket"),)), "vi")
    assert "đứt sau 10.2.0.1" == path_text(Reason("path_beyond", {"address": "10.2.0.1"}), "vi")


def test_no_word_is_read_back_out_of_a_sentence() -> None:
    """Words take codes: whoever looks into a sentence of ours has been handed the wrong thing."""
    for path in (MONITOR / "words").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert "re" not in names, path


READERS = {
    *("compile", "match", "fullmatch", "search", "sub", "split", "partition", "rpartition", "find", "index", "count"),
    *("startswith", "endswith", "removeprefix", "removesuffix", "replace"),
}
"""What looks into a text."""


def looked_for(tree: ast.AST) -> Iterator[str]:
    """Yield every text that is looked for in another."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READERS:
            yield from _texts(*node.args)
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            yield from _texts(node.left)


def _texts(*nodes: ast.AST) -> Iterator[str]:
    for node in nodes:
        yield from (each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str))


def test_nobody_looks_for_our_english_in_a_text() -> None:
    """Outside the migration nobody matches, finds or splits what a catalogue says."""
    said = [english for catalogue in (DETAILS, COMPLAINTS, REASONS, EVENTS) for _, english in catalogue.values()]
    parts = (part.strip(" :;,'") for text in said for part in re.split(r"\{[^}]*\}", text))
    clauses = {part for part in parts if len(part.split()) > 1}
    for path in MONITOR.rglob("*.py"):
        if path.relative_to(MONITOR).parts[:2] == ("journal", "migrations"):
            continue
        texts = set(looked_for(ast.parse(path.read_text(encoding="utf-8"))))
        assert set() == {
            text for text in texts for clause in clauses if clause in text or (" " in text.strip() and text in clause)
        }, path


def test_who_looks_for_our_english_is_found() -> None:
    tree = ast.parse('if "no answer" in detail or detail.startswith("path not traced"): pass')
    assert ["no answer", "path not traced"] == sorted(looked_for(tree))
