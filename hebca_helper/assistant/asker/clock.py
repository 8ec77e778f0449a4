"""Time is handed in, never looked up, so that tests need not wait for it or patch it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The aware UTC time of day."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` gives the aware UTC time of day, `monotonic` seconds for measuring spans."""

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
