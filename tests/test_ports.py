"""A reserved port is free for who is told of it, and for nobody else."""

from __future__ import annotations

import socket

import pytest

from tests.ports import reserved


def test_a_reserved_port_is_listened_on_by_who_knows_it_and_given_to_nobody_else() -> None:
    with reserved() as (port,):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("127.0.0.1", port))
            server.listen()
            with socket.create_connection(("127.0.0.1", port)) as client:
                assert ("127.0.0.1", port) == client.getpeername()
        with reserved(500) as others:
            assert port not in others
            assert 500 == len(set(others))
