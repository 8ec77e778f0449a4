"""Memory for what pages send, over all connections of all services. Security core: 100 % branches.

A page that the person let in may send large messages, and several at a time may be under way; whoever holds most gives way
when they are too much together, so that nobody else is turned away for them.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from contextlib import suppress
from functools import cached_property
from typing import Protocol

from hebca_helper.documents import LARGEST_FILE

LARGEST_OF_STRANGER = 64 * 1024
"""Octets of a message of a page that was not let in yet, and of all its messages that wait."""
STRANGERS_PER_ORIGIN = 16
"""Connections of one origin that were not let in yet."""
_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of glibc's malloc.h."""
_LARGE = 1024 * 1024
_AT_A_TIME, _DOCUMENTS_AT_A_TIME = 4, 2
"""Largest messages, and whole documents, that may be in memory together."""
LARGEST_DOCUMENT = LARGEST_FILE * 4 // 3 + LARGEST_OF_STRANGER
"""Octets of a document in base64, with what stands beside it."""


def give_large_memory_back() -> None:
    """What is large goes back to the system when it is free: glibc would raise its bound to the largest that ever was freed,
    and keep 150 MiB after a few large messages (mallopt(3))."""
    with suppress(AttributeError, OSError, TypeError):  # another C library has no such thing
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)


class Holder(Protocol):
    """Somebody who sends; `give_way` ends what it is sending, and it holds nothing from then on."""

    origin: str

    def give_way(self) -> None: ...


class Budget:
    """`largest` is the largest message in octets, as the settings have it."""

    def __init__(self, largest: int, at_a_time: int = _AT_A_TIME) -> None:
        self.largest = largest
        self._at_a_time = at_a_time
        self._held: dict[Holder, int] = {}
        self._sum = 0

    @cached_property
    def documents(self) -> Budget:
        """For bodies and packets that are whole documents, beside the messages."""
        return Budget(LARGEST_DOCUMENT, _DOCUMENTS_AT_A_TIME)

    def hold(self, holder: Holder, octets: int) -> None:
        """`holder` has this much in memory now."""
        self._sum += octets - self._held.pop(holder, 0)
        if octets:
            self._held[holder] = octets
        while self._sum > self._at_a_time * self.largest:
            heaviest = self._heaviest()
            self._sum -= self._held.pop(heaviest)
            heaviest.give_way()

    def _heaviest(self) -> Holder:
        """The largest of the origin that holds most: many connections gain nothing."""
        by_origin: Counter[str] = Counter()
        for holder, octets in self._held.items():
            by_origin[holder.origin] += octets
        return max(self._held, key=lambda holder: (by_origin[holder.origin], self._held[holder]))
