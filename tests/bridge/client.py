"""A page's side of a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect

from hebca_helper.bridge.service import CertificateService
from tests.bridge.standin import ORIGIN

MIB = 1024 * 1024
PATIENCE = 60
"""Seconds until which what must happen has happened, on a busy machine too."""


@asynccontextmanager
async def page(
    service: CertificateService, host: str = "localhost", **options: object
) -> AsyncIterator[ClientConnection]:
    settings: dict[str, object] = {"origin": ORIGIN, "compression": None, "max_size": None, "proxy": None}
    settings |= {"ping_interval": None, "open_timeout": PATIENCE} | options
    async with connect(f"ws://{host}:{service.port}/test", **settings) as opened:  # type: ignore[arg-type]
        yield opened


async def ask(opened: ClientConnection, frame: str) -> dict[str, object]:
    await opened.send(frame)
    reply = await opened.recv()
    assert isinstance(reply, str)
    found: dict[str, object] = json.loads(reply.split("|")[2])
    return found


async def upgrade(port: int, *lines: str, host: str = "127.0.0.1") -> bytes:
    """The answer to a hand-written upgrade request."""
    reader, writer = await asyncio.open_connection(host, port)
    request = "\r\n".join(["GET /test HTTP/1.1", *lines, "", ""])
    writer.write(request.encode("latin-1"))
    answer = await asyncio.wait_for(reader.read(2000), PATIENCE)
    writer.close()
    await writer.wait_closed()
    return answer


def headers(port: int, host: str = "", origin: str = ORIGIN) -> list[str]:
    return [f"Host: {host or f'localhost:{port}'}", f"Origin: {origin}", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]  # fmt: skip


async def open_by_hand(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket after the upgrade, on which a test can misbehave."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write("\r\n".join(["GET /test HTTP/1.1", *headers(port), "", ""]).encode())
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


def masked(text: str) -> bytes:
    """A short text frame as a client sends it (RFC 6455, section 5.2), with a mask of zeros."""
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text.encode()
