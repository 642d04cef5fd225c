"""See which profiles there are, and what one makes of a device."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from monitor.cli.parser import Parser
from monitor.cli.profiles_report import TrialReport, describe_match, print_findings, report_as_json, short_match
from monitor.cli.profiles_trial import ProfileTrial, make_spec, recorded_credential, try_address, try_recording
from monitor.cli.tables import TableColumn, table
from monitor.errors import ConfigError, Fault, SetupError, reason_of
from monitor.load.configuration import Configuration, find_folder, load
from monitor.load.profiles import DEFAULT, load_profiles
from monitor.load.suggest import did_you_mean
from monitor.model.probe_kinds import SNMP
from monitor.model.profile import Profile
from monitor.model.settings import Credential
from monitor.words import say
from monitor.words.phrase import Phrase
from monitor.words.probe_details import tell_details
from monitor.words.profiles import PROFILES

_USUAL_CREDENTIAL = "wan"
_DEADLINE_S = 60.0


def add_arguments(parser: Parser) -> None:
    commands = parser.add_subparsers(metavar="list|test", dest="action", required=True)
    show = commands.add_parser("list", help=parser.say("profiles_list"))
    trial = commands.add_parser("test", help=parser.say("profiles_test"))
    trial.add_argument("subject", metavar="FILE.snmprec|ADDRESS", help=parser.say("profiles_subject"))
    trial.add_values(("--profile", "ID", "profiles_profile"))
    trial.add_argument("--credential", metavar="NAME", help=parser.say("profiles_credential", usual=_USUAL_CREDENTIAL))
    trial.add_argument("--community", metavar="env:NAME|file:PATH", help=parser.say("profiles_community"))
    trial.add_argument("--version", choices=("1", "2c"), help=parser.say("profiles_version"))
    trial.add_argument("--port", type=int, metavar="N", help=parser.say("profiles_port"))
    for each in (show, trial):
        each.add_common("table", "json")


def execute(arguments: argparse.Namespace) -> int:
    """Print, and return 0; 1 where a device is silent or only `default` is for it."""
    folder = find_folder(arguments.config)
    if arguments.action == "list":
        return _list(_profiles(folder), arguments)
    if _is_recording(arguments.subject):
        return _test_recording(_profiles(folder), arguments)
    return _test_address(load(folder), arguments)


def _profiles(folder: Path) -> dict[str, Profile]:
    """Return the profiles of a folder. Raises ConfigError with every fault of them."""
    faults: list[Fault] = []
    profiles = load_profiles(folder / "profiles", faults)
    if faults:
        raise ConfigError(faults)
    return profiles


def _list(profiles: Mapping[str, Profile], arguments: argparse.Namespace) -> int:
    language = arguments.spoken
    if arguments.format == "json":
        rows = [
            {
                "id": each.id,
                "title": each.title,
                "sys_object_ids": list(each.match.sys_object_ids) if each.match else [],
                "sys_descr": each.match.sys_descr if each.match else None,
                "values": list(dict.fromkeys(value.series for value in each.values)),
            }
            for each in profiles.values()
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    columns = [TableColumn(say(PROFILES, key, language), key == "values") for key in ("id", "title", "values", "match")]
    rows_of_text = [
        [each.id, each.title, str(len({value.series for value in each.values})), short_match(each.match, language)]
        for each in profiles.values()
    ]
    print(table(columns, rows_of_text))
    return 0


# What is tried


def _is_recording(subject: str) -> bool:
    """Return whether a file is meant; one that is not there is a fault, unless the word can be an address."""
    if Path(subject).is_file():
        return True
    if subject.endswith(".snmprec") or "/" in subject:
        raise SetupError("no_recording", path=subject)
    return False


def _test_recording(profiles: Mapping[str, Profile], arguments: argparse.Namespace) -> int:
    for name in ("community", "credential", "port"):
        if getattr(arguments, name) is not None:
            raise SetupError("for_a_device", option=name, subject=arguments.subject)
    profile = _asked_profile(profiles, arguments.profile)
    credential = recorded_credential(arguments.version or "2c")
    spec = make_spec("", credential, profile, profiles, named=arguments.profile is not None)
    return _tell(try_recording(Path(arguments.subject), spec), profiles, arguments, arguments.spoken)


def _test_address(configuration: Configuration, arguments: argparse.Namespace) -> int:
    profiles, settings = configuration.profiles, configuration.settings
    profile = _asked_profile(profiles, arguments.profile)
    credential = _credential(configuration, arguments)
    spec = make_spec(arguments.subject, credential, profile, profiles, named=arguments.profile is not None)
    snmp = SNMP.of(settings)
    spec = replace(spec, port=arguments.port or snmp.port, max_repetitions=snmp.max_repetitions, deadline_s=_DEADLINE_S)
    trial = try_address(spec, configuration.inventory.network.addresses)
    return _tell(trial, profiles, arguments, arguments.spoken)


def _asked_profile(profiles: Mapping[str, Profile], name: str | None) -> Profile:
    if name is None:
        return profiles[DEFAULT.id]
    if name not in profiles:
        raise SetupError("no_profile", did_you_mean(name, profiles, Phrase("list_profiles")), name=name)
    return profiles[name]


def _credential(configuration: Configuration, arguments: argparse.Namespace) -> Credential:
    if arguments.community is not None:
        community = _secret(arguments.community)
        return Credential(name="--community", version=arguments.version or "2c", community=community)
    if arguments.version is not None:
        raise SetupError("version_alone")
    credentials = configuration.settings.credentials
    name = arguments.credential or _USUAL_CREDENTIAL
    if name not in credentials:
        raise SetupError("no_credential", did_you_mean(name, credentials, Phrase("add_to_credentials")), name=name)
    return credentials[name]


def _secret(reference: str) -> str:
    """Return the community that a reference leads to; one on the command line would be seen by everybody on this machine."""
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        community = os.environ.get(name, "")
        if not community:
            raise SetupError("community_unset", name=name)
        return community
    if kind == "file" and name:
        try:
            lines = Path(name).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError) as error:
            raise SetupError("community_unreadable", name=name, reason=reason_of(error)) from None
        if lines and lines[0].strip():
            return lines[0].strip()
        raise SetupError("community_no_line", name=name)
    raise SetupError("community_itself")


# What is told


def _tell(trial: ProfileTrial, profiles: Mapping[str, Profile], arguments: argparse.Namespace, language: str) -> int:
    sample = trial.sample
    if sample is None:
        print(say(PROFILES, "silent", language, address=arguments.subject, detail=tell_details(trial.detail, language)))
        return 1
    profile = profiles[sample.profile]
    is_known = arguments.profile is not None or profile.match is not None
    if arguments.profile is not None:
        why = say(PROFILES, "chosen", language)
    else:
        why = describe_match(profile.match, language) if is_known else say(PROFILES, "unknown", language)
    found = TrialReport(profile, tuple(profiles.values()), trial, sample, why)
    if arguments.format == "json":
        print(json.dumps(report_as_json(found), ensure_ascii=False, indent=1))
    else:
        print_findings(found, language)
    return 0 if is_known else 1
