"""Where a running lab is found, and its control socket there: one JSON object a line, both ways. Requests:

    {"do": "cut", "targets": ["xa-lung-cu"], "values": {"via": "…"}, "share": "30%", "for": "2m"}
    {"ask": "status"}    {"ask": "counters", "target": "xa-lung-cu"}    {"ask": "verbs"}

A request may say "language": "vi" or "en", in which it is answered then; English else.

Answers: {"ok": true, …} or {"ok": false, "error": "what is wrong", "cure": "what to do", "code": …, "values": …, "remedy": …}, the
last three for whoever says it himself.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.errors import LOG, SetupError, reason_of
from monitor.lab.director import ActionError, Director
from monitor.lab.province import Province
from monitor.model.scenario import VERBS, Action, UnfitError, ValueForm, find_verb, parse_number, parse_value
from monitor.model.spelling import nearest
from monitor.words import LANGUAGES, say
from monitor.words.faults import tell_fault
from monitor.words.phrase import Phrase, phrase
from monitor.words.verbs import VERBS as PURPOSES

Answer = dict[str, Any]
_LONGEST_PATH = 100
"""Octets of a unix socket's path (sun_path has 108)."""
_PATIENCE_S = 10.0


class Control:
    """Answers on a unix socket. facts: what a status begins with."""

    def __init__(self, path: Path, province: Province, director: Director, facts: Mapping[str, object]) -> None:
        self._path = path
        self._province = province
        self._director = director
        self._facts = facts
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; whatever a lab that was killed has left there is replaced."""
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path)
        os.chmod(self._path, 0o600)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(json.dumps(self.answer(line), ensure_ascii=False).encode() + b"\n")
            await writer.drain()
        writer.close()

    def answer(self, line: bytes) -> Answer:
        """Return the answer to one request; refusals are told in its "language", where it names one that we speak."""
        language = LOG
        try:
            request = json.loads(line.strip())
            if not isinstance(request, dict):
                raise ActionError("request_form")
            language = request["language"] if request.get("language") in LANGUAGES else LOG
            return {"ok": True} | self._answer(request, language)
        except json.JSONDecodeError as error:
            refused = ActionError("request_not_json", number=error.pos + 1)
        except UnfitError as error:
            refused = ActionError.of(error)
        except ActionError as error:
            refused = error
        except ValueError as error:
            refused = ActionError("quoted", text=reason_of(error))
        return {"ok": False, **refused.answer_in(language)}

    def _answer(self, request: Mapping[str, Any], language: str) -> Answer:
        if "do" in request:
            return {"done": tell_fault(self._director.do(action_of(request)), language)}
        asked = request.get("ask")
        if asked == "status":
            return self._status()
        if asked == "counters":
            return self._counters(str(request.get("target", "")))
        if asked == "verbs":
            return {"verbs": {verb: say(PURPOSES, verb, language) for verb in VERBS}}
        raise ActionError("no_verb", Phrase("ask_what"), name=asked)

    def _status(self) -> Answer:
        now = self._province.now()
        faults = [
            {
                "verb": fault.verb,
                "targets": fault.targets,
                "values": dict(fault.values),
                "for_s": round(now - fault.since, 1),
                "ends_in_s": None if fault.until is None else round(fault.until - now, 1),
            }
            for fault in self._director.faults
        ]
        silent = [target for target, path in self._province.paths.items() if not path.is_whole]
        return {**self._facts, "at": now, "targets": len(self._province.paths), "faults": faults, "silent": silent}

    def _counters(self, target: str) -> Answer:
        if target not in self._province.paths:
            near = nearest(target, self._province.paths)
            raise ActionError("no_target", phrase("did_you_mean", near=near) if near else None, name=target)
        device, now = self._province.device(target), self._province.now()
        interfaces = {
            truth.name: {"index": truth.index, "receive_octets": truth.receive_octets, "transmit_octets": truth.transmit_octets}
            for truth in device.truth(now)
        }
        return {"at": now, "booted_at": device.booted_at, "uptime_ticks": device.uptime_ticks(now), "interfaces": interfaces}


def action_of(request: Mapping[str, Any]) -> Action:
    """Return the action that a request describes; its values are texts, as in a scenario. Raises UnfitError."""
    verb = find_verb(str(request["do"]))
    values = {name: parse_value(verb.parameter(name).form, str(text)) for name, text in request.get("values", {}).items()}
    share, lasts = request.get("share"), request.get("for")
    return Action(
        verb.name,
        tuple(str(target) for target in request.get("targets", ())),
        values,
        None if share is None else parse_number(ValueForm.RATIO, str(share)),
        None if lasts is None else parse_number(ValueForm.DURATION, str(lasts)),
    )


def ensure_short(path: Path) -> None:
    """Raise SetupError where a unix socket can't have this path."""
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise SetupError("socket_path", path=path, most=_LONGEST_PATH)


def ask_lab(path: Path, request: Mapping[str, object]) -> Answer:
    """Return a running lab's answer. Raises OSError where none listens there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
        channel.settimeout(_PATIENCE_S)
        channel.connect(str(path))
        channel.sendall(json.dumps(request).encode() + b"\n")
        with channel.makefile("rb") as lines:
            answer = json.loads(lines.readline())
    assert isinstance(answer, dict)
    return answer


def state_folder(given: str | None) -> Path:
    """Return the lab's folder: as given, else below $XDG_RUNTIME_DIR, /run for root, or /tmp."""
    if given:
        return Path(given).absolute()
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "monitor"
    return Path("/run/monitor") if os.geteuid() == 0 else Path(f"/tmp/monitor-{os.geteuid()}")


def socket_path(folder: Path) -> Path:
    return folder / "lab.sock"


def prepare_folder(folder: Path) -> None:
    """Make the folder, for its owner only. Raises SetupError where that fails or a lab runs there already."""
    ensure_short(socket_path(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SetupError("state_folder", folder=folder, reason=reason_of(error)) from error
    running = _status(folder)
    if running is not None:
        raise SetupError("lab_runs", pid=running["pid"], folder=folder)


def find_lab(folder: Path) -> Mapping[str, Any]:
    """Return the status of the lab that runs there. Raises SetupError where none does."""
    status = _status(folder)
    if status is None:
        raise SetupError("no_lab", folder=folder)
    return status


def _status(folder: Path) -> Mapping[str, Any] | None:
    try:
        return ask_lab(socket_path(folder), {"ask": "status"})
    except OSError:
        return None
