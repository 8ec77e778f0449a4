"""A CA's list and responder on loopback, for certificates that name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

Answer = Callable[[bytes], bytes]


class Services:
    """`answers`: what is said to a request for a path, from its body; a path that is not there is 404."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []


@contextmanager
def services() -> Iterator[Services]:
    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            made.asked.append(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = made.answers.get(self.path)
            if answer is None:
                self.send_error(404)
                return
            content = answer(body)
            if content.startswith(b"Location: "):
                self.send_response(302)
                self.send_header("Location", content.removeprefix(b"Location: ").decode())
                content = b""
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def log_message(self, *_: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Services(server.server_port)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
