"""The order of Vietnamese names: letters first (a ă â … d đ … o ô ơ … u ư …), then tones, then capitals."""

from __future__ import annotations

import unicodedata

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET)}

# Combining marks of the tones, in the order of Vietnamese dictionaries: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}

Key = tuple[tuple[tuple[int, int], ...], tuple[int, ...], str]


def collation_key(name: str) -> Key:
    """Return a key that sorts names as a Vietnamese reader expects: Đồng Văn before Yên Minh, Bắc Mê before Bắc Quang.

    As CLDR does for Vietnamese, tones count only between names of the same letters. Spaces and punctuation come before digits,
    digits before letters; digits are compared as a number, so that room 2 comes before room 10.
    """
    letters: list[tuple[int, int]] = []
    tones: list[int] = []
    after_digit = False
    for cluster in _clusters(unicodedata.normalize("NFD", name).lower()):
        base, tone = _without_tone(cluster)
        if base.isdecimal():
            value = int(base)
            if after_digit:
                value += letters.pop()[1] * 10
                tones.pop()
            letters.append((1, value))
        elif base in _RANK:
            letters.append((2, _RANK[base]))
        else:
            letters.append((3, ord(base[0])) if base.isalpha() else (0, ord(base[0])))
        after_digit = base.isdecimal()
        tones.append(tone)
    return tuple(letters), tuple(tones), name


def _clusters(name: str) -> list[str]:
    """Return each letter with its combining marks, in NFD."""
    clusters: list[str] = []
    for letter in unicodedata.normalize("NFD", name):
        if clusters and unicodedata.combining(letter):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters


def _without_tone(cluster: str) -> tuple[str, int]:
    """Return (the letter, with the marks that make it another letter; the tone's rank)."""
    tone = 0
    kept = cluster[0]
    for mark in cluster[1:]:
        if mark in _TONES:
            tone = _TONES[mark]
        else:
            kept += mark
    return unicodedata.normalize("NFC", kept), tone
