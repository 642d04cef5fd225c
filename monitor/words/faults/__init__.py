"""What is wrong with a configuration or this machine, and what cures it: by code, Vietnamese first, English beside.

A code is what is wrong; under the same code with _cure stands what to do about it, where that is always the same. Other cures, and
the parts that sentences are made of, have codes of their own.
"""

from __future__ import annotations

from monitor.words.catalogue import Catalogue, say
from monitor.words.faults.calendars import CALENDARS
from monitor.words.faults.commands import COMMANDS
from monitor.words.faults.exchange import EXCHANGE
from monitor.words.faults.files import FILES
from monitor.words.faults.inventory import INVENTORY
from monitor.words.faults.keys import KEYS
from monitor.words.faults.lab import LAB
from monitor.words.faults.machine import MACHINE
from monitor.words.faults.operations import OPERATIONS
from monitor.words.faults.profiles import PROFILES
from monitor.words.faults.requests import REQUESTS
from monitor.words.faults.serving import SERVING
from monitor.words.faults.settings import SETTINGS
from monitor.words.faults.system import SYSTEM
from monitor.words.faults.values import VALUES
from monitor.words.phrase import Phrase
from monitor.words.voice import voice

CATALOGUES: tuple[Catalogue, ...] = (
    *(FILES, VALUES, KEYS, INVENTORY, SETTINGS, PROFILES, CALENDARS, EXCHANGE),
    *(MACHINE, SYSTEM, COMMANDS, OPERATIONS, REQUESTS, SERVING, LAB),
)
FAULTS: Catalogue = {code: said for catalogue in CATALOGUES for code, said in catalogue.items()}


def knows(code: str) -> bool:
    """Return whether there is a sentence of that code."""
    return code in FAULTS


def tell_fault(told: Phrase, language: str) -> str:
    """Return a phrase in a language; texts that it quotes stand in it unchanged, numbers as say() says them."""
    values = {name: value if isinstance(value, (int, float)) else _word(value, language) for name, value in told.values.items()}
    return say(FAULTS, told.code, language, **values)


def _word(value: object, language: str) -> str:
    if isinstance(value, Phrase):
        return tell_fault(value, language)
    if isinstance(value, tuple):
        return ", ".join(_word(each, language) for each in value)
    return voice(language).plain(value) if isinstance(value, (int, float)) else str(value)
