"""The SIP prober against stacks that others wrote."""

from __future__ import annotations

from pathlib import Path

from monitor.model.reading import Outcome, Reading, ServiceSample
from monitor.model.spec import SipSpec
from monitor.probes.sip.prober import SipProber
from monitor.service.process import SystemClock
from tests.probes.sip.stacks import baresip, kamailio

UP = 'conference_signalling_up{protocol="sip"}'
TRANSPORTS = ("udp", "tcp")


async def asked(port: int, *users: str) -> dict[tuple[str, str], tuple[Outcome, ServiceSample]]:
    """Return what each user's endpoint says by each transport."""
    prober, found = SipProber(SystemClock()), dict[tuple[str, str], tuple[Outcome, ServiceSample]]()

    def take(reading: Reading) -> None:
        assert reading.service
        user, transport = reading.target.split("/")
        found[user, transport] = (reading.outcome, reading.service)

    await prober.open()
    try:
        specs = [
            SipSpec(f"{user}/{transport}", "127.0.0.1", port, (transport,), user, timeout_s=10.0)
            for user in users
            for transport in TRANSPORTS
        ]
        await prober.probe(specs, take)
    finally:
        prober.close()
    return found


async def test_kamailio_says_what_it_was_told_to(tmp_path: Path) -> None:
    async with kamailio(tmp_path) as port:
        found = await asked(port, "1715", "busy", "nobody", "tired")
    for transport in TRANSPORTS:
        outcome, sample = found["1715", transport]
        assert (Outcome.OK, 200, "OK", transport) == (outcome, sample.code, sample.phrase, sample.transport)
        assert sample.server.startswith("kamailio")
        assert {UP: 1.0, "conference_in_call": 1.0} == found["busy", transport][1].values
        assert (Outcome.OK, 404) == (found["nobody", transport][0], found["nobody", transport][1].code)
        assert (Outcome.REFUSED, 503) == (found["tired", transport][0], found["tired", transport][1].code)


async def test_baresip_knows_its_own_user_and_is_alive_for_any_other(tmp_path: Path) -> None:
    async with baresip(tmp_path, "1715") as port:
        found = await asked(port, "1715", "1716", "")
    for transport in TRANSPORTS:
        outcome, sample = found["1715", transport]
        assert (Outcome.OK, 200, transport) == (outcome, sample.code, sample.transport)
        assert sample.server.startswith("baresip")
        for user in ("1716", ""):
            outcome, sample = found[user, transport]
            assert (Outcome.OK, 404, {UP: 1.0}) == (outcome, sample.code, sample.values)
