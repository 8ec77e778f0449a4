"""A page's socket by hand: what no browser and no library would send."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from typing import Any, Self

LIMIT = 16 * 1024 * 1024
"""Bytes of a frame that the service takes (settings.largest_frame)."""
TEXT, CONTINUATION, CLOSE, PING = 0x1, 0x0, 0x8, 0x9
FINAL = 0x80
SECONDS = 60
"""For anything to arrive: only a deadline, far beyond what a busy machine needs."""
_KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def request(headers: Sequence[tuple[str, str]], path: str = "/test") -> bytes:
    """An upgrade request (RFC 6455, section 4.1) with these headers and no others."""
    return "\r\n".join([f"GET {path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers), "", ""]).encode()


def usual_headers(host: str | None, origin: str | None) -> list[tuple[str, str]]:
    """What a browser sends; None leaves the header out."""
    named = [("Host", host), ("Origin", origin)]
    return [(name, text) for name, text in named if text is not None] + [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", _KEY),
        ("Sec-WebSocket-Version", "13"),
    ]


def answer_to(port: int, headers: Sequence[tuple[str, str]], path: str = "/test") -> bytes:
    """What comes back for an upgrade request, up to the end of its head or of the connection."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(request(headers, path))
        return _until(connection, b"\r\n\r\n") + _rest_of_refusal(connection)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def header(flags: int, size: int) -> bytes:
    """The head of a client's frame with a mask of zeros (RFC 6455, section 5.2); `size` is what it claims."""
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 1 << 16:
        length = bytes([0x80 | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + size.to_bytes(8, "big")
    return bytes([flags]) + length + bytes(4)


def frame(text: str) -> bytes:
    content = text.encode()
    return header(FINAL | TEXT, len(content)) + content


class Wire:
    """A socket after its upgrade."""

    def __init__(self, port: int, origin: str, seconds: float = SECONDS) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), seconds)
        self.socket.sendall(request(usual_headers(f"localhost:{port}", origin)))
        head = _until(self.socket, b"\r\n\r\n")
        assert status_of(head) == 101, head

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """False when the other side has hung up."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def ask(self, call: str) -> dict[str, Any]:
        self.send(frame(call))
        found: dict[str, Any] = json.loads(self.receive()[1].split(b"|")[2])
        return found

    def receive(self) -> tuple[int, bytes]:
        """Opcode and content of the next frame; (0, b"") at the end of the connection."""
        try:
            flags, size = self._exactly(2)
            if size == 126:
                size = int.from_bytes(self._exactly(2), "big")
            elif size == 127:
                size = int.from_bytes(self._exactly(8), "big")
            return flags & 0x0F, self._exactly(size)
        except (EOFError, ConnectionResetError):
            return 0, b""

    def close_code(self) -> int:
        """The code of the close frame that comes next, 0 when the connection just ends."""
        opcode, content = self.receive()
        return int.from_bytes(content[:2], "big") if opcode == CLOSE else 0

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)


def _until(connection: socket.socket, end: bytes) -> bytes:
    data = b""
    while end not in data:
        part = connection.recv(1)
        if not part:
            break
        data += part
    return data


def _rest_of_refusal(connection: socket.socket) -> bytes:
    """The body of an answer that is no upgrade: the service closes after it."""
    connection.settimeout(0.2)
    data = b""
    try:
        while part := connection.recv(4096):
            data += part
    except TimeoutError:
        pass
    return data
