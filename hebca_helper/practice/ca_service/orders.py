"""Orders: what somebody asked for at the counter, outside the protocol. A reset without one is refused."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(minutes=10)
MOST = 1000
"""Orders kept at the same time; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class _Order:
    certificate: str
    until: datetime


class OrderBook:
    """Each order is for one certificate, by its serial in lower-case hex, for one use, for LIFETIME."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._orders: dict[str, _Order] = {}

    def place(self, certificate: str) -> str:
        """The order's name: 128 random bits in hex."""
        while len(self._orders) >= MOST:
            del self._orders[next(iter(self._orders))]
        name = secrets.token_hex(16)
        self._orders[name] = _Order(certificate, self._clock() + LIFETIME)
        return name

    def redeem(self, name: str, certificate: str) -> bool:
        """Use the order up. False when there is none (any more), or it is for another certificate; that one it keeps."""
        order = self._orders.get(name)
        if order is None or order.certificate != certificate:
            return False
        del self._orders[name]
        return self._clock() < order.until
