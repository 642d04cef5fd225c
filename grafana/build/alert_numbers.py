"""Numbers in the texts of alerts, said as the monitor says them: Prometheus' own templates, written for each language and kind.

An alert's text is expanded by Prometheus, which can't call words/voice.py, and whose templates neither count nor round up: printf
takes 12.25 to 12.2. So a number's template asks PromQL's round(), which does (`query`), names the ends that rounding would make a
lie, and puts the language's comma. In rule files it stands between marks, and `python -m grafana.build` writes it there:

    {{/* vi loss $value */}}…{{/* said */}}

Values are not below 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from grafana.build.names import CONFIG
from monitor.words.voice import Voice, voice

RULES = CONFIG / "prometheus" / "rules"
_MARKED = re.compile(r"(\{\{/\* (vi|en) (\w+) (.+?) \*/\}\}).*?(\{\{/\* said \*/\}\})")
_N = "$n"
_NUDGED = {factor: f"{factor}.{'1'.zfill(16 - len(str(factor)))}" for factor in (1, 100, 1000)}
"""Factor → itself and 1e-15 of it: what a half may lack as a binary fraction, as the voice adds it."""


def rules() -> dict[Path, str]:
    """Return path → text of every rule file, its numbers' templates as they should be."""
    return {path: filled(path.read_text(encoding="utf-8")) for path in sorted(RULES.glob("*.yml"))}


def filled(text: str) -> str:
    """Return a text with the template of each number that is marked."""
    return _MARKED.sub(lambda found: f"{found[1]}{template(found[2], found[3], found[4])}{found[5]}", text)


def template(language: str, kind: str, value: str = "$value") -> str:
    """Return the template of a number. kind: of KINDS. value: what it is in the template."""
    return f"{{{{ {_N} := {value} }}}}{KINDS[kind](voice(language))}"


def _percent(digits: int) -> Callable[[Voice], str]:
    least = 5 * 10.0 ** -(digits + 3)
    ends = {
        f"and (gt {_N} 0.0) (lt {_N} {least!r})": least / 2,
        f"and (ge {_N} {1 - least!r}) (lt {_N} 1.0)": 1 - least / 2,
        f"and (gt {_N} 1.0) (lt {_N} {1 + least!r})": 1 + least / 2,
    }
    return lambda say: _cases(
        {condition: say.percent(example, digits) for condition, example in ends.items()},
        _rounded(say, 100, digits, f"%.{digits}f%%"),
    )


def _bound(say: Voice) -> str:
    ends = {f"and (gt {_N} 0.0) (lt {_N} 5e-05)": 2e-05, f"and (ge {_N} 0.99995) (lt {_N} 1.0)": 0.99998}
    return _cases({condition: say.bound(example) for condition, example in ends.items()}, _rounded(say, 100, 2, "%v%%"))


def _milliseconds(say: Voice) -> str:
    unit = say.units[0]
    return _cases(
        {
            f"and (gt {_N} 0.0) (lt {_N} 5e-05)": say.milliseconds(2e-05),
            f"lt {_N} 0.00995": _whole_or_tenths(say, 1000, "ms"),
            f"lt {_N} 0.9995": _rounded(say, 1000, 0, "%.0f ms"),
            f"lt {_N} 9.95": _whole_or_tenths(say, 1, unit),
        },
        # From a minute on the voice goes on in minutes: no reply is waited for so long.
        _rounded(say, 1, 0, f"%.0f {unit}"),
    )


def _whole_or_tenths(say: Voice, factor: int, unit: str) -> str:
    is_whole = f'query (printf "{factor} * vector(%g) %% 1 == 0" {_N})'
    return _cases({is_whole: _rounded(say, factor, 0, f"%.0f {unit}")}, _rounded(say, factor, 1, f"%.1f {unit}"))


def _plain(say: Voice) -> str:
    return _cases({f"and (gt {_N} 0.0) (lt {_N} 0.005)": say.plain(0.002)}, _rounded(say, 1, 2, "%v"))


def _count(say: Voice) -> str:
    rounded = f'query (printf "round(vector(%g))" {_N})'
    return _cases(
        {f"and (gt {_N} 0.0) (lt {_N} 0.5)": say.number(0.2)},
        f"{{{{ with {rounded} }}}}{_parted(say, '. | first | value', 3)}{{{{ end }}}}",
    )


def _whole(say: Voice) -> str:
    return _parted(say, _N, 2)


def _parted(say: Voice, value: str, groups: int) -> str:
    """Return the template of a whole number, so many groups of three digits of it parted, from five digits on."""
    group = say.number(10_000)[2]
    first = f'reReplaceAll "([0-9]{{2}})([0-9]{{3}})$" "${{1}}{group}${{2}}"'
    further = f' | reReplaceAll "([0-9])([0-9]{{3}})[{group}]" "${{1}}{group}${{2}}{group}"' * (groups - 1)
    return f'{{{{ {value} | printf "%.0f" | {first}{further} }}}}'


def _rounded(say: Voice, factor: int, digits: int, form: str) -> str:
    """Return the template of a value times a factor, rounded half up to so many decimals."""
    to, comma = f", {10.0**-digits:g}" if digits else "", say.number(0.5, 1)[1]
    said = f'. | first | value | printf "{form}"' + (f' | reReplaceAll "[.]" "{comma}"' if digits and comma != "." else "")
    return f'{{{{ with query (printf "round({_NUDGED[factor]} * vector(%g){to})" {_N}) }}}}{{{{ {said} }}}}{{{{ end }}}}'


def _cases(ends: Mapping[str, str], otherwise: str) -> str:
    """Return the template of the first text whose condition holds."""
    told = "".join(
        f"{'else ' if place else ''}if {condition} }}}}{text}{{{{ " for place, (condition, text) in enumerate(ends.items())
    )
    return f"{{{{ {told}else }}}}{otherwise}{{{{ end }}}}"


KINDS: Mapping[str, Callable[[Voice], str]] = {
    "loss": _percent(1),
    "load": _percent(0),
    "bound": _bound,
    "milliseconds": _milliseconds,
    "plain": _plain,
    "count": _count,
    "whole": _whole,
}
"""Kind → its template. count: of what was reckoned and has decimals; whole: of what is counted, or told in whole numbers."""
