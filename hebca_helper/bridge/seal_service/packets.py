"""Documents in pieces: old pages cut the base64 of a PDF into packets and send them one by one (resources/protocol.md,
section 6). A page fetches a long result the same way with `isReceive`.

Choice: packets are numbered from 0 or from 1, whichever the first one has, those of the result likewise; they come in order.
"""

from __future__ import annotations

import binascii
from base64 import b64encode
from typing import TYPE_CHECKING

from hebca_helper.documents import require_size
from hebca_helper.errors import Code, HelperError

if TYPE_CHECKING:
    from hebca_helper.bridge.budget import Budget

PACKET = 10_240
"""Characters of one packet."""
_OCTETS = PACKET // 4 * 3
MOST_PACKETS = 100_000


class Incoming:
    """The packets of one document: one lies here at a time. As its holder it gives way to others (`bridge.budget`)."""

    def __init__(self, origin: str, budget: Budget) -> None:
        self.origin = origin
        self._budget = budget
        self._octets = bytearray()
        self._rest = ""
        """Characters that are no whole group of base64 yet."""
        self._taken = self._count = self._first = 0
        self._gave_way = False

    def take(self, count: int, index: int, piece: str) -> bytes | None:
        """The whole document with the last packet, None before.

        HelperError(BAD_REQUEST) for one out of order or that is no base64, TOO_LARGE, TOO_MANY for one that gave way.
        """
        try:
            return self._take(count, index, piece)
        except HelperError:
            self.forget()
            raise

    def _take(self, count: int, index: int, piece: str) -> bytes | None:
        if self._gave_way:
            self._gave_way = False
            raise HelperError(Code.TOO_MANY)
        if not self._taken:
            self._begin(count, index)
        if count != self._count or index != self._first + self._taken:
            raise HelperError(Code.BAD_REQUEST, "curPacketIndex")
        self._add(piece)
        self._taken += 1
        if self._taken < count:
            return None
        if self._rest.strip("="):
            raise HelperError(Code.BAD_REQUEST, "pdfB64")
        whole = bytes(self._octets)
        self.forget()
        return whole

    @property
    def first(self) -> int:
        """How the page numbers the first packet."""
        return self._first

    def forget(self) -> None:
        self._octets, self._rest, self._taken = bytearray(), "", 0
        self._budget.hold(self, 0)

    def give_way(self) -> None:
        self.forget()
        self._gave_way = True

    def _begin(self, count: int, index: int) -> None:
        if not 1 <= count <= MOST_PACKETS or index not in (0, 1):
            raise HelperError(Code.BAD_REQUEST, "subPacketCnt")
        self._count, self._first = count, index

    def _add(self, piece: str) -> None:
        text = self._rest + "".join(piece.split())  # some encoders break lines
        whole = len(text) - len(text) % 4
        if piece.strip() and self._rest.startswith("="):  # what is behind the padding
            raise HelperError(Code.BAD_REQUEST, "pdfB64")
        try:
            self._octets += binascii.a2b_base64(text[:whole], strict_mode=True)
        except (binascii.Error, ValueError):
            raise HelperError(Code.BAD_REQUEST, "pdfB64") from None
        require_size(len(self._octets))
        self._rest = "=" if text[:whole].endswith("=") else text[whole:]
        self._budget.hold(self, len(self._octets))


class Outgoing:
    """A result that the page may fetch in packets; the last one made stays until the next."""

    def __init__(self) -> None:
        self._octets = b""

    def keep(self, octets: bytes) -> int:
        """How many packets it makes."""
        self._octets = octets
        return self.count

    @property
    def count(self) -> int:
        return -(-len(self._octets) // _OCTETS)

    def piece(self, index: int, first: int = 0) -> str:
        """In base64. HelperError(BAD_REQUEST) where there is none of that number."""
        place = index - first
        if not 0 <= place < self.count:
            raise HelperError(Code.BAD_REQUEST, "curPacketIndex")
        return b64encode(self._octets[place * _OCTETS : (place + 1) * _OCTETS]).decode("ascii")
