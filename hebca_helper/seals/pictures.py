"""What kind of picture a seal holds and how many pixels, told from its first octets; nothing is decoded here."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from hebca_helper.seals.seal import Picture


class PictureKind(StrEnum):
    """Of the octets, whatever the seal says. OFD: a ZIP with a one-page document, as tax seals have it."""

    PNG = "png"
    GIF = "gif"
    BMP = "bmp"
    JPG = "jpg"
    SVG = "svg"
    OFD = "ofd"
    UNKNOWN = "unknown"


class PictureFacts(NamedTuple):
    """`pixels` are (width, height); None for vector pictures and headers that cannot be read."""

    kind: PictureKind
    pixels: tuple[int, int] | None


_NAMED_KINDS = {"JPEG": PictureKind.JPG, **{kind.name: kind for kind in PictureKind}}


def facts(picture: Picture) -> PictureFacts:
    kind = kind_of(picture.data)
    measure = _MEASURES.get(kind)
    try:
        return PictureFacts(kind, measure(picture.data) if measure else None)
    except (ValueError, IndexError):
        return PictureFacts(kind, None)


def kind_of(data: bytes) -> PictureKind:
    for kind, beginnings in _BEGINNINGS.items():
        if data.startswith(beginnings):
            return kind
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return (
        PictureKind.SVG
        if head.startswith((b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE svg")) and b"<svg" in head
        else PictureKind.UNKNOWN
    )


def as_named(picture: Picture) -> bool:
    """Whether the picture is of the kind that the seal says."""
    return _NAMED_KINDS.get(picture.type.upper()) is kind_of(picture.data)


_BEGINNINGS: dict[PictureKind, tuple[bytes, ...]] = {
    PictureKind.PNG: (b"\x89PNG\r\n\x1a\n",),
    PictureKind.GIF: (b"GIF87a", b"GIF89a"),
    PictureKind.JPG: (b"\xff\xd8\xff",),
    PictureKind.BMP: (b"BM",),
    PictureKind.OFD: (b"PK\x03\x04",),
}


def _png(data: bytes) -> tuple[int, int]:
    """IHDR (ISO/IEC 15948, 11.2.2) is always first."""
    return _big(data[16:20]), _big(data[20:24])


def _gif(data: bytes) -> tuple[int, int]:
    return _little(data[6:8]), _little(data[8:10])


def _bmp(data: bytes) -> tuple[int, int]:
    """BITMAPINFOHEADER; a negative height means rows from the top."""
    return _little(data[18:22]), abs(int.from_bytes(_whole(data[22:26], 4), "little", signed=True))


def _jpg(data: bytes) -> tuple[int, int]:
    """The first start-of-frame segment (ISO/IEC 10918-1, B.2.2)."""
    offset = 2
    while data[offset] == 0xFF:
        marker, size = data[offset + 1], _big(_whole(data[offset + 2 : offset + 4], 2))
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return _big(_whole(data[offset + 7 : offset + 9], 2)), _big(_whole(data[offset + 5 : offset + 7], 2))
        offset += 2 + max(size, 2)
    raise ValueError("no frame")


_MEASURES: dict[PictureKind, Callable[[bytes], tuple[int, int]]] = {
    PictureKind.PNG: _png,
    PictureKind.GIF: _gif,
    PictureKind.BMP: _bmp,
    PictureKind.JPG: _jpg,
}


def _big(octets: bytes) -> int:
    return int.from_bytes(_whole(octets, len(octets) or 1), "big")


def _little(octets: bytes) -> int:
    return int.from_bytes(_whole(octets, len(octets) or 1), "little")


def _whole(octets: bytes, size: int) -> bytes:
    if len(octets) != size:
        raise ValueError("picture cut short")
    return octets
