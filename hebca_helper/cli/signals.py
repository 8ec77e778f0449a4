"""Ending cleanly: SIGTERM and Ctrl-C set an event instead of tearing the loop down."""

from __future__ import annotations

import asyncio
import signal


def stop_event() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set, on the running loop."""
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, event.set)
        except NotImplementedError:  # Windows: no loop signals
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(event.set))
    return event
