"""A uvicorn server that lives inside our own loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp


def quiet_config(application: ASGIApp, **further: Any) -> uvicorn.Config:
    """What all our servers have in common: nothing is logged, told about us or started beside the application."""
    return uvicorn.Config(
        application, lifespan="off", log_config=None, access_log=False, server_header=False, **further
    )


class QuietServer(uvicorn.Server):
    """Leaves signals to whoever owns the process, and tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
