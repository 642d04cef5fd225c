"""Every error that a person sees: where it is, what is wrong, and what cures it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of the configuration.

    file:  as the operator would type it.
    line:  counted from 1; 0 where the fault has no line (a missing file).
    path:  the key's place, such as 'points.xa-lung-cu.uplink'; '' for the whole file.
    fault: what is wrong, in one clause.
    cure:  what to do about it; '' where the fault says it all.
    """

    file: str
    line: int
    path: str
    fault: str
    cure: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        path = f" {self.path}:" if self.path else ""
        cure = f"; {self.cure}" if self.cure else ""
        line = f"{place}:{path} {self.fault}{cure}"
        # It may quote what a file holds: what a terminal would obey, or would not show, is written as its escape.
        return line if line.isprintable() else "".join(each if each.isprintable() else ascii(each)[1:-1] for each in line)


class MonitorError(Exception):
    """What the operator can mend; the command line prints it without a traceback and exits with 2."""


class ConfigError(MonitorError):
    """The configuration is not usable. Holds every fault found, in the order of file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SetupError(MonitorError):
    """This machine does not permit what was asked: a missing capability, program, device or address."""

    def __init__(self, fault: str, cure: str = "") -> None:
        self.fault = fault
        self.cure = cure
        super().__init__(f"{fault}; {cure}" if cure else fault)
