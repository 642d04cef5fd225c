"""A server that may open few files: python -m tests.export.few_files FILES [unbound]; prints its port, ends with standard input.

unbound: its limits are not those of so few files, so that the descriptors end before any limit is reached.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import sys
from dataclasses import replace

from monitor.export.http import make_app
from monitor.export.server.admission import Limits
from monitor.export.server.listening import limits_of_this_process, serve
from tests.export.sample import FakeSource


async def main(*, is_unbound: bool) -> None:
    """Serve until nobody holds the other end of standard input."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    limits = replace(Limits() if is_unbound else limits_of_this_process(), patience_s=3600, reload_every_s=0, pause_s=0.01)
    async with serve(make_app(FakeSource(), heartbeat_s=0.05, limits=limits), [listener]):
        print(listener.getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG)
    logging.getLogger("asyncio").setLevel(logging.INFO)
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[1])))
    asyncio.run(main(is_unbound="unbound" in sys.argv))
