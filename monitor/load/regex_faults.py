"""What is wrong with a regular expression, and where."""

from __future__ import annotations

import re

from monitor.errors import said_by
from monitor.words.phrase import Phrase, phrase

_CODES = {
    "missing ), unterminated subpattern": "regex_group_open",
    "unterminated character set": "regex_set_open",
    "bad character range": "regex_range",
    "nothing to repeat": "regex_nothing_to_repeat",
    "multiple repeat": "regex_repeated_twice",
    "min repeat greater": "regex_repeat_bounds",
    "bad escape": "regex_escape",
    "incomplete escape": "regex_escape",
    "unbalanced parenthesis": "regex_group_close",
    "unknown extension": "regex_extension",
    "unexpected end of pattern": "regex_extension",
    "missing >, unterminated name": "regex_group_name",
    "bad character in group name": "regex_group_name",
    "unknown group name": "regex_group_unknown",
    "invalid group reference": "regex_group_unknown",
    "redefinition of group name": "regex_group_twice",
    "global flags not at the start": "regex_flags",
    "look-behind requires": "regex_look_behind",
}
"""How the sentences of Python's re begin, which has no codes → ours."""


def regex_fault(text: str) -> Phrase | None:
    """Return why a text is no regular expression of Python's re, None where it is one. Characters are counted from 1."""
    try:
        re.compile(text)
    except re.error as error:
        code = next((code for begin, code in _CODES.items() if error.msg.startswith(begin)), None)
        what = said_by("regex_reader_says", error.msg) if code is None else Phrase(code)
        return what if error.pos is None else phrase("regex_at", what=what, number=error.pos + 1)
    except OverflowError:
        return Phrase("regex_too_many_times")
    except RecursionError:
        return Phrase("regex_too_deep")
    return None
