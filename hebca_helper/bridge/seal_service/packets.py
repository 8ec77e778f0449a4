"""Documents in pieces: old pages cut the base64 of a PDF into packets and send them one by one (resources/protocol.md,
section 6). A page fetches a long result the same way with `isReceive`.

Choice: packets are numbered from 0 or from 1, whichever the first one has, those of the result likewise; they come in order.
"""

from __future__ import annotations

from hebca_helper.errors import Code, HelperError

PACKET = 10_240
"""Characters of one packet."""
MOST_PACKETS = 100_000


class Incoming:
    """The packets of one document. `largest` in characters: one document lies here at a time."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._pieces: list[str] = []
        self._size = 0
        self._count = 0
        self._first = 0

    def take(self, count: int, index: int, piece: str) -> str | None:
        """The whole text with the last packet, None before. HelperError(BAD_REQUEST) for one out of order, TOO_LARGE."""
        if not self._pieces:
            self._begin(count, index)
        if count != self._count or index != self._first + len(self._pieces):
            self.forget()
            raise HelperError(Code.BAD_REQUEST, "curPacketIndex")
        self._size += len(piece)
        if self._size > self._largest:
            self.forget()
            raise HelperError(Code.TOO_LARGE)
        self._pieces.append(piece)
        if len(self._pieces) < count:
            return None
        whole = "".join(self._pieces)
        self.forget()
        return whole

    @property
    def first(self) -> int:
        """How the page numbers the first packet."""
        return self._first

    def forget(self) -> None:
        self._pieces, self._size = [], 0

    def _begin(self, count: int, index: int) -> None:
        if not 1 <= count <= MOST_PACKETS or index not in (0, 1):
            raise HelperError(Code.BAD_REQUEST, "subPacketCnt")
        self._count, self._first = count, index


class Outgoing:
    """A result that the page may fetch in packets; the last one made stays until the next."""

    def __init__(self) -> None:
        self._text = ""

    def keep(self, text: str) -> int:
        """How many packets it makes."""
        self._text = text
        return self.count

    @property
    def count(self) -> int:
        return -(-len(self._text) // PACKET)

    def piece(self, index: int, first: int = 0) -> str:
        """HelperError(BAD_REQUEST) where there is none of that number."""
        place = index - first
        if not 0 <= place < self.count:
            raise HelperError(Code.BAD_REQUEST, "curPacketIndex")
        return self._text[place * PACKET : (place + 1) * PACKET]
