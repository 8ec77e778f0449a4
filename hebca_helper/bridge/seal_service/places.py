"""Where an old page wants the seal, in the assistant's millimetres."""

from __future__ import annotations

import asyncio
import re
from enum import IntEnum

from hebca_helper.documents.pdf.client import PdfHost
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.errors import Code, HelperError

MILLIMETRES_PER_PIXEL = 25.4 / 96
"""CSS reference pixel; a choice, the original's resolution is not known."""


_OFFSET = re.compile(r"-?[0-9]{1,5}(?:\.[0-9]{1,9})?", re.ASCII)


class Unit(IntEnum):
    """`eUnitType` (resources/protocol.md, section 6)."""

    PIXEL = 0
    PERCENT = 1


async def placement(document: bytes, page: int, across: float, down: float, unit: int) -> Placement:
    """Choice: x and y are the seal's centre, from the top left of the page. HelperError(BAD_REQUEST)."""
    if unit not in list(Unit):
        raise HelperError(Code.BAD_REQUEST, "eUnitType")
    if Unit(unit) is Unit.PIXEL:
        return Placement(Mode.POSITION, page, across * MILLIMETRES_PER_PIXEL, down * MILLIMETRES_PER_PIXEL)
    width, height = await _size_of(document, page)
    return Placement(Mode.POSITION, page, across / 100 * width, down / 100 * height)


def offset(written: str) -> float:
    """Millimetres of an offset in pixels, which may point back; what is no number is none."""
    found = _OFFSET.fullmatch(written.strip())
    return float(found[0]) * MILLIMETRES_PER_PIXEL if found else 0.0


async def _size_of(document: bytes, page: int) -> tuple[float, float]:
    sizes = await asyncio.to_thread(_sizes, document)
    if not 1 <= page <= len(sizes):
        raise HelperError(Code.SEAL_PLACE_MISSING)
    return sizes[page - 1]


def _sizes(document: bytes) -> list[tuple[float, float]]:
    with PdfHost() as host:
        return host.open(document)
