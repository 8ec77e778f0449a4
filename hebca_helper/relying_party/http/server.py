"""Runs the service on loopback until the process is asked to end."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from hebca_helper.errors import Code, HelperError
from hebca_helper.peer import SameUserOnly

DEFAULT_PORT = 17290
GRACE = 2
"""Seconds that open requests get at the end."""


def run(application: ASGIApp, port: int, listening: Callable[[str], object], *, others: bool = False) -> None:
    """Blocks until SIGINT or SIGTERM; `listening` gets the URL. Port 0 takes any. Other users of this computer are refused
    unless `others` may come in. HelperError(PORT_TAKEN)."""
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as problem:
        raise HelperError(Code.PORT_TAKEN, f"{port}: {os.strerror(problem.errno or 0)}") from None
    listening(f"http://127.0.0.1:{listener.getsockname()[1]}")
    config = uvicorn.Config(
        application if others else SameUserOnly(application),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    uvicorn.Server(config).run([listener])
