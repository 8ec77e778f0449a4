"""The web server of the HTTPS API with an application that does nothing: what a call costs before anything is done."""

from __future__ import annotations

import asyncio
import json
import signal
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from hebca_helper.bridge.https.application import Application
from hebca_helper.bridge.https.doorway import LazyDoorway
from hebca_helper.bridge.https.flights import Flights
from hebca_helper.bridge.https.server import Server, tls_context
from hebca_helper.bridge.identity.identity import load_or_make
from hebca_helper.bridge.listening import listen
from hebca_helper.settings import Settings


class Echo:
    """Every request is answered with its own body."""

    def __init__(self) -> None:
        self.flights = Flights()
        self.connected = int

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"] or b"{}"
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def main() -> None:
    """Prints {"https": URL} and serves until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with tempfile.TemporaryDirectory() as folder:
        tls = tls_context(load_or_make(Path(folder), datetime.now(UTC)))
        doorway = LazyDoorway(lambda: Server(cast(Application, Echo()), tls, Settings))
        await doorway.open(listen(0))
        print(json.dumps({"https": f"https://localhost:{doorway.port}"}), flush=True)
        await stop.wait()
        await doorway.close()


if __name__ == "__main__":
    asyncio.run(main())
