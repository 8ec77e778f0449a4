"""A stranger's web site: its pages are empty, and what they try is said by the test. No pytest in here."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KNOCK = """address => new Promise(tell => {
    const socket = new WebSocket(address);
    socket.onopen = () => { tell("open"); socket.close(); };
    socket.onerror = () => tell("blocked");
})"""
KNOCK_PATIENTLY = KNOCK.replace("const socket", "setTimeout(() => tell('waiting'), 45000); const socket")
"""For an answer that comes, on a busy machine too."""
KNOCK_BRIEFLY = KNOCK_PATIENTLY.replace("45000", "1500")
"""Where the browser asks the person, who does not answer."""
FETCH = "address => fetch(address, {mode: 'no-cors'}).then(() => 'open', () => 'blocked')"
STATE = "name => navigator.permissions.query({name}).then(status => status.state, String)"


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write("<!doctype html><title>办事网站</title><h1>办事网站</h1>".encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def web_site() -> Iterator[int]:
    """The port on 127.0.0.1 of a plain http site."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def own_etc(folder: Path) -> Path:
    """A copy of /etc under `folder`, which is then a root for `policy install`."""
    etc = folder / "etc"
    shutil.copytree("/etc", etc, symlinks=True, ignore_dangling_symlinks=True)
    return etc


def with_etc(etc: Path, *command: str) -> list[str]:
    """The command in a mount namespace of its own, where `etc` stands in the place of /etc. This computer's own /etc
    is not touched, and nothing is left when the command ends."""
    script = 'mount --bind "$1" /etc && shift && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", script, "sh", str(etc), *command]


def can_mount() -> bool:
    """Whether we may have a mount namespace here."""
    return subprocess.run(with_etc(Path("/etc"), "true"), check=False, capture_output=True).returncode == 0


def program(path: Path, *command: str) -> Path:
    """An executable that runs the command with further arguments: browsers are started by a path."""
    quoted = " ".join(f"'{word}'" for word in command)
    path.write_text(f'#!/bin/sh\nexec {quoted} "$@"\n', "utf-8")
    path.chmod(0o700)
    return path
