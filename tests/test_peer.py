"""Whose program is at the other end: the kernel's socket table tells."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hebca_helper.peer import _linux_owner, _owner_in, is_same_user

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/net/tcp")

Ends = tuple[tuple[str, int], tuple[str, int]]
NOBODY = 65534


@contextmanager
def connected(
    family: socket.AddressFamily, host: str, reach: str | None = None
) -> Iterator[tuple[Ends, socket.socket]]:
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        listener.listen()
        client = socket.socket(socket.AF_INET6 if reach else family)
        client.connect((reach or host, listener.getsockname()[1]))
        server, peer = listener.accept()
        with client, server:
            yield (peer[:2], server.getsockname()[:2]), client


@pytest.mark.parametrize(
    ("family", "host", "reach"),
    [
        (socket.AF_INET, "127.0.0.1", None),
        (socket.AF_INET6, "::1", None),
        (socket.AF_INET, "127.0.0.1", "::ffff:127.0.0.1"),  # as programs with dual-stack sockets do
    ],
)
def test_our_own_connection_is_ours(family: socket.AddressFamily, host: str, reach: str | None) -> None:
    with connected(family, host, reach) as (ends, _):
        assert _linux_owner(*ends) == os.geteuid()
        assert is_same_user(*ends)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_s_connection_is_not_ours() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket.socket() as client:
            os.fchown(client.fileno(), NOBODY, NOBODY)  # a socket's owner in the table is that of its inode
            client.connect(listener.getsockname())
            server, peer = listener.accept()
            with server:
                assert _linux_owner(peer, server.getsockname()) == NOBODY
                assert not is_same_user(peer, server.getsockname())


def test_a_connection_that_is_gone_belongs_to_nobody() -> None:
    with connected(socket.AF_INET, "127.0.0.1") as (ends, client):
        client.close()
        assert not is_same_user(*ends)


def test_a_system_without_the_table_trusts_nobody(tmp_path: Path) -> None:
    assert _owner_in(tmp_path / "missing", "x", "y") is None
