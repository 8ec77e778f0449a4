"""A bare WebSocket server that sends every frame back: what a frame costs when nothing is done with it."""

from __future__ import annotations

import asyncio
import json
import signal
from contextlib import suppress

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

LARGEST = 64 * 1024 * 1024


async def echo(page: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        async for frame in page:
            await page.send(frame)


async def main() -> None:
    """Prints {"echo": URL} and serves until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with serve(echo, "127.0.0.1", 0, compression=None, max_size=LARGEST) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        print(json.dumps({"echo": f"ws://127.0.0.1:{port}"}), flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
