"""What holds for every catalogue of words: English articles fit, and Vietnamese words are the agreed ones."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping

import pytest

from monitor import words

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
}
"""Vietnamese that was a translation, and what the shift says."""
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
        if re.search(rf"(?<!phù ){word}(?![\w.])", TYPED.sub("", vietnamese), re.IGNORECASE)
    ]
    assert [] == found, f"say {INSTEAD[word]!r}"


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
