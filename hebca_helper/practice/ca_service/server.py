"""The practice CA's online service as a running server, on an origin of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.practice.announcement import CA
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.ca_service.application import ONLINE, CaCounter, application
from hebca_helper.practice.ca_service.desk import Desk
from hebca_helper.practice.ca_service.orders import OrderBook
from hebca_helper.practice.ca_service.seal import AnswerSeal
from hebca_helper.practice.record import ca_folder
from hebca_helper.practice.serving import DEFAULT_CERTIFICATE_PORT, LoopbackServer

DEFAULT_PORT = 17281


class CaService:
    """`start`, `stop`, and between them `origin`.

    While it runs, `<home>/practice/ca.json` tells the assistant its origin and process.
    """

    def __init__(
        self,
        home: Path,
        port: int = DEFAULT_PORT,
        certificate_port: int = DEFAULT_CERTIFICATE_PORT,
        clock: Callable[[], datetime] = utc_now,
        *,
        others: bool = False,
    ) -> None:
        self._home = home
        self._certificate_port = certificate_port
        self._clock = clock
        self._server = LoopbackServer(home, CA, port, others=others)

    @property
    def origin(self) -> str:
        """`http://localhost:PORT`"""
        return self._server.origin

    @property
    def urls(self) -> dict[str, str]:
        """What `practice ca` prints when it listens."""
        places = {"orders": "/orders", "online": ONLINE, "crl": "/crl", "certificates": "/ca"}
        return {"ca": f"{self.origin}/"} | {name: self.origin + path for name, path in places.items()}

    async def start(self) -> None:
        """Listen. HelperError: PORT_TAKEN, PRACTICE_MISSING before `practice init`, FILE_UNREADABLE."""
        self._server.listen()
        try:
            counter = await asyncio.to_thread(self._counter)
        except BaseException:
            self._server.close()
            raise
        await self._server.serve(application(counter))

    async def stop(self) -> None:
        """Harmless when not started."""
        await self._server.stop()

    def _counter(self) -> CaCounter:
        ca = PracticeCa.load(ca_folder(self._home), self._clock)
        orders = OrderBook(self._clock)
        desk = Desk(self._home, ca, orders, self._clock)
        seal = AnswerSeal(ca, self._clock())
        return CaCounter(ca, desk, orders, seal, self._certificate_port, self._clock, lambda: self.origin)
