"""Another user of this computer connects with a program of their own, and a page's origin in it (house rule 1)."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hebca_helper.errors import Code
from hebca_helper.places import HOME_VARIABLE
from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import PORTAL, Guarded
from tests.security.wire import request, status_of, usual_headers

NOBODY = "65534"
BECOME = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
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
    for prefix, status in ((BECOME, 403), ([], 101)):
        client = [*prefix, "/usr/bin/python3", "-c", CLIENT, address, str(through.port)]
        answer = subprocess.run(client, input=asked, capture_output=True, timeout=90, check=True, cwd="/").stdout
        assert status_of(answer) == status
    assert b"hebca" not in answer.lower()


def test_another_user_cannot_read_what_the_service_keeps(running: Guarded) -> None:
    for path in running.home.rglob("*"):
        if path.is_file() and path.name not in ("settings.toml", "origins.toml", "stderr.log"):  # those the test wrote
            assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0, path


@contextmanager
def program(home: Path, *words: str) -> Iterator[str]:
    """A service of this home in a process of its own; the URL it prints first."""
    command = [sys.executable, "-m", "hebca_helper", *words, "--port", "0"]
    environment = {**os.environ, HOME_VARIABLE: str(home)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            yield str(next(iter(json.loads(process.stdout.readline()).values())))
        finally:
            process.send_signal(signal.SIGTERM)


RELYING = ("relying-party", "--origin", PORTAL, "--ocsp", "--trusted", "practice/ca/root.cer")


@pytest.mark.parametrize("words", [("practice", "hall"), ("practice", "ca"), RELYING], ids=["hall", "ca", "portal"])
def test_another_user_uses_no_service_beside_the_browser_s_unless_a_flag_says_so(
    home: Path, words: tuple[str, ...]
) -> None:
    put_practice_usbkey(home)
    words = tuple(str(home / word) if word.endswith(".cer") else word for word in words)
    for flags, status in (((), 403), (("--allow-other-users",), 0)):
        with program(home, *words, *flags) as url:
            place = urlsplit(url)
            host = f"localhost:{place.port}"
            asked = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
            told = {}
            for who in (BECOME, []):
                client = [*who, "/usr/bin/python3", "-c", CLIENT, "127.0.0.1", str(place.port)]
                answer = subprocess.run(client, input=asked, capture_output=True, timeout=90, check=True, cwd="/")
                told[bool(who)] = status_of(answer.stdout)
            assert told[False] != 403
            assert told[True] == (status or told[False])


def test_a_home_of_somebody_else_or_of_everybody_is_told_and_left_alone(home: Path) -> None:
    command = [sys.executable, "-m", "hebca_helper", "tokens"]
    for owner, mode in ((int(NOBODY), 0o700), (0, 0o1777)):
        os.chown(home, owner, -1)
        home.chmod(mode)
        told = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
        assert told.returncode == 1
        assert Code.FILE_UNREADABLE in told.stderr
        assert home.stat().st_mode & 0o7777 == mode
        assert list(home.iterdir()) == []
