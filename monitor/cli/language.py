"""In which language a command speaks: decided before anything of the command line or the configuration is known to be right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from monitor.load.document import usual_folder
from monitor.words import LANGUAGES

USUAL = LANGUAGES[0]
"""What is spoken where nothing says otherwise."""
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""By which a person tells his system's programs the language of their messages, in the order in which they count (POSIX)."""
_SHORTEST = "--la"
_KEY = re.compile(r"""[ \t]*["']?language["']?[ \t]*:[ \t]*["']?([A-Za-z]+)["']?[ \t]*(?:\#.*)?""")
_IN_BRACES = re.compile(r"""[{,]\s*["']?language["']?\s*:\s*["']?([A-Za-z]+)""")


def spoken(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return --language, else the `language:` of monitor.yaml, else the environment's language where we speak it, else Vietnamese.

    words: of the command line, of which only --language and the configuration's folder are understood, whatever else they are.
    """
    for told in (
        *reversed(list(_options(words, "--language", _SHORTEST))),
        *map(declared, _folders(words)),
        of_system(environment),
    ):
        if told in LANGUAGES:
            return told
    return USUAL


def declared(folder: Path) -> str | None:
    """Return what stands behind `language:` in a folder's monitor.yaml, None where it says none; the rest may be no YAML at all."""
    try:
        text = (folder / "monitor.yaml").read_bytes().decode("utf-8-sig", errors="replace")
    except OSError:
        return None
    if text.lstrip().startswith("{"):
        found = _IN_BRACES.search(text)
        return found[1] if found else None
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "---", "%"))]
    indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    keys = (_KEY.fullmatch(line) for line in lines if len(line) - len(line.lstrip()) == indent)
    return next((key[1] for key in keys if key), None)


def of_system(environment: Mapping[str, str]) -> str | None:
    """Return the language that the environment asks for, such as vi of LANG=vi_VN.UTF-8; None where it asks for none."""
    asked = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return re.split(r"[_.@]", asked)[0].lower() or None


def _folders(words: Sequence[str]) -> Iterator[Path]:
    """Yield the folder that a command will read: the file's that is to be written, or --config, or the usual ones' first."""
    named = [Path(each).parent for each in _options(words, "--write", "--write")]
    named += map(Path, _options(words, "--config", "--conf"))
    usual = usual_folder()
    yield from named[:1] or ([] if usual is None else [usual])


def _options(words: Sequence[str], name: str, shortest: str) -> Iterator[str]:
    """Yield what is given for an option, shortened or not, before a -- that begins another program's words."""
    ours = list(words[: words.index("--")]) if "--" in words else list(words)
    for place, word in enumerate(ours):
        option, sign, value = word.partition("=")
        if not (name.startswith(option) and option.startswith(shortest)):
            continue
        if sign:
            yield value
        elif place + 1 < len(ours):
            yield ours[place + 1]
