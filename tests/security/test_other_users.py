"""Another user of this computer connects with a program of their own, and a page's origin in it (design, rule 1)."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.security.conftest import PORTAL, Guarded
from tests.security.wire import request, status_of, usual_headers

NOBODY = "65534"
CLIENT = """
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), 60)
connection.sendall(sys.stdin.buffer.read())
sys.stdout.buffer.write(connection.recv(4096))
"""
pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can become somebody else"
)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_another_user_s_program_is_refused_and_our_own_is_not(through: Guarded, address: str) -> None:
    asked = request(usual_headers(f"localhost:{through.port}", PORTAL))
    become = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
    for prefix, status in ((become, 403), ([], 101)):
        client = [*prefix, "/usr/bin/python3", "-c", CLIENT, address, str(through.port)]
        answer = subprocess.run(client, input=asked, capture_output=True, timeout=90, check=True, cwd="/").stdout
        assert status_of(answer) == status
    assert b"hebca" not in answer.lower()


def test_another_user_cannot_read_what_the_service_keeps(running: Guarded) -> None:
    for path in running.home.rglob("*"):
        if path.is_file() and path.name not in ("settings.toml", "origins.toml", "stderr.log"):  # those the test wrote
            assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0, path
