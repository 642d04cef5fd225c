"""The form of sites.yaml and sites.d/*.yaml: one table of fields for loading, the JSON Schema, the documentation and the CSV."""

from __future__ import annotations

import re

from monitor.load.document import Faulty, Node
from monitor.load.fields import Either, Field, ListOf, OneOrMany, Record, Table
from monitor.load.probes import ACCESS, OVERRIDES
from monitor.load.settings import ENGINES
from monitor.load.values import Address, Choice, Identifier, Number, Rate, Regex, Scalar, Schema, Text, Whole
from monitor.load.writing import written_number
from monitor.model.inventory import AddressMode, Contact, Contracted, Expected, Location, Network

NO_CREDENTIAL = "none"


class LocationReader(Scalar):
    """A position, [latitude, longitude], in degrees of WGS 84."""

    _pair = ListOf(Number(-180, 180), least=2, most=2)
    written = "[latitude, longitude]"

    def read(self, node: Node) -> Location:
        before = len(node.faults)
        pair = self._pair.read(node)
        if len(pair) != 2 or len(node.faults) > before:
            raise Faulty
        latitude, longitude = pair
        if abs(latitude) > 90:
            raise node.refuse("no_latitude", latitude=written_number(latitude), longitude=written_number(longitude))
        return Location(latitude, longitude)

    def schema(self) -> Schema:
        pair = [{"type": "number", "minimum": -most, "maximum": most} for most in (90, 180)]
        return {"type": "array", "prefixItems": pair, "items": False, "minItems": 2}


class Telephone(Scalar):
    written = "telephone number"
    numbers = True

    def read(self, node: Node) -> str:
        text = node.text("a_telephone_number")
        if not re.fullmatch(r"\+?[0-9][0-9 ().-]{1,30}", text):
            raise node.refuse("no_telephone")
        return text


CONTRACTED = Either(
    Rate(),
    Record(
        Contracted,
        (
            Field("down", Rate(), required=True, attribute="down_bps", doc="towards the point"),
            Field("up", Rate(), required=True, attribute="up_bps", doc="from the point"),
        ),
    ),
)
CONTACT = Record(
    Contact,
    (
        Field("role", Text(longest=80), required=True, doc="a role, never a person's name"),
        Field("telephone", Telephone(), required=True, doc="telephone number"),
    ),
)
# What a target, or the defaults of its kind, may say.
SHARED = (
    Field("credential", Identifier(), doc=f"credential of monitor.yaml; `{NO_CREDENTIAL}`: no SNMP though the defaults name one"),
    Field("profile", Identifier(), usual="default", doc="profile of profiles/"),
    Field("probes", OVERRIDES, doc="what differs from the probes of monitor.yaml"),
    Field("expected", Choice(Expected), doc="when it is expected to answer; absent: as its profile says"),
    Field("wan_interface", Regex(), doc="which interface carries the circuit, by ifName, ifAlias or ifDescr"),
    Field("interfaces", Choice(("wan", "all")), usual="wan", doc="which interfaces are exported"),
    Field("engine", Choice(ENGINES), doc="SNMP engine; absent: as monitor.yaml says"),
    Field("max_repetitions", Whole(1, 50), doc="rows asked for in one GETBULK"),
)
# What only a target itself may say, but both kinds of them.
OWN = (
    Field("id", Identifier(), required=True, doc="unique among points and endpoints, for ever: history hangs on it"),
    Field("name", Text(longest=200), required=True, doc="its name as staff say it"),
    Field("short", Text(longest=40), doc="its name on a tile; absent: the name, shortened"),
    Field("address", Address(names=True), required=True, doc="IP address; with `addresses: production` a host name too"),
    Field("location", LocationReader(), doc="degrees of WGS 84; an endpoint's is its point's if absent"),
    Field("code", Text(longest=40, numbers=True), default="", doc="code of the General Statistics Office"),
    Field("contacts", ListOf(CONTACT), doc="whom to call, in this order"),
    Field("tags", ListOf(Identifier(), once=True), default=(), doc="words to choose targets by"),
    Field("answers_from", OneOrMany(Address()), default=(), doc="further addresses that its SNMP answers may come from"),
)
POINT = Table(
    (
        *OWN,
        Field("level", Identifier(), required=True, doc="one of `levels`"),
        Field("area", Identifier(), required=True, doc="id of an area"),
        Field(
            "uplink",
            OneOrMany(Identifier()),
            default=(),
            doc="the point that it hangs on, or several any of which carries; root: none",
        ),
        Field("contracted", CONTRACTED, doc="speed of its circuit by contract; the interface's own word is not trusted"),
        *SHARED,
    ),
    what="point",
    key="id",
)
ENDPOINT = Table(
    (
        *OWN,
        Field("point", Identifier(), required=True, doc="the point where it stands; its level and area are that point's"),
        Field("call_rate", Rate(), doc="rate of the call that it must carry"),
        *ACCESS,
        *SHARED,
    ),
    what="endpoint",
    key="id",
)
NETWORK = Record(
    Network,
    (
        Field("name", Text(longest=200), required=True, doc="the network's name, on pages and reports"),
        Field("short", Text(longest=40), usual="", doc="its short name"),
        Field(
            "addresses",
            Choice(AddressMode),
            required=True,
            doc="`lab`: polled only inside the lab's own network; `production`: they are real",
        ),
    ),
)
AREA = Table(
    (
        Field("id", Identifier(), required=True, doc="unique among areas"),
        Field("name", Text(longest=200), required=True, doc="its name"),
        Field("short", Text(longest=40), doc="its name where room is scarce; absent: the name, shortened"),
        Field("code", Text(longest=40, numbers=True), default="", doc="code of the General Statistics Office"),
        Field("location", LocationReader(), doc="degrees of WGS 84"),
    ),
    what="area",
    key="id",
)
_CONTACTS = Field("contacts", ListOf(CONTACT), doc="whom to call, in this order")
DEFAULTS = Table(
    (
        Field(
            "point",
            Table((*SHARED, _CONTACTS, Field("contracted", CONTRACTED, doc="speed of a circuit by contract"))),
            doc="what holds for every point of this file that does not say otherwise",
        ),
        Field(
            "endpoint",
            Table((*SHARED, _CONTACTS, Field("call_rate", Rate(), doc="rate of a call"), *ACCESS)),
            doc="what holds for every endpoint of this file that does not say otherwise",
        ),
    )
)
FILE = Table(
    (
        Field("network", NETWORK, doc="the network as a whole; in one file"),
        Field("levels", ListOf(Identifier(), least=1, once=True), doc="the levels from the top down; in one file"),
        Field("areas", ListOf(AREA), default=(), doc="districts and other blocks, in the order in which pages show them"),
        Field("defaults", DEFAULTS, doc="what targets say if they don't say otherwise; those of sites.yaml hold in sites.d/ too"),
        Field("points", ListOf(POINT), default=(), doc="points of the network"),
        Field("endpoints", ListOf(ENDPOINT), default=(), doc="endpoints of the conference system"),
    )
)
