"""A command line in its reader's language: --help, what is wrong with the words, and the options that commands share."""

from __future__ import annotations

import argparse
import re
import sys
from functools import partial
from typing import Any, NoReturn

from monitor.words import LANGUAGES, say
from monitor.words.usage import ARGPARSE, OPTIONS, TYPES

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[rs]")
_WRONG = "%(prog)s: error: %(message)s\n"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that speaks a language; so do the parsers of its subcommands. Long texts keep their lines."""

    def __init__(self, *args: Any, language: str, **more: Any) -> None:
        self.language = language
        more.setdefault("formatter_class", partial(_Formatter, language=language))
        super().__init__(*args, **more)

    def say(self, key: str, **values: object) -> str:
        """Return the help of an option, by its key in words/usage/options.py; argparse takes % for its own, so it is doubled."""
        return say(OPTIONS, key, self.language, **values).replace("%", "%%")

    def add_argument(self, *names: Any, **more: Any) -> argparse.Action:
        """Declare an argument; argparse's own ones, such as --help, are told in our language."""
        if more.get("help") in ARGPARSE:
            more["help"] = own_text(more["help"], self.language)
        return super().add_argument(*names, **more)

    def add_values(self, *options: tuple[str, str, str], **more: Any) -> None:
        """Declare options that take a value: their names, what the value is called, and the keys of their help."""
        for name, metavar, key in options:
            self.add_argument(name, metavar=metavar, help=self.say(key), **more)

    def add_config(self) -> None:
        self.add_values(("--config", "DIR", "config"))

    def add_language(self, default: str | None = None) -> None:
        """Declare --language; None means the configuration's own. default: argparse.SUPPRESS where the command above has it too."""
        self.add_argument("--language", choices=LANGUAGES, default=default, help=self.say("language"))

    def add_format(self, *formats: str) -> None:
        """Declare --format with its choices, the first one the default."""
        told = self.say("format", formats=self.say("or").join(formats), usual=formats[0])
        self.add_argument("--format", choices=formats, default=formats[0], help=told)

    def add_common(self, *formats: str) -> None:
        """Declare --config DIR and --language, and --format where there are several."""
        self.add_config()
        self.add_language()
        if formats:
            self.add_format(*formats)

    def add_argument_group(self, title: str | None = None, *args: Any, **more: Any) -> Any:
        """Declare a group of arguments; argparse's own ones are called as in our language."""
        return super().add_argument_group(title and own_text(title, self.language), *args, **more)

    def add_subparsers(self, **more: Any) -> Any:
        more.setdefault("parser_class", partial(type(self), language=self.language))
        return super().add_subparsers(**more)

    def error(self, message: str) -> NoReturn:
        """Print how the command is used and what is wrong with its words, and exit with 2."""
        self.print_usage(sys.stderr)
        told = own_text(_WRONG, self.language) % {"prog": self.prog, "message": told_of_words(message, self.language)}
        self.exit(2, told)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help whose long texts keep their lines, under `usage:` in a language."""

    def __init__(self, prog: str, *, language: str) -> None:
        super().__init__(prog)
        self._language = language

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, own_text("usage: ", self._language) if prefix is None else prefix)


def own_text(text: str, language: str) -> str:
    """Return one of argparse's own texts in a language, any other as it is."""
    return ARGPARSE.get(text, text) if language == "vi" else text


def told_of_words(message: str, language: str) -> str:
    """Return what argparse finds wrong in a language; what its own texts do not know, such as ours, stays as it is.

    argparse hands over whole sentences only, so they are taken apart by the templates that its source makes them of.
    """
    if language != "vi":
        return message
    for template, form in _FORMS:
        found = form.fullmatch(message)
        if found is not None:
            return _filled(ARGPARSE[template], template, found)
    return message


def _filled(ours: str, template: str, found: re.Match[str]) -> str:
    names = list(_PLACEHOLDER.findall(template))
    parts = [told_of_words(part, "vi") if name == "message" else part for name, part in zip(names, found.groups(), strict=True)]
    if names and not names[0]:
        return _PLACEHOLDER.sub(lambda _: parts[0], ours)
    values = {name: TYPES.get(part, part) if name == "type" else part for name, part in zip(names, parts, strict=True)}
    return _PLACEHOLDER.sub(lambda match: values[match[1]], ours)


_FORMS = [
    (template, re.compile("(.+?)".join(map(re.escape, _PLACEHOLDER.split(template)[::2])), re.DOTALL))
    for template in ARGPARSE
    if template != _WRONG
]
"""argparse's templates, and what matches the sentences of each."""
