"""A command line in its reader's language: what --help tells and what is wrong with the words, in Vietnamese and in English."""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import string
from collections.abc import Iterator

import pytest

from monitor.__main__ import NAMES, main
from monitor.cli import lab
from monitor.cli.parser import Parser, told_of_words
from monitor.model.scenario import VERBS
from monitor.words.catalogue import Catalogue
from monitor.words.usage import ARGPARSE, COMMANDS, DESCRIPTIONS, OPTIONS
from monitor.words.verbs import VERBS as PURPOSES

TYPED = re.compile(r"`[^`]+`|--[a-z-]+|\b[a-z]+_[a-z_]+\b|\b[a-z-]+\.(?:ya?ml|csv|ics|snmprec)\b|docs/[a-z]+\.md")
"""What one types or looks up, which no language changes."""
WRONG = [
    (["nonsense"], "lựa chọn 'nonsense' (chọn một trong 'demo', 'lab'", "invalid choice: 'nonsense' (choose from 'demo', 'lab'"),
    (["check", "--nonsense"], "lỗi: không hiểu tham số: --nonsense", "error: unrecognized arguments: --nonsense"),
    (["check", "--config"], "tham số --config: cần một giá trị", "argument --config: expected one argument"),
    (
        ["check", "--language", "xx"],
        "tham số --language: không có lựa chọn 'xx' (chọn một trong 'vi', 'en')",
        "argument --language: invalid choice: 'xx' (choose from 'vi', 'en')",
    ),
    (
        ["lab", "ctl", "status", "--language", "xx"],
        "tham số --language: không có lựa chọn 'xx' (chọn một trong 'vi', 'en')",
        "argument --language: invalid choice: 'xx' (choose from 'vi', 'en')",
    ),
    (["maintenance"], "thiếu tham số: add|list|end", "the following arguments are required: add|list|end"),
    (["maintenance", "add"], "thiếu tham số: ID, --for, --reason", "the following arguments are required: ID, --for, --reason"),
    (["sites", "import"], "cần một trong các tham số FILE --netbox", "one of the arguments FILE --netbox is required"),
    (
        ["report", "shift", "--last", "8h", "--from", "14:00"],
        "tham số --from: không dùng cùng tham số --last",
        "argument --from: not allowed with argument --last",
    ),
    (["demo", "--stack=1"], "tham số --stack: tham số này không nhận giá trị, mà lại có '1'", "ignored explicit argument '1'"),
    (
        ["profiles", "test", "x", "--port", "y"],
        "tham số --port: 'y' không phải số nguyên",
        "argument --port: invalid int value: 'y'",
    ),
    (
        ["demo", "--s"],
        "tùy chọn --s không rõ: có thể là --scenario, --stack, --state",
        "ambiguous option: --s could match --scenario, --stack, --state",
    ),
    (
        ["meetings", "list", "--days", "0"],
        "tham số --days: '0' không phải số ngày từ 1 đến 366",
        "argument --days: '0' is not a number of days from 1 to 366",
    ),
    (
        ["report", "shift", "-o", "x.doc"],
        "tham số -o/--output: x.doc: không ghi được dạng .doc; đặt tên đuôi .html, .xlsx, .json hoặc .txt",
        "argument -o/--output: x.doc: no .doc is written; give a name in .html, .xlsx, .json or .txt",
    ),
]

CATALOGUES = [COMMANDS, DESCRIPTIONS, OPTIONS, PURPOSES]
BESIDE = ("parser", "output", "client", "lab_history", "report_shift", "report_availability")
"""Modules that declare arguments of other commands."""


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and those of its subcommands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in dict.fromkeys(action.choices.values()):
                yield from parsers(child)


def of_command(name: str, language: str) -> list[argparse.ArgumentParser]:
    parser = Parser(prog=f"monitor {name}", language=language)
    importlib.import_module(f"monitor.cli.{name}").add_arguments(parser)
    return list(parsers(parser))


