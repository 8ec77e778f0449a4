"""A page as it is shown and as PDF counts: millimetres from the top left here, points from the bottom left there."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hebca_helper.documents.pdf.entries import entry
from hebca_helper.documents.pdf.placement import MILLIMETRES_PER_POINT
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

A4 = (0.0, 0.0, 595.276, 841.89)
_MATRICES = {0: (1, 0, 0, 1, 0, 0), 90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`box`: what is shown of the page, in user space (ISO 32000-1, 14.11.2). `rotation`: clockwise, 0, 90, 180 or 270.

    `unit`: points of a user space unit (UserUnit, ISO 32000-1, 8.3.2.3).
    """

    box: Box
    rotation: int = 0
    unit: float = 1.0

    @property
    def width_mm(self) -> float:
        return self._sides[self.rotation in (90, 270)] * self._scale

    @property
    def height_mm(self) -> float:
        return self._sides[self.rotation not in (90, 270)] * self._scale

    @property
    def matrix(self) -> tuple[int, ...]:
        """For an appearance (ISO 32000-1, 12.5.5) that is to stand upright on the page as it is shown."""
        return _MATRICES[self.rotation]

    def shows(self, right_mm: float, down_mm: float) -> bool:
        return 0 <= right_mm <= self.width_mm and 0 <= down_mm <= self.height_mm

    def rectangle(self, left_mm: float, top_mm: float, width_mm: float, height_mm: float) -> Box:
        """In user space: lower left and upper right corner."""
        first = self._point(left_mm, top_mm)
        second = self._point(left_mm + width_mm, top_mm + height_mm)
        (x0, x1), (y0, y1) = sorted((first[0], second[0])), sorted((first[1], second[1]))
        return x0, y0, x1, y1

    def shown(self, box: Box) -> Box:
        """Left, top, right, bottom in mm of a box in user space."""
        (x0, y0, x1, y1), (left, bottom, right, top) = self.box, box
        corners = {
            0: (left - x0, y1 - top, right - x0, y1 - bottom),
            90: (bottom - y0, left - x0, top - y0, right - x0),
            180: (x1 - right, bottom - y0, x1 - left, top - y0),
            270: (y1 - top, x1 - right, y1 - bottom, x1 - left),
        }[self.rotation]
        a, b, c, d = (each * self._scale for each in corners)
        return a, b, c, d

    def middle(self, box: Box) -> tuple[float, float]:
        """In mm, of a box in user space."""
        left, top, right, bottom = self.shown(box)
        return (left + right) / 2, (top + bottom) / 2

    def _point(self, right_mm: float, down_mm: float) -> tuple[float, float]:
        x0, y0, x1, y1 = self.box
        u, v = right_mm / self._scale, down_mm / self._scale
        return {
            0: (x0 + u, y1 - v),
            90: (x0 + v, y0 + u),
            180: (x1 - u, y0 + v),
            270: (x1 - v, y1 - u),
        }[self.rotation]

    @property
    def _sides(self) -> tuple[float, float]:
        return self.box[2] - self.box[0], self.box[3] - self.box[1]

    @property
    def _scale(self) -> float:
        """Millimetres of a unit."""
        return MILLIMETRES_PER_POINT * self.unit


def sheet_of(page: Any) -> Sheet:
    """From a page dictionary, with what it inherits (ISO 32000-1, 7.7.3.4). HelperError(DOCUMENT_UNREADABLE)."""
    try:
        media = _box(page, "/MediaBox") or A4
        crop = _box(page, "/CropBox") or media
        rotation = operator.index(inherited(page, "/Rotate") or 0)  # of 90.0 readers think differently
        unit = float(entry(page, "/UserUnit", 1))
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError):
        told = tr("页面的大小或方向写得不对，请用阅读器打开，打印为新的 PDF 后重试")
        raise HelperError(Code.DOCUMENT_UNREADABLE, told) from None
    shown = _common(media, crop)
    if rotation % 90 or not 0 < unit <= 10_000:
        rotation, unit = 0, 1.0
    return Sheet(shown, rotation % 360, unit)


def inherited(node: Any, key: str) -> Any:
    """Of a page or a form field, from itself or from above."""
    seen = 0
    while node is not None and seen < 64:
        found = entry(node, key)
        if found is not None:
            return found
        node, seen = entry(node, "/Parent"), seen + 1
    return None


def upright(corners: Sequence[Any]) -> Box:
    """Lower left and upper right, whichever corners a rectangle names (ISO 32000-1, 7.9.5)."""
    a, b, c, d = (float(corners[place]) for place in range(4))
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _box(page: Any, key: str) -> Box | None:
    """None for one without an area, too."""
    found = inherited(page, key)
    box = upright(found) if isinstance(found, Sequence) and len(found) == 4 else None
    return box if box is not None and box[0] < box[2] and box[1] < box[3] else None


def _common(first: Box, second: Box) -> Box:
    """What both show; the first where they have nothing in common, as readers do it."""
    made = max(first[0], second[0]), max(first[1], second[1]), min(first[2], second[2]), min(first[3], second[3])
    return made if made[0] < made[2] and made[1] < made[3] else first
