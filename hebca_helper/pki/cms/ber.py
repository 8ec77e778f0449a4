"""Walks a BER message (ITU-T X.690) in a file that can seek, without holding its content.

Senders of large messages use indefinite lengths and strings in pieces; asn1crypto wants the whole message in memory.
This reader finds the content, and hands the small parts over with definite lengths. It raises `ValueError` on octets
it cannot read, and its work is bounded by the size of the message.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

OCTET_STRING, SEQUENCE, SET = 0x04, 0x30, 0x31
CONSTRUCTED = 0x20
END_OF_CONTENTS = b"\0\0"

DEEPEST = 32
"""Levels of nesting; a certificate in a signed message has about 12."""
LARGEST_PART = 1024 * 1024
"""Octets of a part that is held in memory, such as all certificates of a message."""
FREE_PIECES, SMALLEST_PIECE = 4096, 64
"""A string may have this many pieces, and more of them when they have this many octets on average: senders cut at
1 KiB or more, and millions of empty pieces would only cost time."""
MOST_LINE_ENDS = 16
"""Octets."""
CHUNK = 256 * 1024
"""Octets of content held at a time."""


class Header(NamedTuple):
    """Identifier octet, length (None when indefinite), where the element starts, and where its contents start."""

    tag: int
    length: int | None
    start: int
    body: int

    @property
    def constructed(self) -> bool:
        return bool(self.tag & CONSTRUCTED)


class Piece(NamedTuple):
    """Octets of content: where, and how many."""

    start: int
    length: int


def length_octets(length: int) -> bytes:
    """DER length (X.690, 10.1)."""
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def header(tag: int, length: int) -> bytes:
    """Identifier and length of an element whose contents follow elsewhere."""
    return bytes([tag]) + length_octets(length)


def element(tag: int, *contents: bytes) -> bytes:
    """A whole DER element."""
    joined = b"".join(contents)
    return header(tag, len(joined)) + joined


def whole(data: bytes, padding: bytes = b"\0") -> bytes:
    """The element that `data` begins with; octets of `padding` may follow it, as in room left for a signature. ValueError."""
    reader = Reader(io.BytesIO(data), len(data))
    reader.skip()
    if data[reader.here :].strip(padding):
        raise ValueError("something follows the message")
    return data[: reader.here]


def definite(data: bytes) -> bytes:
    """`whole`, its lengths definite and its strings in one piece at every depth; what was so stays octet for octet."""
    own = whole(data)
    return Reader(io.BytesIO(own), len(own)).part(limit=len(own))


class Reader:
    """Goes through one message from `offset`. Elements are entered and left like rooms; `more` says whether the room
    the reader is in has another element."""

    def __init__(self, source: BinaryIO, size: int, offset: int = 0) -> None:
        self._source = source
        self._ends: list[int | None] = []
        self._limits = [size]
        self._here = offset
        source.seek(offset)

    @property
    def here(self) -> int:
        """Offset of the next element."""
        return self._here

    # --- rooms

    def more(self) -> bool:
        """Whether another element follows in the element entered last; when not, the reader has left that element."""
        end = self._ends[-1]
        if end is not None and self._here < end:
            return True
        if end is None and self._octets_ahead() != END_OF_CONTENTS:
            return True
        if end is None:
            self._go(self._here + len(END_OF_CONTENTS))
        self._ends.pop()
        self._limits.pop()
        return False

    def enter(self, *tags: int) -> Header:
        """Go into the next element, which must be constructed and carry one of `tags`."""
        found = self.next(*tags)
        if not found.constructed:
            raise ValueError("a constructed element is expected")
        self._descend(found)
        return found

    def leave(self) -> None:
        """Out of the element entered last, which must be at its end."""
        if self.more():
            raise ValueError("more elements than expected")

    def finish(self) -> None:
        """The message must end here; a few line ends may follow, as editors and shells add them."""
        left = self._limits[0] - self._here
        self._go(self._here)
        if left > MOST_LINE_ENDS or self._source.read(left).strip(b"\r\n"):
            raise ValueError("octets after the message")

    def next_tag(self) -> int:
        """The identifier octet of the next element, which stays the next."""
        ahead = self._octets_ahead()
        return ahead[0] if ahead else -1

    # --- elements

    def next(self, *tags: int) -> Header:
        """The header of the next element; the reader stands at its contents. Any tag when none is named."""
        start = self._here
        tag, first = self._take(2)
        if tag & 0x1F == 0x1F or tag == 0 or (tags and tag not in tags):
            raise ValueError(f"tag 0x{tag:02x} is not expected here")
        length = self._length(first)
        if length is None and not tag & CONSTRUCTED:
            raise ValueError("indefinite length of a primitive element")
        if length is not None and self._here + length > self._limits[-1]:
            raise ValueError("element longer than what holds it")
        return Header(tag, length, start, self._here)

    def part(self, *tags: int, limit: int = LARGEST_PART) -> bytes:
        """The next element whole, all its lengths definite and its strings in one piece; octets as they are otherwise."""
        return self._part(self.next(*tags), self._here + limit)[0]

    def skip(self) -> None:
        """Pass over the next element."""
        found = self.next()
        if found.length is not None:
            self._go(found.body + found.length)
            return
        depth = len(self._ends)
        self._descend(found)
        while len(self._ends) > depth:
            if self.more():
                inner = self.next()
                if inner.length is None:
                    self._descend(inner)
                else:
                    self._go(inner.body + inner.length)

    def pieces(self, primitive: int) -> Iterator[Piece]:
        """Where the octets of the next element are: a string with tag `primitive`, or in pieces (X.690, 8.7.3)."""
        found = self.next(primitive, primitive | CONSTRUCTED)
        if found.length is not None and not found.constructed:
            self._go(found.body + found.length)
            yield Piece(found.body, found.length)
            return
        depth, count, total = len(self._ends), 0, 0
        self._descend(found)
        while len(self._ends) > depth:
            if not self.more():
                continue
            inner = self.next(OCTET_STRING, OCTET_STRING | CONSTRUCTED)
            count += 1
            total += 0 if inner.constructed else inner.length or 0
            if count > FREE_PIECES + total // SMALLEST_PIECE:
                raise ValueError("string in too many pieces")
            if inner.constructed:
                self._descend(inner)
                continue
            self._go(inner.body + (inner.length or 0))
            yield Piece(inner.body, inner.length or 0)

    def octets(self, primitive: int) -> Iterator[bytes]:
        """The contents of the next element, which `pieces` describes, at most CHUNK octets at a time."""
        for piece in self.pieces(primitive):
            self._source.seek(piece.start)
            missing = piece.length
            while missing:
                octets = self._source.read(min(missing, CHUNK))
                if not octets:
                    raise ValueError("message cut short")
                missing -= len(octets)
                yield octets
            self._source.seek(self._here)

    # --- inside

    def _part(self, found: Header, limit: int) -> tuple[bytes, bool]:
        """The element, and whether it differs from what was sent."""
        if self._here + (found.length or 0) > limit:
            raise ValueError("part too large")
        if not found.constructed:
            self._go(found.body + (found.length or 0))
            return self._sent(found), False
        self._descend(found)
        parts, changed = [], found.length is None
        while self.more():
            inner, differs = self._part(self.next(), limit)
            parts.append(inner)
            changed |= differs
        if found.tag == OCTET_STRING | CONSTRUCTED:
            return element(OCTET_STRING, *map(_string_octets, parts)), True
        return (element(found.tag, *parts), True) if changed else (self._sent(found), False)

    def _sent(self, found: Header) -> bytes:
        """The octets of the element just passed, as they are: a certificate's signature is over them."""
        self._source.seek(found.start)
        octets = self._source.read(self._here - found.start)
        if len(octets) != self._here - found.start:
            raise ValueError("message cut short")
        return octets

    def _descend(self, found: Header) -> None:
        if len(self._ends) >= DEEPEST:
            raise ValueError("nested too deeply")
        end = None if found.length is None else found.body + found.length
        self._ends.append(end)
        self._limits.append(self._limits[-1] if end is None else end)

    def _length(self, first: int) -> int | None:
        if first == 0x80:
            return None
        if not first & 0x80:
            return first
        size = first & 0x7F
        if size > 8:
            raise ValueError("unusable length")
        return int.from_bytes(self._take(size), "big")

    def _octets_ahead(self) -> bytes:
        ahead = self._source.read(2)
        self._source.seek(self._here)
        return ahead

    def _take(self, count: int) -> bytes:
        if self._here + count > self._limits[-1]:
            raise ValueError("element cut short")
        octets = self._source.read(count)
        if len(octets) != count:
            raise ValueError("message cut short")
        self._here += count
        return octets

    def _go(self, place: int) -> None:
        self._here = place
        self._source.seek(place)


def _string_octets(part: bytes) -> bytes:
    """The contents of a primitive OCTET STRING."""
    if part[0] != OCTET_STRING:
        raise ValueError("a string's pieces must be strings")
    return part[1 + (1 if not part[1] & 0x80 else 1 + (part[1] & 0x7F)) :]
