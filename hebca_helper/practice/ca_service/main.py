"""`practice ca`: the practice CA's online service until somebody says stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from hebca_helper.practice.ca_service.server import DEFAULT_PORT, CaService

__all__ = ["DEFAULT_PORT", "ca_main"]


async def ca_main(
    home: Path,
    port: int,
    certificate_port: int,
    ready: Callable[[dict[str, str]], None],
    stop: asyncio.Event,
    *,
    others: bool = False,
) -> None:
    """Run the service until `stop` is set; `ready` gets its URLs when it listens. `others`: other users of this
    computer may use it."""
    service = CaService(home, port, certificate_port, others=others)
    await service.start()
    try:
        ready(service.urls)
        await stop.wait()
    finally:
        await service.stop()
