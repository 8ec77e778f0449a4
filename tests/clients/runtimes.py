"""Where an old page's client runs: Node, and a page in a real Chromium served from a loopback origin."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page, sync_playwright

from tests.bridge.node import NODE

CLIENT = Path(__file__).with_name("old_client.js")
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                    "--disable-background-networking", "--disable-component-update"]  # fmt: skip
Answers = list[tuple[str, Any]]


class Runtime(Protocol):
    """`origin` is who asks; `run` does one errand of old_client.js and gives [function, answer] for each call."""

    origin: str

    def run(self, url: str, errand: str, given: dict[str, str]) -> Answers: ...


class Node:
    origin = "https://portal.example"

    def run(self, url: str, errand: str, given: dict[str, str]) -> Answers:
        done = subprocess.run(
            [NODE, str(CLIENT), url, self.origin],
            input=json.dumps({"name": errand, "given": given}),
            env={"PATH": os.environ.get("PATH", ""), "NODE_PATH": "/usr/share/nodejs"},
            capture_output=True, text=True, encoding="utf-8", timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found: Answers = json.loads(done.stdout)
        return found


class Chromium:
    def __init__(self, page: Page, origin: str) -> None:
        self._page = page
        self.origin = origin

    def run(self, url: str, errand: str, given: dict[str, str]) -> Answers:
        self._page.goto(self.origin)
        script = "([url, errand]) => runErrand(url, errand, url => new WebSocket(url))"
        found: Answers = self._page.evaluate(script, [url, {"name": errand, "given": given}])
        return found


class _Portal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><meta charset=utf-8><title>portal</title><script>" + CLIENT.read_bytes() + b"</script>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""


@contextmanager
def node() -> Iterator[Runtime]:
    yield Node()


@contextmanager
def chromium() -> Iterator[Runtime]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Portal) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_OPTIONS)
                yield Chromium(browser.new_page(), f"http://localhost:{server.server_port}")
                browser.close()
        finally:
            server.shutdown()
            thread.join()
