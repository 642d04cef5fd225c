"""The configuration folder as a whole: where it is, and everything in it, checked across its files, or every fault of it."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor.errors import ConfigError, Fault, SetupError
from monitor.load.document import SYSTEM_FOLDER, usual_folder
from monitor.load.fields import ReadMapping
from monitor.load.inventory import Sites, load_inventory
from monitor.load.meetings import load_meetings
from monitor.load.probes import check_overrides
from monitor.load.profiles import load_profiles
from monitor.load.schedule import NO_MEETINGS, Schedule
from monitor.load.secrets import SecretStore
from monitor.load.settings import load_settings
from monitor.load.sites import NO_CREDENTIAL
from monitor.load.suggest import Suggester
from monitor.model.inventory import Inventory
from monitor.model.profile import Profile
from monitor.model.settings import Settings
from monitor.words.phrase import Phrase, phrase


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration without faults. warnings: what is permitted and yet looks wrong. folder: where it was read from."""

    inventory: Inventory
    settings: Settings
    profiles: Mapping[str, Profile]
    folder: Path
    warnings: tuple[Fault, ...] = ()
    meetings: Schedule = NO_MEETINGS


def find_folder(argument: str | None) -> Path:
    """Return the configuration's folder: the --config argument, else ./config, else /etc/monitor. Raises SetupError if it lacks."""
    if argument is not None:
        if not Path(argument).is_dir():
            raise SetupError("no_folder", folder=argument)
        return Path(argument)
    folder = usual_folder()
    if folder is None:
        raise SetupError("no_configuration", folder=SYSTEM_FOLDER)
    return folder


def load(folder: Path, environment: Mapping[str, str] | None = None, meetings: Path | None = None) -> Configuration:
    """Return everything that a configuration folder says. Raises ConfigError with every fault of every file.

    environment: where {env: …} and {credential: …} look; None: the process's own. meetings: stands for the folder's meetings.yaml.
    """
    faults: list[Fault] = []
    warnings: list[Fault] = []
    store = SecretStore(os.environ if environment is None else environment, folder)
    inventory, sites = load_inventory(folder, faults, warnings)
    settings, written = load_settings(folder / "monitor.yaml", store, faults)
    profiles = load_profiles(folder / "profiles", faults)
    if written is not None or not (folder / "monitor.yaml").exists():
        _check_access(sites, *(() if written is None else tuple(written[key] or ()) for key in ("credentials", "logins")))
        _check_probes(sites, settings)
    _check_profiles(sites, profiles, folder / "profiles", faults)
    if written is not None and sites.is_complete:
        _check_settings(written, sites)
    schedule = load_meetings(meetings or folder / "meetings.yaml", inventory, ZoneInfo(settings.timezone), faults)
    if faults or inventory is None:
        raise ConfigError(dict.fromkeys(faults))
    return Configuration(inventory, settings, MappingProxyType(profiles), folder, tuple(sorted(warnings)), schedule)


def _entries(sites: Sites) -> Iterable[ReadMapping]:
    """Return all that may name a credential or a profile: the defaults and the targets."""
    return (*sites.defaults, *(written.entry for written in sites.targets.values()))


def _check_access(sites: Sites, credentials: tuple[str, ...], logins: tuple[str, ...]) -> None:
    """Note credentials and logins that are named but not there."""
    suggest, suggest_login = Suggester(), Suggester()
    for entry in _entries(sites):
        name, login = entry["credential"], (entry.values.get("web") or {}).get("login")
        if name is not None and name != NO_CREDENTIAL and name not in credentials:
            entry.refuse("credential", "no_credential", suggest.cure(name, credentials, Phrase("add_to_credentials")), name=name)
        if login is not None and login not in logins:
            entry.refuse("web", "no_login", suggest_login.cure(login, logins, Phrase("add_to_logins")), name=login)


def _check_probes(sites: Sites, settings: Settings) -> None:
    """Note targets that would be asked again before the answer to the last question was waited for."""
    # Most say nothing but what the defaults of their kind say: that is looked at once.
    every = (written.said("probes") for written in sites.targets.values())
    for said in {tuple(map(id, said)): said for said in every if said}.values():
        check_overrides(said, settings)


def _check_profiles(sites: Sites, profiles: Mapping[str, Profile], folder: Path, faults: list[Fault]) -> None:
    """Note profiles that are named but not there; once where there is no folder of them at all."""
    suggest = Suggester()
    unknown = [entry for entry in _entries(sites) if entry["profile"] is not None and entry["profile"] not in profiles]
    if unknown and not folder.is_dir():
        faults.append(Fault(str(folder), 0, "", "no_profiles_folder", values={"name": unknown[0]["profile"]}))
        return
    for entry in unknown:
        name = entry["profile"]
        cure = suggest.cure(name, profiles, phrase("add_file", path=f"{folder}/{name}.yaml"))
        entry.refuse("profile", "no_profile", cure, name=name)


def _check_settings(entry: ReadMapping, sites: Sites) -> None:
    """Note targets and areas that maintenance and references name but that are not there."""
    suggest = Suggester()
    for window in entry["maintenance"] or ():
        for name in window["ids"]:
            if name not in sites.targets:
                window.refuse("ids", "no_target", suggest.cure(name, sites.targets), name=name)
        for name in window["areas"]:
            if name not in sites.areas:
                window.refuse("areas", "no_area", suggest.cure(name, sites.areas), name=name)
    health: ReadMapping | None = entry["health"]
    if health is None:
        return
    for name in health["references"]:
        if name not in sites.targets and not _is_address(name):
            health.refuse("references", "no_reference", suggest.cure(name, sites.targets), name=name)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
