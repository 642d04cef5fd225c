"""What holds for every catalogue of words: English articles fit, and Vietnamese words are the agreed ones."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from string import Formatter

import pytest

from monitor import words
from monitor.words.catalogue import NUMERALS

ODD = re.compile(r"(?:uni|us[aeiu]|utf|udp|ups|url|upn?p|eu|one\b|once)", re.IGNORECASE)
"""Words that begin with a vowel's letter and with no vowel's sound: a unit, a user, a URL."""
VOWEL = re.compile(r"[aeiou8]|hour|honest|[fhlmnrsx]\b|(?:html|snmp|sql|mib|rtt|rfc|ssh|xml)", re.IGNORECASE)
"""What begins with a vowel's sound: an endpoint, an hour, an SNMP agent."""
ARTICLE = re.compile(r"\b([Aa]n?) (['\"`]?)(\w+)")
INSTEAD = {
    "ổ cắm": "socket",
    "niêm phong": "đã chốt",
    "thường lệ": "thường ngày",
    "tác nhân": "agent",
    "hợp nhất": "phù hợp nhất",
    "kernel": "nhân hệ điều hành",
    "daemon": "bộ giám sát",
    "máy giám sát": "bộ giám sát",
    "giao diện": "cổng",
    "mạng mô phỏng": "phòng thử",
    "mạng thử nghiệm": "phòng thử",
    "thăm dò": "đo",
}
"""Vietnamese that was a translation, and what the shift says."""
PLURAL = re.compile(r"\b1 (?:\w+ )?(\w+s)\b")
SINGULAR = {"answers", "does", "ends", "has", "is", "stands", "takes", "unless", "wants", "was"}
"""No plurals, though they end as those do."""
TEXTS = {
    *("address", "before", "by", "circuit", "folder", "form", "kind", "link", "meeting", "metric", "name", "open", "origin"),
    *(
        "path",
        "probe",
        "program",
        "protocol",
        "raw",
        "stands",
        "state",
        "target",
        "text",
        "took",
        "url",
        "value",
        "verb",
        "wanted",
        "what",
    ),
}
"""What sentences quote that is no number."""
SHARE = re.compile(r"\{(\w+)[^}]*\} of \{(\w+)")
PART_OF_241 = re.compile(r"of 241(?: (?!that\b)\w+){0,2}? (is|are|was|were|has|have)\b")
SINGULAR_VERBS = {"is", "was", "has"}
FROM_TWO = {"tile_endpoints"}
"""Sentences that are said of two and more only."""
TYPED = re.compile(r"`[^`]*`|--\w+|\bDaemon\b")


