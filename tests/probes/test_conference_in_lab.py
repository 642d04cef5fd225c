"""The conference probers against the emulated province: what ails an endpoint shows alike in all that it is asked."""

import asyncio
from collections.abc import Sequence
from typing import Protocol, TypeVar

import pytest

from monitor.model.reading import Deliver, Outcome, Reading
from monitor.model.spec import H323Spec, TcpSpec, WebSpec
from monitor.probes.h323.prober import H323Prober
from monitor.probes.tcp import TcpProber
from monitor.probes.web import WebProber
from monitor.service.process import SystemClock
from tests.lab_fixture import MONITOR, SITES, Lab, StartLab
from tests.told import english

GATEKEEPER, ALIAS = "10.0.0.9", "0243826"
CODEC = "10.2.1.20"
PLACE = "{id: dc-xa-b1, name: Phòng họp xã B1, point: xa-b1,"
CISCO_SITES = SITES.replace(PLACE, f'{PLACE} profile: cisco-codec, h323: {{alias: "{ALIAS}"}}, web: {{login: codec}},')
CISCO_MONITOR = f"""{MONITOR}
logins: {{codec: {{user: monitor, password: {{literal: for-the-test}}}}}}
probes: {{h323: {{gatekeeper: {GATEKEEPER}}}}}
"""
UP, REGISTERED = 'conference_signalling_up{protocol="h323"}', 'conference_registered{protocol="h323"}'
SIP_REGISTERED, CAMERA = 'conference_registered{protocol="sip"}', 'conference_device_up{component="camera"}'
H323 = H323Spec("dc-xa-b1", CODEC, gatekeeper=GATEKEEPER, alias=ALIAS)
WEB = WebSpec("dc-xa-b1", CODEC, path="/status.xml", status="cisco-xml", user="monitor", password="for-the-test")

AnySpec_contra = TypeVar("AnySpec_contra", contravariant=True)


class Probing(Protocol[AnySpec_contra]):
    async def probe(self, specs: Sequence[AnySpec_contra], deliver: Deliver) -> None: ...


@pytest.fixture
def cisco(start_lab: StartLab) -> Lab:
    return start_lab(sites=CISCO_SITES, monitor=CISCO_MONITOR)


async def read(lab: Lab, prober: Probing[AnySpec_contra], spec: AnySpec_contra) -> Reading:
    """Return a reading that is taken in the lab's network."""
    found: list[Reading] = []
    with lab.network():
        await prober.probe([spec], found.append)
    (reading,) = found
    return reading


def values(reading: Reading) -> dict[str, float]:
    assert reading.service is not None, english(reading.detail)
    return dict(reading.service.values)


async def test_every_fault_of_a_codec_shows_in_all_that_it_and_its_gatekeeper_tell(cisco: Lab) -> None:
    h323, web = H323Prober(SystemClock()), WebProber(SystemClock())
    told = await read(cisco, h323, H323)
    assert (Outcome.OK, {UP: 1.0, REGISTERED: 1.0}, "") == (told.outcome, values(told), english(told.detail))
    told = await read(cisco, web, WEB)
    assert Outcome.OK is told.outcome, english(told.detail)
    well = values(told)
    assert (1, 1, 0, 1) == (well[REGISTERED], well[SIP_REGISTERED], well["conference_in_call"], well[CAMERA])

    for verb in ("unregistered", "busy", "camera-failed"):
        cisco.ctl(verb, "dc-xa-b1")
    assert {UP: 1.0, REGISTERED: 0.0} == values(await read(cisco, h323, H323))
    ill = values(await read(cisco, web, WEB))
    assert (0, 0, 1, 0) == (ill[REGISTERED], ill[SIP_REGISTERED], ill["conference_in_call"], ill[CAMERA])
    assert 0.001 == pytest.approx(ill["conference_call_loss_ratio"])
    assert 0.004 == ill["conference_call_jitter_seconds"]

    cisco.ctl("restore", "all")
    wrong = await read(cisco, web, WebSpec("dc-xa-b1", CODEC, path="/status.xml", status="cisco-xml", user="monitor", password="x"))
    assert (Outcome.REFUSED, "/status.xml: 401 Unauthorized; check its login") == (wrong.outcome, english(wrong.detail))
    h323.close()
    web.close()


async def test_a_dead_way_a_deaf_codec_and_a_closed_port_are_told_apart(lab: Lab) -> None:
    prober = H323Prober(SystemClock())
    spec = H323Spec("dc-xa-a1", "10.1.1.20", timeout_s=1.0)
    lab.ctl("signalling-deaf", "dc-xa-a1")
    told = await read(lab, prober, spec)
    assert (Outcome.TIMEOUT, "no answer from TCP port 1720") == (told.outcome, english(told.detail))
    lab.ctl("restore", "all")
    lab.ctl("close", "dc-xa-a1", tcp="1720")
    told = await read(lab, prober, spec)
    assert (Outcome.REFUSED, "TCP port 1720 refuses") == (told.outcome, english(told.detail))
    lab.ctl("cut", "huyen-a")
    told = await read(lab, prober, spec)
    assert (Outcome.TIMEOUT, "TCP port 1720: No route to host") == (told.outcome, english(told.detail))
    prober.close()


async def test_a_pc_that_answers_no_ping_is_on_by_its_ports(lab: Lab) -> None:
    prober = TcpProber(SystemClock())
    spec = TcpSpec("dc-xa-a1", "10.1.1.20", (135, 445, 3389), timeout_s=1.0)
    lab.ctl("mute", "dc-xa-a1")
    assert (await read(lab, prober, spec)).outcome is Outcome.REFUSED
    lab.ctl("open", "dc-xa-a1", tcp="445")
    assert (await read(lab, prober, spec)).outcome is Outcome.OK
    lab.ctl("dead", "dc-xa-a1")
    assert (await read(lab, prober, spec)).outcome is Outcome.TIMEOUT
    prober.close()


async def test_all_pages_are_asked_at_once_over_a_slow_way(lab: Lab) -> None:
    prober = WebProber(SystemClock())
    lab.ctl("slow", "goc", delay="60ms")
    addresses = {target.id: target.address for target in lab.inventory.targets.values()}
    found: list[Reading] = []
    with lab.network():
        await asyncio.wait_for(prober.probe([WebSpec(name, address) for name, address in addresses.items()], found.append), 20)
    assert {(name, Outcome.OK) for name in addresses} == {(reading.target, reading.outcome) for reading in found}
    prober.close()
