"""The practice hall as a running server, on an origin of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.practice.announcement import HALL
from hebca_helper.practice.hall.application import application
from hebca_helper.practice.hall.services import Services, build
from hebca_helper.practice.serving import AssistantPorts, LoopbackServer

DEFAULT_PORT = 17280


class Hall:
    """`start`, `stop`, and between them `origin`.

    While it runs, `<home>/practice/hall.json` tells the assistant its origin and process.
    """

    def __init__(
        self,
        home: Path,
        port: int = DEFAULT_PORT,
        ports: AssistantPorts | None = None,
        clock: Callable[[], datetime] = utc_now,
        *,
        others: bool = False,
    ) -> None:
        self._home = home
        self._ports = ports or AssistantPorts()
        self._clock = clock
        self._services: Services | None = None
        self._server = LoopbackServer(home, HALL, port, others=others)

    @property
    def origin(self) -> str:
        """`http://localhost:PORT`"""
        return self._server.origin

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

    def use_ports(self, ports: AssistantPorts) -> None:
        """The assistant's services moved: pages loaded from now on look for them there."""
        self._ports = ports

    async def start(self) -> None:
        """Listen. HelperError(PORT_TAKEN) when another program has the port."""
        self._server.listen()
        try:
            self._services = build(self._home, lambda: self._ports, self._clock, lambda: self.origin)
        except BaseException:
            self._server.close()
            raise
        await self._server.serve(application(self._services, lambda: self.origin))

    async def stop(self) -> None:
        """End the server, take the announcement back, close the database. Harmless when not started."""
        if self._services is None:
            return
        await self._server.stop()
        self._services.store.close()
        self._services = None
