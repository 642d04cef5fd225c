"""What the probers are asked follows from the inventory and the settings, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor.load.configuration import Configuration
from monitor.model.inventory import AddressMode, H323Access, Inventory, Kind, Network, ProbeOverride, SipAccess, Target, WebAccess
from monitor.model.profile import Match, Profile, WebPage
from monitor.model.settings import Credential, HealthSettings, Login, Settings
from monitor.model.spec import H323Settings, H323Spec, IcmpSettings, IcmpSpec, SipSpec, SnmpSpec, Spec, TcpSpec, WebSpec
from monitor.rules.timetable import confirming
from monitor.service.specs import REFERENCE, addresses_asked, reference_turn, turns

PROFILES = {"default": Profile("default"), "cisco": Profile("cisco", match=Match(("1.3.6.1.4.1.9",)))}
ROOT = Target("root", Kind.POINT, "Gốc", "Gốc", "127.0.0.1", "province", "tinh", credential="wan")
SETTINGS = Settings(credentials={"wan": Credential("wan", "2c", "c"), "v3": Credential("v3", "3", user="u")})


def inventory(*targets: Target) -> Inventory:
    return Inventory(Network("Mạng", AddressMode.LAB), ("province",), {}, {target.id: target for target in targets}, "root")


def specs(target: Target, settings: Settings = SETTINGS) -> dict[str, Spec]:
    return {turn.probe: turn.spec for turn in turns(inventory(target), settings, PROFILES)}


def test_a_target_with_a_credential_is_pinged_and_asked_by_snmp() -> None:
    found = specs(ROOT)
    assert IcmpSpec("root", "127.0.0.1", 5, 0.02, 1.0, 46) == found["icmp"]
    snmp = found["snmp"]
    assert isinstance(snmp, SnmpSpec)
    assert "wan" == snmp.interfaces
    assert ("fast", PROFILES["default"], (PROFILES["cisco"],)) == (snmp.engine, snmp.profile, snmp.candidates)


def test_without_a_credential_there_is_no_snmp_and_no_fault() -> None:
    assert {"icmp"} == specs(replace(ROOT, credential=None)).keys()


def test_version_3_goes_to_pysnmp_whatever_the_target_prefers() -> None:
    snmp = specs(replace(ROOT, credential="v3", engine="fast"))["snmp"]
    assert isinstance(snmp, SnmpSpec)
    assert "pysnmp" == snmp.engine


def test_a_poll_never_outlives_its_interval() -> None:
    fast = replace(ROOT, probes={"snmp": ProbeOverride(changes={"every_s": 10.0})})
    snmp = specs(fast)["snmp"]
    assert isinstance(snmp, SnmpSpec)
    assert 10.0 == snmp.deadline_s


def test_a_device_may_be_asked_less_often_than_the_others() -> None:
    own = replace(ROOT, probes={"snmp": ProbeOverride(changes={"max_requests_per_second": 3})})
    asked = [specs(target)["snmp"] for target in (ROOT, own)]
    assert [20, 3] == [spec.max_requests_per_second for spec in asked if isinstance(spec, SnmpSpec)]


def test_references_outside_the_inventory_are_pinged_too_and_those_inside_not_twice() -> None:
    settings = replace(SETTINGS, health=HealthSettings(references=("127.0.0.9", "root")))
    assert ["root", f"{REFERENCE}127.0.0.9"] == [
        turn.spec.target for turn in turns(inventory(ROOT), settings, PROFILES) if turn.probe == "icmp"
    ]


def test_a_reference_is_pinged_as_any_target_that_says_nothing_of_its_own() -> None:
    icmp = IcmpSettings(every_s=9.0, timeout_s=0.7, packets=3, spacing_s=0.1, dscp=34)
    settings = replace(SETTINGS, health=HealthSettings(references=("127.0.0.9",)), probes={"icmp": icmp})
    turn = reference_turn("127.0.0.9", settings)
    assert (9.0, IcmpSpec(f"{REFERENCE}127.0.0.9", "127.0.0.9", 3, 0.1, 0.7, 34)) == (turn.every_s, turn.spec)
    assert 0 <= turn.offset_s < 9.0


CODEC = Profile(
    "codec",
    drops_strangers=True,
    probes={"sip": {}, "h323": {}, "web": {"page": WebPage("cisco-xml", "/status.xml")}, "tcp": {"ports": (445, 3389)}},
)


def test_conference_specs_know_how_the_endpoint_is_addressed() -> None:
    endpoint = Target(
        "dc", Kind.ENDPOINT, "Cầu", "C", "127.0.0.2", "province", "tinh", profile="codec",
        sip=SipAccess("1715", "hoinghi.vn", 5070), h323=H323Access("1715"), web=WebAccess("codec", 8443),
    )  # fmt: skip
    settings = replace(SETTINGS, logins={"codec": Login("xem", "mk")}, probes={"h323": H323Settings(gatekeeper="127.0.0.9")})
    found = {turn.probe: turn.spec for turn in turns(inventory(endpoint), settings, {"codec": CODEC})}
    assert SipSpec("dc", "127.0.0.2", 5070, ("udp", "tcp"), "1715", "hoinghi.vn", drops_strangers=True) == found["sip"]
    assert H323Spec("dc", "127.0.0.2", 1720, "127.0.0.9", 1719, "1715", drops_strangers=True) == found["h323"]
    assert WebSpec("dc", "127.0.0.2", 8443, True, "/status.xml", "cisco-xml", "xem", "mk") == found["web"]
    assert TcpSpec("dc", "127.0.0.2", (445, 3389)) == found["tcp"]
    assert "mk" not in repr(found["web"]), "a secret is never shown"


def configuration(*targets: Target, references: tuple[str, ...] = (), gatekeeper: str = "127.0.0.9") -> Configuration:
    settings = replace(SETTINGS, health=HealthSettings(references=references), probes={"h323": H323Settings(gatekeeper=gatekeeper)})
    return Configuration(inventory(*targets), settings, {**PROFILES, "codec": CODEC}, Path("config"))


def test_whoever_is_asked_is_told_once_targets_first() -> None:
    codecs = [
        replace(ROOT, id=name, address=f"127.0.1.{number}", profile="codec", h323=H323Access(alias))
        for number, (name, alias) in enumerate((("da", "1"), ("db", ""), ("dc", "3")), 1)
    ]
    plan = configuration(ROOT, *codecs, references=("127.0.0.8", "da"))
    assert ["127.0.0.1", "127.0.1.1", "127.0.0.9", "127.0.1.2", "127.0.1.3", "127.0.0.8"] == [*addresses_asked(plan)]
    assert ["127.0.1.2"] == [*addresses_asked(plan, {"db"})], "no alias is asked of the gatekeeper for it"
    assert ["127.0.1.3", "127.0.0.9"] == [*addresses_asked(plan, {"dc"})]


def test_who_is_not_asked_is_not_told() -> None:
    asked_nothing = replace(ROOT, credential=None, probes={"icmp": ProbeOverride(enabled=False)})
    assert [] == [*addresses_asked(configuration(asked_nothing))]
    endpoint = replace(ROOT, profile="codec", h323=H323Access("1"), probes={"h323": ProbeOverride(enabled=False)})
    assert ["127.0.0.1"] == [*addresses_asked(configuration(endpoint))]
    assert ["127.0.0.1"] == [*addresses_asked(configuration(replace(ROOT, profile="codec", h323=H323Access("1")), gatekeeper=""))]


def test_a_suspicion_asks_sip_and_ports_shortly_and_disturbs_nothing_heavier() -> None:
    endpoint = replace(ROOT, profile="codec")
    found = {turn.probe: turn.spec for turn in turns(inventory(endpoint), SETTINGS, {"codec": CODEC})}
    sip, tcp = confirming("sip", found["sip"]), confirming("tcp", found["tcp"])
    assert isinstance(sip, SipSpec)
    assert isinstance(tcp, TcpSpec)
    assert (True, 1.0, True, 1.0) == (sip.confirms, sip.timeout_s, tcp.confirms, tcp.timeout_s)
    assert (None, None) == (confirming("h323", found["h323"]), confirming("web", found["web"]))


def test_a_suspicion_is_settled_by_the_same_burst_and_one_short_question() -> None:
    found = specs(ROOT)
    assert replace(found["icmp"], confirms=True) == confirming("icmp", found["icmp"])
    asked = confirming("snmp", found["snmp"])
    assert isinstance(asked, SnmpSpec)
    assert (True, True, 0, 1.0) == (asked.brief, asked.confirms, asked.retries, asked.timeout_s)
    assert 1.0 == asked.timeout_max_s, "also of an agent that was learned to be slow"
