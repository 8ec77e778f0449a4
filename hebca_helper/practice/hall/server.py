"""The practice hall as a running server, on an origin of its own."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import uvicorn

from hebca_helper.bridge.listening import listen
from hebca_helper.practice.ca import utc_now
from hebca_helper.practice.hall.application import application
from hebca_helper.practice.hall.quiet import QuietServer
from hebca_helper.practice.hall.services import Services, build
from hebca_helper.practice.record import practice_folder
from hebca_helper.settings import write_atomically

DEFAULT_PORT = 17280
DEFAULT_CERTIFICATE_PORT = 17212
GRACE = 2
"""Seconds that open connections get when the hall stops."""


class Hall:
    """`start`, `stop`, and between them `origin`.

    While it runs, `<home>/practice/hall.json` tells the assistant its origin and process:
    `{"origins": ["http://localhost:17280"], "pid": 4711}`.
    """

    def __init__(
        self,
        home: Path,
        port: int = DEFAULT_PORT,
        certificate_port: int = DEFAULT_CERTIFICATE_PORT,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._home = home
        self._port = port
        self._certificate_port = certificate_port
        self._clock = clock
        self._services: Services | None = None
        self._server: QuietServer | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def origin(self) -> str:
        """`http://localhost:PORT`"""
        return f"http://localhost:{self._port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/"

    @property
    def urls(self) -> dict[str, str]:
        """What `practice hall` prints when it listens; `problem` only when a damaged database was set aside."""
        urls = {"hall": self.url, "phone": f"{self.origin}/phone", "help": f"{self.origin}/help"}
        problem = self.services.problem
        return urls | ({"problem": str(problem)} if problem else {})

    @property
    def services(self) -> Services:
        assert self._services is not None, "the hall is not started"  # noqa: S101 a programming error
        return self._services

    async def start(self) -> None:
        """Listen. HelperError(PORT_TAKEN) when another program has the port."""
        sockets = listen(self._port)
        self._port = sockets[0].getsockname()[1]
        try:
            self._services = build(self._home, self._certificate_port, self._clock)
        except BaseException:
            for place in sockets:
                place.close()
            raise
        config = uvicorn.Config(
            application(self._services, lambda: self.origin),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = QuietServer(config)
        self._running = asyncio.create_task(self._server.serve(sockets))
        await self._server.listening.wait()
        await asyncio.to_thread(self._announce)

    async def stop(self) -> None:
        """End the server, take the announcement back, close the database. Harmless when not started."""
        if self._server is None or self._running is None or self._services is None:
            return
        self._withdraw()
        self._server.should_exit = True
        await self._running
        self._services.store.close()
        self._server = self._running = self._services = None

    @property
    def _announcement(self) -> Path:
        return practice_folder(self._home) / "hall.json"

    def _announce(self) -> None:
        content = {"origins": [self.origin], "pid": os.getpid()}
        write_atomically(self._announcement, json.dumps(content).encode())

    def _withdraw(self) -> None:
        """Only our own: a second hall of this home may have written its own since."""
        try:
            if json.loads(self._announcement.read_text("utf-8")).get("origins") == [self.origin]:
                self._announcement.unlink()
        except (OSError, ValueError):
            return
