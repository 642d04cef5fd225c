"""Plays the whole province on this machine: every point and endpoint of the inventory answers ping and SNMP, in a network
namespace of its own that nothing can leave.

  monitor lab                                        start it; Ctrl-C ends it
  monitor lab exec -- fping 10.0.0.1                 run a command inside
  monitor lab ctl cut ubnd-huyen-dong-van --for 2m   cut a district off
  monitor lab ctl dead all share=30%                 a third of everything
  monitor lab ctl restore all                        mend everything
  monitor lab ctl status                             what is broken now
  monitor lab ctl counters xa-lung-cu                what its counters truly are
  monitor lab ctl --help                             all that may happen
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from monitor.errors import MonitorError, SetupError
from monitor.lab.control import ask
from monitor.lab.namespace import join_network
from monitor.lab.process import LabPlan, run_lab
from monitor.lab.state import find_lab, socket_path, state_folder
from monitor.load.configuration import find_folder, load
from monitor.load.scenario import load_scenario
from monitor.model.scenario import VERBS, Scenario, Verb


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the lab's own arguments, and those of exec and ctl."""
    parser.add_argument("--config", metavar="DIR", help="configuration folder (default: ./config, then /etc/monitor)")
    parser.add_argument("--scenario", metavar="FILE", help="what happens when (default: nothing)")
    parser.add_argument("--state", metavar="DIR", help="where the running lab is found (default: the user's runtime folder)")
    parser.set_defaults(perform=_run)
    below = parser.add_subparsers(metavar="", title="with a running lab")
    inside = below.add_parser("exec", help="run a command in the lab's network")
    inside.add_argument("--state", metavar="DIR", default=argparse.SUPPRESS)
    inside.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND …")
    inside.set_defaults(perform=_exec)
    control = below.add_parser(
        "ctl",
        help="let something happen, or ask",
        description="Lets something happen to the lab, or asks it.",
        epilog=_verbs(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    control.add_argument("--state", metavar="DIR", default=argparse.SUPPRESS)
    control.add_argument("--for", dest="lasts", metavar="DURATION", help="undo it after so long, such as 2m")
    control.add_argument("verb", help="status, counters, or one of those below")
    control.add_argument("words", nargs="*", metavar="ID|NAME=VALUE", help="what it is done to, and its values")
    control.set_defaults(perform=_control)


def execute(arguments: argparse.Namespace) -> int:
    """Run the lab until Ctrl-C, or talk to the one that runs."""
    status: int = arguments.perform(arguments)
    return status


def _run(arguments: argparse.Namespace) -> int:
    folder = find_folder(arguments.config)
    configuration = load(folder)
    inventory = configuration.inventory
    scenario = load_scenario(Path(arguments.scenario), inventory) if arguments.scenario else Scenario()
    state = state_folder(arguments.state)

    def announce() -> None:
        option = f" --state {state}" if arguments.state else ""
        print(f"The lab answers for {len(inventory.targets)} targets of {folder}; nothing can leave it. Ctrl-C ends it.")
        print(f"  look around:  monitor lab{option} exec -- fping {inventory.targets[inventory.root].address}")
        print(f"  break things: monitor lab{option} ctl --help")
        if scenario.title:
            print(f"  scenario:     {scenario.title}")
        sys.stdout.flush()

    run_lab(LabPlan(inventory, configuration.settings.credentials, scenario, state), announce)
    return 0


def _exec(arguments: argparse.Namespace) -> int:
    words: list[str] = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not words:
        raise SetupError("exec needs a command", "such as: monitor lab exec -- fping 10.0.0.1")
    join_network(int(find_lab(state_folder(arguments.state))["pid"]))
    try:
        os.execvp(words[0], words)
    except OSError as error:
        raise SetupError(f"{words[0]}: {error.strerror}") from error


def _control(arguments: argparse.Namespace) -> int:
    folder = state_folder(arguments.state)
    find_lab(folder)
    answer = ask(socket_path(folder), _request(arguments.verb, arguments.words, arguments.lasts))
    if not answer.pop("ok"):
        raise MonitorError(str(answer["error"]))
    print(answer["done"] if "done" in answer else json.dumps(answer, indent=2, ensure_ascii=False))
    return 0


def _request(verb: str, words: list[str], lasts: str | None) -> dict[str, Any]:
    """Return the request that command-line words mean."""
    if verb == "status":
        return {"ask": verb}
    if verb == "counters":
        return {"ask": verb, "target": words[0] if words else ""}
    values = dict(word.split("=", 1) for word in words if "=" in word)
    request: dict[str, Any] = {"do": verb, "targets": [word for word in words if "=" not in word]}
    if "share" in values and not _has_share(verb):
        request["share"] = values.pop("share")
    return request | {"values": values} | ({} if lasts is None else {"for": lasts})


def _has_share(verb: str) -> bool:
    return verb in VERBS and any(parameter.name == "share" for parameter in VERBS[verb].parameters)


def _verbs() -> str:
    """Return what may happen, as a table for --help."""
    lines = ["Targets are ids, all, area:ID, level:NAME, kind:point or kind:endpoint; share=30% takes a random part of them.", ""]
    lines += [line for verb in VERBS.values() for line in _explain(verb)]
    return "\n".join(lines)


def _explain(verb: Verb) -> list[str]:
    lines = [f"  {verb.name:15}{verb.purpose}"]
    for parameter in verb.parameters:
        usual = f" (usually {parameter.usual})" if parameter.usual else ""
        lines.append(f"  {'':15}  {parameter.name}=…  {parameter.purpose}{usual}")
    return lines
