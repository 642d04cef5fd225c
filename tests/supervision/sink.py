"""Where Alertmanager's webhooks arrive: a server on a loopback port that keeps what was told, in order."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RECEIVERS = ("on-call", "shift", "records", "watchdog")


@dataclass(frozen=True, slots=True)
class Message:
    """One notification. receiver: whom it went to. at: epoch seconds. told: Alertmanager's own JSON."""

    receiver: str
    at: float
    told: dict[str, Any]

    @property
    def status(self) -> str:
        """Return firing or resolved."""
        return str(self.told["status"])

    @property
    def cause(self) -> str:
        """Return what its group is about."""
        return str(self.told["groupLabels"]["cause"])

    @property
    def alerts(self) -> list[str]:
        """Return the names of the alerts in it that fire."""
        return [alert["labels"]["alertname"] for alert in self.told["alerts"] if alert["status"] == "firing"]

    def text(self, annotation: str) -> str:
        """Return an annotation of all its alerts, joined."""
        return " ".join(alert["annotations"].get(annotation, "") for alert in self.told["alerts"])


class Sink:
    """What has come so far; it may be waited for."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._changed = threading.Condition()

    def take(self, receiver: str, told: dict[str, Any]) -> None:
        """Keep one notification."""
        with self._changed:
            self._messages.append(Message(receiver, time.time(), told))
            self._changed.notify_all()

    def messages(self) -> list[Message]:
        """Return what came to people; the watchdog's is for a machine."""
        with self._changed:
            return [message for message in self._messages if message.receiver != "watchdog"]

    def barks(self) -> int:
        """Return how often the watchdog was heard."""
        with self._changed:
            return sum(message.receiver == "watchdog" for message in self._messages)

    def until(self, holds: Callable[[], bool], within_s: float) -> bool:
        """Wait until something holds of what came; False where it did not within so many seconds."""
        with self._changed:
            return self._changed.wait_for(holds, within_s)


@contextmanager
def open_sink() -> Iterator[tuple[Sink, str]]:
    """A sink and the URL below which each receiver has its path."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.take(self.path.strip("/"), json.loads(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield sink, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
