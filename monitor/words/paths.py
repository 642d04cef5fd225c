"""Where a traced path breaks, as staff read it: the English of model.reading.PathTrace.describe in both languages."""

from __future__ import annotations

import re

from monitor.words.catalogue import Catalogue, say

PATHS: Catalogue = {
    "after": ("đứt sau chặng {hop}, {address}", "the path breaks after hop {hop}, {address}"),
    "beyond": ("đứt sau {address}", "the path breaks after {address}"),
    "none": ("không chặng nào trên tuyến trả lời", "no router on the path answers"),
    "whole": ("tuyến thông: {address} trả lời ở chặng {hop}", "the path is whole: {address} answers at hop {hop}"),
}
_FORMS = {
    "after": re.compile(r"path breaks after hop (?P<hop>\d+), (?P<address>\S+)"),
    "beyond": re.compile(r"path breaks after (?P<address>\S+)"),
    "none": re.compile(r"no router on the path answers"),
    "whole": re.compile(r"path is whole: (?P<address>\S+) answers at hop (?P<hop>\d+)"),
}


def path_text(described: str, language: str) -> str:
    """Return what PathTrace.describe said, as a clause of a language; '' where nothing was traced, other texts as they are."""
    for key, form in _FORMS.items():
        if found := form.fullmatch(described):
            return say(PATHS, key, language, **found.groupdict())
    return "" if described.startswith("path not traced") else described
