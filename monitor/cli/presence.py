"""Whether a daemon runs already, for commands that ask it where one does and probe by themselves where none does."""

from __future__ import annotations

import aiohttp

_WITHIN_S = 2.0


async def is_daemon_there(origin: str) -> bool:
    """Return whether a daemon that is well answers at a URL."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_WITHIN_S)) as session,
            session.get(f"{origin}/-/healthy") as answer,
        ):
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