def catalogues() -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Every sentence once: where, its key, both languages."""
    seen = set[tuple[str, str]]()
    for found in pkgutil.walk_packages(words.__path__, "monitor.words."):
        for held in vars(importlib.import_module(found.name)).values():
            for key, pair in held.items() if isinstance(held, Mapping) else ():
                is_pair = isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(each, str) for each in pair)
                if is_pair and pair not in seen:
                    seen.add(pair)
                    yield found.name, str(key), pair


SENTENCES = list(catalogues())


def wrong_articles(english: str) -> list[str]:
    """What has 'a' where 'an' is said, or the other way round."""
    wrong = []
    for article, mark, word in ARTICLE.findall(english):
        is_vowel = VOWEL.match(word) is not None and not ODD.match(word)
        if (article.lower() == "an") is not is_vowel:
            wrong.append(f"{article} {mark}{word}")
    return wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a endpoint", ["a endpoint"]),
        ("no key of a area, an point", ["a area", "an point"]),
        ("an hour, a user, a URL, a unix socket, an uplink, an SNMP agent, a SIP address, an .ics or a .csv file, an 'x'", []),
        ("a SNMP agent; an unit", ["a SNMP", "an unit"]),
    ],
)
def test_a_wrong_article_is_seen(text: str, wrong: list[str]) -> None:
    assert wrong == wrong_articles(text)


def test_english_articles_fit_what_follows_and_none_stands_before_what_is_filled_in() -> None:
    assert [] == [(where, key, wrong) for where, key, (_, english) in SENTENCES for wrong in wrong_articles(english)]
    assert [] == [(where, key) for where, key, (_, english) in SENTENCES if re.search(r"\b[Aa]n? ['\"`]?\{\w", english)]


@pytest.mark.parametrize("word", INSTEAD)
def test_vietnamese_says_what_the_shift_says(word: str) -> None:
    found = [
        (where, key, vietnamese)
        for where, key, (vietnamese, _) in SENTENCES
        if "sealed" not in where and re.search(rf"(?<!phù ){word}(?![\w.])", TYPED.sub("", vietnamese), re.IGNORECASE)
    ]
    assert [] == found, f"say {INSTEAD[word]!r}"


TODAYS = [(where, key, english) for where, key, (_, english) in SENTENCES if "sealed" not in where]
"""English that may still change: what is sealed keeps the words that it had."""


def filled(english: str, **numbers: int) -> str:
    """Return a sentence with these numbers, and 1 for all others that it has."""
    names = {name for _, name, _, _ in Formatter().parse(english) if name and name.isidentifier()}
    values = {name: "x" if name in TEXTS | NUMERALS or name.endswith("_s") else numbers.get(name, 1) for name in names}
    return words.say({"said": ("", english)}, "said", "en", **values)


def plurals_of_one(english: str) -> list[str]:
    """Return the words in the plural that stand behind a 1."""
    return [word for word in PLURAL.findall(filled(english)) if word not in SINGULAR]


def wrong_verbs(english: str) -> list[str]:
    """Return the verbs that fit the whole and not the part that is told of it: 1 of 241 endpoints are, 2 of 241 was."""
    wrong = []
    for part, whole in SHARE.findall(english):
        for count in (1, 2):
            verbs = PART_OF_241.findall(filled(english, **{part: count, whole: 241}))
            wrong += [verb for verb in verbs if (verb in SINGULAR_VERBS) is not (count == 1)]
    return wrong


@pytest.mark.parametrize(
    ("english", "plurals", "verbs"),
    [
        ("{count} requests a second", ["requests"], []),
        ("{window} unanswered packets, {rows:# row|# rows}", ["packets"], []),
        ("{bad} of {of} endpoints are down", ["endpoints"], ["are"]),
        ("{bad} of {of:# endpoint is|# endpoints are} down", [], ["are"]),
        ("{bad} of {of:# endpoint|# endpoints} was down", [], ["was"]),
        ("{bad} of {of:# endpoint|# endpoints} {bad:is|are} down, {name} takes {bad} of {of:#} that are", [], []),
    ],
)
def test_a_form_that_does_not_fit_its_count_is_seen(english: str, plurals: list[str], verbs: list[str]) -> None:
    assert [plurals, verbs] == [plurals_of_one(english), wrong_verbs(english)]


def test_no_plural_stands_behind_one() -> None:
    found = {(where, key): plurals for where, key, english in TODAYS if (plurals := plurals_of_one(english))}
    assert FROM_TWO == {key for _, key in found}, found


def test_the_verb_of_a_part_follows_the_part_and_not_the_whole() -> None:
    assert {} == {(where, key): verbs for where, key, english in TODAYS if (verbs := wrong_verbs(english))}


ODD_ENGLISH = re.compile(r"\?;|[,;]{2}|\b(?:says|knows|takes|needs|holds|gives) not\b")
"""Marks that follow each other, and verbs that are denied without 'do'."""


def test_english_reads_as_english() -> None:
    assert ["?;", "says not"] == [*ODD_ENGLISH.findall("did you mean 'x'?; it says not what")]
    assert [] == [(where, key, english) for where, key, english in TODAYS if ODD_ENGLISH.search(english)]


BESIDE_PORTS = {"verbs": "ports that a device opens and closes", "faults": "an address that may have a port"}
"""Catalogues where 'cổng' alone could be a port, so that an interface is 'cổng mạng'; it is 'cổng' everywhere else."""


def test_an_interface_is_told_from_a_port_where_both_could_be_meant_and_nowhere_else() -> None:
    in_full = {
        where.split(".")[2] for where, _, (vietnamese, _) in SENTENCES if "cổng mạng" in vietnamese and "sealed" not in where
    }
    assert BESIDE_PORTS.keys() == in_full


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{asked} {port}", "12.345 54321"),
        ("{asked!s} {port!s}", "12345 54321"),
        ("{asked:# gói} {rate_bps}", "12.345 gói 1,5 kbit/s"),
    ],
)
def test_a_number_is_a_count_unless_it_is_a_numeral_or_marked_as_one(template: str, told: str) -> None:
    assert told == words.say({"told": (template, "")}, "told", "vi", asked=12_345, port=54_321, rate_bps=1_500)
