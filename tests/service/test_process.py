"""The daemon as a process: sockets handed in, systemd told, ports refused with a cure."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import SetupError
from monitor.service.process import ServiceManager, let_the_loop_in, open_listener, passed_listeners

TAKES_THE_SOCKET = """
import os
os.environ["LISTEN_PID"] = str(os.getpid())
from monitor.service.process import passed_listeners
(listener,) = passed_listeners(os.environ)
connection, _ = listener.accept() if not listener.setblocking(True) else None
connection.sendall(b"from the socket that was handed in")
"""


GIVEN_AWAY = 60


@pytest.fixture
def _as_before() -> Iterator[None]:
    interval_s = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval_s)


def cpu_s_beside_a_computation() -> float:
    """Return the seconds of CPU that a thread computed while this one let go of the interpreter GIVEN_AWAY times."""
    over, taken_s = threading.Event(), list[float]()

    def compute() -> None:
        while not over.is_set():
            sum(range(100))
        taken_s.append(time.thread_time())

    thread = threading.Thread(target=compute)
    thread.start()
    for _ in range(GIVEN_AWAY):
        time.sleep(0)
    over.set()
    thread.join()
    return taken_s[0]


@pytest.mark.usefixtures("_as_before")
def test_a_thread_that_computes_gives_way_to_the_loop_soon() -> None:
    usual_s = cpu_s_beside_a_computation()
    let_the_loop_in()
    assert cpu_s_beside_a_computation() < usual_s / 3


def test_a_socket_that_was_handed_in_is_served() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = subprocess.Popen(
            [sys.executable, "-c", f"import os; os.dup2({listener.fileno()}, 3)\n{TAKES_THE_SOCKET}"],
            pass_fds=[listener.fileno()],
            env=os.environ | {"LISTEN_FDS": "1"},
        )
        with socket.create_connection(listener.getsockname()) as client:
            assert b"from the socket that was handed in" == client.recv(100)
        assert 0 == process.wait()


def test_sockets_that_were_meant_for_another_process_are_left_alone() -> None:
    assert [] == passed_listeners({"LISTEN_FDS": "1", "LISTEN_PID": "1"})
    assert [] == passed_listeners({})


def test_a_port_that_is_taken_is_a_set_up_fault_with_a_cure() -> None:
    with open_listener("127.0.0.1:0") as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=f"can't listen on 127.0.0.1:{port}: Address already in use; .*--listen"):
            open_listener(f"127.0.0.1:{port}")


@pytest.mark.parametrize("listen", ["127.0.0.1:70000", "9877", ":9877", "localhost", "localhost:http", ""])
def test_what_is_not_host_and_port_is_refused_and_never_means_every_address(listen: str) -> None:
    with pytest.raises(SetupError, match=r"is not HOST:PORT; write it like 127\.0\.0\.1:9877"):
        open_listener(listen)


def test_ipv6_addresses_are_written_in_brackets() -> None:
    with open_listener("[::1]:0") as listener:
        assert socket.AF_INET6 == listener.family


async def test_the_service_manager_hears_ready_reloading_alive_and_stopping(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(path)
        systemd.settimeout(5)
        manager = ServiceManager({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000000"})
        assert 15.0 == manager.watchdog_s
        manager.still_starting("turning 3 of 9 lines", 120.0)
        assert b"EXTEND_TIMEOUT_USEC=120000000\nSTATUS=turning 3 of 9 lines" == systemd.recv(200)
        manager.ready("477 targets")
        assert b"READY=1\nSTATUS=477 targets" == systemd.recv(200)
        manager.reloading()
        assert systemd.recv(200).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
        manager.alive()
        assert b"WATCHDOG=1" == systemd.recv(200)
        manager.stopping()
        assert b"STOPPING=1" == systemd.recv(200)


def test_without_a_service_manager_nothing_is_said() -> None:
    manager = ServiceManager({})
    assert manager.watchdog_s is None
    manager.stopping()


def test_a_watchdog_that_watches_another_process_is_not_ours() -> None:
    assert ServiceManager({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}).watchdog_s is None
