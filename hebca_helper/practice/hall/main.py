"""`practice hall`: a hall until somebody says stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from hebca_helper.practice.hall.server import DEFAULT_PORT, Hall
from hebca_helper.practice.serving import AssistantPorts

__all__ = ["DEFAULT_PORT", "hall_main"]


async def hall_main(
    home: Path,
    port: int,
    ports: AssistantPorts,
    ready: Callable[[dict[str, str]], None],
    stop: asyncio.Event,
    *,
    others: bool = False,
) -> None:
    """Run a hall until `stop` is set; `ready` gets its URLs when it listens. `others`: other users of this computer
    may visit it."""
    hall = Hall(home, port, ports, others=others)
    await hall.start()
    try:
        ready(hall.urls)
        await stop.wait()
    finally:
        await hall.stop()
