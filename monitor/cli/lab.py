"""Play the whole province on this machine: every point and endpoint answers ping and SNMP, in a network of its own."""

from __future__ import annotations

import argparse
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import yaml

from monitor.cli import lab_history
from monitor.cli.parser import Parser
from monitor.cli.program import own_command, start_log
from monitor.errors import ConfigError, MonitorError, SetupError, reason_of
from monitor.lab.control import ask_lab, find_lab, prepare_folder, socket_path, state_folder
from monitor.lab.loopback import bind_agents, loopback_document, loopback_inventory, with_agent_port
from monitor.lab.namespace import join_network
from monitor.lab.process import LabPlan, open_network, play_in_network, play_on_loopback
from monitor.lab.recording import read_recording
from monitor.load.configuration import find_folder, load
from monitor.load.scenario import load_scenario
from monitor.model.inventory import Inventory
from monitor.model.probe_kinds import H323
from monitor.model.scenario import VERBS, Scenario, Verb
from monitor.model.spec import H323Settings
from monitor.service.specs import addresses_asked
from monitor.words import say
from monitor.words.lab import LAB
from monitor.words.usage import DESCRIPTIONS, OPTIONS
from monitor.words.verbs import VERBS as PURPOSES

_VERB = max(map(len, VERBS)) + 1
_FIRST_PASSED = 3
"""sd_listen_fds(3)."""


def add_arguments(parser: Parser) -> None:
    parser.add_common()
    parser.add_values(("--scenario", "FILE", "lab_scenario"), ("--state", "DIR", "lab_state"))
    parser.add_argument("--loopback", action="store_true", help=parser.say("lab_loopback"))
    parser.set_defaults(perform=_run)
    below = parser.add_subparsers(metavar="exec | ctl | history", title=parser.say("lab_below"))
    inside = below.add_parser("exec", help=parser.say("lab_exec"))
    _add_lab(inside)
    inside.add_argument("--hand-in", metavar="FD", type=int, help=parser.say("hand_in"))
    inside.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND …")
    inside.set_defaults(perform=_exec)
    control = below.add_parser(
        "ctl",
        help=parser.say("lab_ctl"),
        description=say(DESCRIPTIONS, "lab_ctl", parser.language),
        epilog=_verbs(parser.language),
    )
    _add_lab(control)
    control.add_argument("--for", dest="lasts", metavar="DURATION", help=parser.say("ctl_for"))
    control.add_argument("verb", metavar="VERB", help=parser.say("ctl_verb"))
    control.add_argument("words", nargs="*", metavar="ID|NAME=VALUE", help=parser.say("ctl_words"))
    control.set_defaults(perform=_control)
    history = below.add_parser(
        "history",
        help=parser.say("lab_history"),
        description=say(DESCRIPTIONS, "lab_history", parser.language),
    )
    lab_history.add_arguments(history)
    history.set_defaults(perform=lab_history.execute)


def _add_lab(parser: Parser) -> None:
    """Declare which lab is meant, and the language; what stands before the subcommand holds too."""
    parser.add_values(("--state", "DIR", "of_the_lab"), default=argparse.SUPPRESS)
    parser.add_language(argparse.SUPPRESS)


def execute(arguments: argparse.Namespace) -> int:
    """Run the lab until Ctrl-C, or talk to the one that runs."""
    status: int = arguments.perform(arguments)
    return status


def _run(arguments: argparse.Namespace) -> int:
    start_log()
    folder = find_folder(arguments.config)
    configuration = load(folder)
    inventory = configuration.inventory
    scenario = _scenario(arguments.scenario, inventory)
    state = state_folder(arguments.state)
    prepare_folder(state)
    settings = configuration.settings
    gatekeeper = _gatekeeper(H323.of(settings))
    plan = LabPlan(inventory, settings.credentials, scenario, state, folder.absolute(), settings.logins, gatekeeper)
    language = str(arguments.spoken)
    command = f"{own_command()} lab --state {state}" if arguments.state else f"{own_command()} lab"
    if arguments.loopback:
        _on_loopback(plan, say(LAB, "asked_for", language), command, language)
        return 0
    try:
        # All are played, those that nobody asks too; whom else a daemon asks must at least not be asked outside.
        played = (target.address for target in inventory.targets.values())
        network = open_network((*played, *addresses_asked(configuration)))
    except SetupError as error:
        _on_loopback(plan, error.fault_in(language), command, language)
    else:
        look = say(LAB, "look", language, command=command, address=inventory.targets[inventory.root].address)
        play_in_network(plan, network, _announcement(plan, command, look, language))
    return 0


def _gatekeeper(settings: H323Settings) -> tuple[str, int] | None:
    """Return where the gatekeeper is; None where there is none, or where its address is a name, which nobody has here."""
    try:
        return str(ip_address(settings.gatekeeper)), settings.gatekeeper_port
    except ValueError:
        return None


