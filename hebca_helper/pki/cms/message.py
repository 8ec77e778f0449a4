"""The outside of a message: ContentInfo (RFC 5652, 3), and where its content lies."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, pem
from hebca_helper.pki.cms import ber
from hebca_helper.texts import tr

DATA, SIGNED_DATA, ENVELOPED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.3"
"""RFC 5652, 4, 5.1 and 6.1."""
_PKCS7, _GB_T_35275 = "1.2.840.113549.1.7.", "1.2.156.10197.6.1.4.2."
DATA_SM, ENVELOPED_DATA_SM = f"{_GB_T_35275}1", f"{_GB_T_35275}3"
"""The last number has the same meaning in both."""
AUTHENTICATED_ENVELOPED_DATA = "1.2.840.113549.1.9.16.1.23"
"""RFC 5083, 2.1."""
EXPLICIT_0 = 0xA0
LARGEST_TEXT = 64 * 1024 * 1024


@contextmanager
def reading() -> Iterator[None]:
    """Whatever the readers below meet in foreign octets becomes HelperError(MESSAGE_UNREADABLE)."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as problem:
        raise HelperError(Code.MESSAGE_UNREADABLE) from problem


def binary(source: BinaryIO) -> BinaryIO:
    """`source`, or the message that stands in it as text (PEM, base64). HelperError(TOO_LARGE) for text over 64 MiB."""
    source.seek(0)
    if source.read(1) == bytes([ber.SEQUENCE]):
        return source
    source.seek(0)
    text = source.read(LARGEST_TEXT + 1)
    if len(text) > LARGEST_TEXT:
        raise HelperError(Code.TOO_LARGE)
    return io.BytesIO(pem.der_in(text))


@dataclass(frozen=True, slots=True)
class Body:
    """Content inside a message: read again from its place each time, so that it is never held whole."""

    source: BinaryIO
    end: int
    offset: int
    primitive: int

    def octets(self) -> Iterator[bytes]:
        """In order, at most ber.CHUNK octets at a time. HelperError(MESSAGE_UNREADABLE) when the file was changed."""
        with reading():
            yield from ber.Reader(self.source, self.end, self.offset).octets(self.primitive)


def size_of(source: BinaryIO) -> int:
    """Octets of a file that can seek."""
    return source.seek(0, io.SEEK_END)


def open_content_info(source: BinaryIO) -> tuple[ber.Reader, str]:
    """A reader inside the content of the message's ContentInfo, and the content's type. ValueError."""
    reader = ber.Reader(source, size_of(source))
    reader.enter(ber.SEQUENCE)
    content_type = read_type(reader)
    reader.enter(EXPLICIT_0)
    return reader, content_type


def plain_type(content_type: str) -> str:
    """By the name of RFC 5652: many write that of GB/T 35275-2017 in one place and the other in the next, whatever the key."""
    return _PKCS7 + content_type.removeprefix(_GB_T_35275) if content_type.startswith(_GB_T_35275) else content_type


def close_content_info(reader: ber.Reader) -> None:
    """The message must end with the content. ValueError."""
    reader.leave()
    reader.leave()
    reader.finish()


def read_type(reader: ber.Reader) -> str:
    """The next element, an OBJECT IDENTIFIER, in dotted form."""
    return der.object_identifier(der.read(reader.part(der.OID)).content)


def mark_body(reader: ber.Reader, source: BinaryIO, primitive: int) -> Body:
    """Note the place of the next string and pass over it, checking its pieces."""
    place = reader.here
    for _ in reader.pieces(primitive):
        pass
    return Body(source, reader.here, place, primitive)


def other_type(content_type: str) -> HelperError:
    """Why a message of this type is not read here."""
    return HelperError(Code.NOT_SUPPORTED, tr("文件类型 {oid}").format(oid=content_type))
