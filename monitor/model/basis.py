"""What every kind of probe has: what its spec is made of, whom it asks, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Generic, Self, TypeVar

from monitor.model.inventory import Target
from monitor.model.profile import Profile
from monitor.model.settings import Credential, Login, ProbeSettings

GRACE_S = 0.1
"""What timers and a busy loop add to whatever is waited for."""

AnySettings = TypeVar("AnySettings", bound=ProbeSettings)


@dataclass(frozen=True, slots=True)
class Basis(Generic[AnySettings]):
    """What the spec of one target is made of.

    settings: of this kind, what the profile and the target change of them joined in. profile: what the inventory names, and the
    candidates that may refine it. credential, login: what the target names, None where it names none. engine: of SNMP, as usual.
    """

    target: Target
    settings: AnySettings
    profile: Profile
    candidates: tuple[Profile, ...] = ()
    credential: Credential | None = None
    login: Login | None = None
    engine: str = "fast"


@dataclass(frozen=True, slots=True)
class Spec:
    """What all specs have. address: IPv4, IPv6 or a name, as text. confirms: asked to confirm a suspicion, not by the schedule."""

    target: str
    address: str
    confirms: bool = field(default=False, kw_only=True)

    @classmethod
    def of(cls, basis: Basis[Any]) -> Self:
        """Return the spec of a target: what the settings say under the names of its own fields, and whatever more() adds to it."""
        made: Any = cls  # mypy knows no class to be hashable
        shared = {name: getattr(basis.settings, name) for name in _shared(made, basis.settings.__class__)}
        return cls(basis.target.id, basis.target.address, **shared | cls.more(basis))

    @classmethod
    def more(cls, basis: Basis[Any]) -> dict[str, Any]:
        """Return by the names of fields what the settings don't say, or what somebody knows better."""
        return {}

    @property
    def asks(self) -> tuple[str, ...]:
        """Return every address that its prober sends to: the target's own, and of whoever else is asked about it."""
        return (self.address,)

    @property
    def waits_s(self) -> float:
        """Return the seconds that its prober waits in all, at most."""
        raise NotImplementedError

    @property
    def span_s(self) -> float:
        """Return within how many seconds of its beginning its reading is there, were it a miss.

        It holds for a loop that comes in time: a wait that stands still while ours is late takes so much longer. The search for the
        address of a name comes before it.
        """
        return self.waits_s + GRACE_S


@lru_cache
def _shared(spec: type[Spec], settings: type[ProbeSettings]) -> tuple[str, ...]:
    """Return the names of the fields that a spec has from its settings."""
    known = {each.name for each in fields(settings)}
    return tuple(each.name for each in fields(spec) if each.name in known)