def _scenario(path: str | None, inventory: Inventory) -> Scenario:
    """Return the scenario, an empty one where none is named. Raises ConfigError, also for the lines of recordings."""
    if path is None:
        return Scenario()
    scenario = load_scenario(Path(path), inventory)
    recordings = {agent.source: agent.recording for _, agent in scenario.agents if agent.recording is not None}
    faults = [fault for source, text in recordings.items() for fault in read_recording(text, lambda _: 0, source)[1]]
    if faults:
        raise ConfigError(faults)
    return scenario


def _announcement(plan: LabPlan, command: str, look: str, language: str) -> Callable[[], None]:
    """Return what tells the operator that the lab answers, and how to use it. look: the line on how to look inside."""

    def announce() -> None:
        print(say(LAB, "answers", language, targets=len(plan.inventory.targets), config=plan.config))
        print(look)
        print(say(LAB, "break", language, command=command))
        if plan.scenario.title:
            print(say(LAB, "scenario", language, title=plan.scenario.title))
        print(end="", flush=True)

    return announce


def _on_loopback(plan: LabPlan, reason: str, command: str, language: str) -> None:
    inventory = loopback_inventory(plan.inventory)
    sockets = bind_agents(inventory)
    rewritten = plan.folder / "config"
    _rewrite(plan.config, rewritten, sockets.port)
    print(say(LAB, "missing", language, reason=reason, port=sockets.port, config=rewritten), flush=True)
    on_loopback = replace(plan, inventory=inventory, config=rewritten)
    look = say(LAB, "look_loopback", language, address=inventory.targets[inventory.root].address, port=sockets.port)
    play_on_loopback(on_loopback, sockets, _announcement(on_loopback, command, look, language))


def _rewrite(folder: Path, rewritten: Path, port: int) -> None:
    """Write the configuration of a daemon that is to poll a lab on loopback addresses."""
    shutil.rmtree(rewritten, ignore_errors=True)
    shutil.copytree(folder, rewritten)
    settings = rewritten / "monitor.yaml"
    if not settings.exists():
        settings.write_text("", encoding="utf-8")
    for path in (rewritten / "sites.yaml", *rewritten.glob("sites.d/*.yaml"), settings):
        document = loopback_document(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader))
        document = with_agent_port(document, port) if path == settings else document
        path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _exec(arguments: argparse.Namespace) -> int:
    words: list[str] = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not words:
        raise SetupError("exec_needs_command")
    lab = find_lab(state_folder(arguments.state))
    if lab["mode"] == "namespace":
        join_network(int(lab["pid"]))
    elif arguments.hand_in is None:
        # Out here a command would reach for real addresses; the daemon may be started so: its guard stands first.
        raise SetupError("lab_on_loopback")
    environment = dict(os.environ)
    if arguments.hand_in is not None:
        environment |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
        if arguments.hand_in == _FIRST_PASSED:
            os.set_inheritable(_FIRST_PASSED, True)
        else:
            os.dup2(arguments.hand_in, _FIRST_PASSED)
    try:
        os.execvpe(words[0], words, environment)
    except OSError as error:
        raise SetupError("command_fails", command=words[0], reason=reason_of(error)) from error


def _control(arguments: argparse.Namespace) -> int:
    folder = state_folder(arguments.state)
    find_lab(folder)
    request = _request(arguments.verb, arguments.words, arguments.lasts) | {"language": arguments.spoken}
    answer = ask_lab(socket_path(folder), request)
    if not answer.pop("ok"):
        raise MonitorError.answered(answer)
    print(answer["done"] if "done" in answer else json.dumps(answer, indent=2, ensure_ascii=False))
    return 0


def _request(verb: str, words: list[str], lasts: str | None) -> dict[str, Any]:
    if verb in ("status", "verbs"):
        return {"ask": verb}
    if verb == "counters":
        return {"ask": verb, "target": words[0] if words else ""}
    values = dict(word.split("=", 1) for word in words if "=" in word)
    request: dict[str, Any] = {"do": verb, "targets": [word for word in words if "=" not in word]}
    if "share" in values and verb in VERBS and not VERBS[verb].has_parameter("share"):
        request["share"] = values.pop("share")
    return request | {"values": values} | ({} if lasts is None else {"for": lasts})


def _verbs(language: str) -> str:
    lines = [say(OPTIONS, "ctl_targets", language), ""]
    return "\n".join([*lines, *(line for verb in VERBS.values() for line in _explain(verb, language))])


def _explain(verb: Verb, language: str) -> list[str]:
    lines = [f"  {verb.name:{_VERB}}{say(PURPOSES, verb.name, language)}"]
    for parameter in verb.parameters:
        usual = say(OPTIONS, "ctl_usual", language, usual=parameter.usual) if parameter.usual else ""
        purpose = say(PURPOSES, f"{verb.name}.{parameter.name}", language)
        lines.append(f"  {'':{_VERB}}  {parameter.name}=…  {purpose}{usual}")
    return lines
