"""What came of asking an endpoint over one transport."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from monitor.model.reading import Outcome
from monitor.model.reason import Reason
from monitor.wire.sip import COOKIE, Options, Response


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and what came. response: the final one, or the last provisional one where no other came in time.

    detail: why there is no final response, None where there is one. rtt_s: until the response, from the first sending; None where
    nobody knows when it came.
    """

    transport: str
    outcome: Outcome
    detail: Reason | None = None
    response: Response | None = None
    rtt_s: float | None = None


MakeRequest = Callable[[str, int], Options]
"""(local address, local port) → the request that is to be answered there."""


def request_maker(transport: str, host: str, port: int, user: str) -> MakeRequest:
    """Return what makes one request, with branch, Call-ID and tag that nobody can guess (section 8.1.1)."""

    def make(local_host: str, local_port: int) -> Options:
        return Options(
            transport=transport,
            host=host,
            port=port,
            user=user,
            local_host=local_host,
            local_port=local_port,
            branch=COOKIE + secrets.token_hex(12),
            call_id=secrets.token_hex(16),
            tag=secrets.token_hex(8),
            cseq=1 + secrets.randbelow(2**31 - 1),
        )

    return make