@pytest.mark.parametrize(("words", "vietnamese", "english"), WRONG)
def test_what_is_wrong_with_the_words_is_told_in_the_readers_language(
    words: list[str], vietnamese: str, english: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    for language, told, begins in (("vi", vietnamese, "cách dùng: monitor"), ("en", english, "usage: monitor")):
        monkeypatch.setenv("LC_ALL", f"{language}_XX.UTF-8")
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capsys.readouterr().err
        assert (2, True, True) == (ended.value.code, told in said, said.startswith(begins))


def test_argparse_still_says_what_is_told_in_its_place() -> None:
    source = inspect.getsource(argparse)
    assert [] == [text for text in ARGPARSE if repr(text) not in source and f'"{text}"' not in source]


@pytest.mark.parametrize("text", ARGPARSE)
def test_what_argparse_says_quotes_the_same_in_vietnamese(text: str) -> None:
    holders = re.compile(r"%(?:\(\w+\))?[rs]")
    assert sorted(holders.findall(text)) == sorted(holders.findall(ARGPARSE[text]))


def test_a_sentence_of_nobody_stays_as_it_is() -> None:
    assert "x.doc: %s" == told_of_words("x.doc: %s", "vi")
    assert "argument x: y" == told_of_words("argument x: y", "en")
    assert "tham số x: {y} \\1" == told_of_words("argument x: {y} \\1", "vi")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_table_of_commands_is_told_in_the_readers_language(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help", "--language", language])
    said = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert 0 == ended.value.code
    place = ["vi", "en"].index(language)
    assert all(f"{name} {COMMANDS[name][place]}" in said for name in NAMES)
    assert all(COMMANDS[key][place] in said for key in ("monitor", "begin", "commands"))


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_a_command_is_vietnamese_or_english_throughout(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    helps = {}
    for language in ("vi", "en"):
        with pytest.raises(SystemExit):
            main([name, "--help", "--language", language])
        helps[language] = capsys.readouterr().out
    assert helps["vi"].startswith("cách dùng: ")
    assert helps["en"].startswith("usage: ")
    assert DESCRIPTIONS[name][0].strip() in helps["vi"]
    assert DESCRIPTIONS[name][1].strip() in helps["en"]
    for ours, theirs in zip(of_command(name, "vi"), of_command(name, "en"), strict=True):
        for one, other in zip(ours._actions, theirs._actions, strict=True):
            assert (one.option_strings, one.dest, one.choices and list(one.choices)) == (
                *(other.option_strings, other.dest),
                other.choices and list(other.choices),
            )
            assert (one.help is None) == (other.help is None)
            assert one.help != other.help or one.help in (None, argparse.SUPPRESS)
        assert (ours.description is None) == (theirs.description is None)
        assert ours.format_help() != theirs.format_help()


@pytest.mark.parametrize(
    "catalogue", [COMMANDS, DESCRIPTIONS, OPTIONS, PURPOSES], ids=["commands", "descriptions", "options", "verbs"]
)
def test_both_languages_tell_of_the_same(catalogue: Catalogue) -> None:
    for key, (vietnamese, english) in catalogue.items():
        quoted = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in (vietnamese, english)]
        assert quoted[0] == quoted[1], key
        assert set(TYPED.findall(english)) <= set(TYPED.findall(vietnamese)), key


def test_every_command_is_described_and_nothing_else() -> None:
    assert {*NAMES, "monitor", "begin", "commands"} == set(COMMANDS)
    below = {"lab_ctl", "lab_history", "report_availability", "report_shift"}
    assert {*NAMES, *below} == set(DESCRIPTIONS)


def test_every_verb_of_the_lab_and_every_value_of_one_is_told_and_nothing_else() -> None:
    values = {f"{verb.name}.{each.name}" for verb in VERBS.values() for each in verb.parameters}
    assert values | set(VERBS) == set(PURPOSES)


def test_every_option_of_the_catalogue_is_an_option_of_a_command() -> None:
    sources = "".join(inspect.getsource(importlib.import_module(f"monitor.cli.{name}")) for name in (*NAMES, *BESIDE))
    assert [] == [key for key in OPTIONS if f'"{key}"' not in sources]


@pytest.mark.parametrize(
    ("words", "language", "handed_on"),
    [
        (["ctl", "cut", "xa", "--for", "2m", "--language", "en"], "en", ["xa"]),
        (["ctl", "--language", "en", "cut", "xa"], "en", ["xa"]),
        (["--language", "en", "ctl", "cut", "xa"], "en", ["xa"]),
        (["exec", "--language", "en", "--", "x", "--language", "vi"], "en", ["x", "--language", "vi"]),
        (["exec", "--", "x", "--language", "vi"], None, ["x", "--language", "vi"]),
    ],
)
def test_the_labs_subcommands_take_a_language_and_exec_hands_on_what_is_behind_the_dashes(
    words: list[str], language: str | None, handed_on: list[str]
) -> None:
    parser = Parser(language="vi")
    lab.add_arguments(parser)
    arguments = parser.parse_args(words)
    assert (language, handed_on) == (arguments.language, [each for each in arguments.words if each != "--"])
