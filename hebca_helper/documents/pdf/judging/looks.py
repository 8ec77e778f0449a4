"""Pages as they were signed beside the same pages now: what a later signature hides, and what looks different for no reason
that the file tells. Pictures only speak against a document, never for it. Runs in the document host.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image, ImageChops, ImageFilter

from hebca_helper.documents.pdf.geometry import Box
from hebca_helper.documents.pdf.judging.coverage import Coverage
from hebca_helper.documents.pdf.viewing import OpenDocument
from hebca_helper.documents.report import After, Difference
from hebca_helper.errors import HelperError

MOST_PAGES = 20
"""Pages of a file that are compared, over all of its signatures."""
MOST_SECONDS = 20
"""Of processor time for all of them; a host has a minute."""
LARGEST_FILE = 64 * 1024 * 1024
"""Octets of a file that is opened twice more, to be drawn."""
_DOTS_PER_INCH = 144.0
_MOST_PIXELS = 3_000_000
_TILE = 16
"""Pixels; a letter of ordinary text fills one."""
_VISIBLE = 48
"""A difference of one colour, from 0 to 255."""
_INK, _KEPT, _LEAST = 40, 9, 5
"""What stands out so much from around it is ink; it is hidden when it stands out by less than a ninth of that. Two red
seals over each other leave a sixth."""
_INK_IN_TILE, _HIDDEN_IN_TILE = 10, 0.7
_DARK = 110
_FEWEST = 8
"""Pixels that make a difference."""


class Looks:
    """Of one file; `units`: points of a unit for each page."""

    def __init__(self, data: bytes, units: Sequence[float]) -> None:
        self._data, self._units = data, units
        self._left = MOST_PAGES
        self._until = time.process_time() + MOST_SECONDS

    def compared(self, coverage: Coverage) -> Coverage:
        """With what the pictures tell of the pages that were touched; the largest seals' pages come first."""
        pages = self._touched(coverage)
        if not pages and coverage.after is not After.CHANGES:
            return coverage
        found: list[Difference] = []
        failed: list[int] = []
        if len(self._data) <= LARGEST_FILE:
            try:
                with self._opened(self._data) as new, self._opened(self._data[: coverage.end]) as old:
                    pages = [each for each in pages or range(MOST_PAGES) if each < min(old.pages, new.pages)]
                    for page in pages:
                        differences = self._differences(old, new, page, coverage)
                        found += differences or []
                        failed += [page] if differences is None else []
            except HelperError:
                failed = pages
        else:
            failed = pages
        return replace(
            coverage,
            differences=coverage.differences + tuple(found),
            not_compared=tuple(sorted(each + 1 for each in failed)),
        )

    @staticmethod
    def _touched(coverage: Coverage) -> list[int]:
        sizes = {each.page: -_area(each.box) for each in sorted(coverage.seals, key=lambda each: _area(each.box))}
        others = [each.page - 1 for each in coverage.differences if each.page is not None]
        return sorted({*sizes, *others}, key=lambda page: (sizes.get(page, 0.0), page))

    def _opened(self, data: bytes) -> OpenDocument:
        return OpenDocument(data, self._units)

    def _differences(
        self, old: OpenDocument, new: OpenDocument, page: int, coverage: Coverage
    ) -> list[Difference] | None:
        """None where the page was not compared."""
        if self._left <= 0 or time.process_time() > self._until:
            return None
        self._left -= 1
        try:
            sheet = new.sheet(page)
            inches = sheet.width_mm * sheet.height_mm / 25.4**2
            resolution = min(_DOTS_PER_INCH, (_MOST_PIXELS / max(inches, 0.01)) ** 0.5)
            before, after = old.drawn(page, resolution), new.drawn(page, resolution)
        except HelperError:
            return None
        seals = [each for each in coverage.seals if each.page == page]
        # what an empty field showed makes room for its signature: what is under it counts
        bare = old.drawn(page, resolution, bare=True) if any(each.instead for each in seals) else before
        told = [each.box for each in coverage.differences if each.page == page + 1 and each.box is not None]
        scale = after.width / sheet.width_mm
        if before.size != after.size:
            return [Difference(After.LOOKS, page + 1, None)]
        under = [_under(bare if each.instead else before, after, page, scale, each.box) for each in seals]
        return _apart(before, after, page, scale, told) + [each for each in under if each is not None]


def _apart(before: Image.Image, after: Image.Image, page: int, scale: float, told: Sequence[Box]) -> list[Difference]:
    """What looks different where nothing was told to have come."""
    mask = _largest(ImageChops.difference(before, after)).point(lambda value: 255 if value > _VISIBLE else 0)
    for box in told:
        left, top, right, bottom = _pixels(box, scale)
        mask.paste(0, (left - 2, top - 2, right + 2, bottom + 2))
    place = mask.getbbox()
    if place is None or mask.histogram()[255] < _FEWEST:
        return []
    return [Difference(After.LOOKS, page + 1, _millimetres(place, scale))]


def _under(before: Image.Image, after: Image.Image, page: int, scale: float, box: Box) -> Difference | None:
    """What was signed and is hidden by what a later signature shows, or a seal over most of the page."""
    left, top, right, bottom = _pixels(box, scale)
    place = max(left, 0), max(top, 0), min(right, before.width), min(bottom, before.height)
    if place[0] >= place[2] or place[1] >= place[3]:
        return None
    large = (place[2] - place[0]) * (place[3] - place[1]) > before.width * before.height / 2
    if large or _hides(before.crop(place), after.crop(place)):
        return Difference(After.COVERED, page + 1, _millimetres(place, scale))
    return None


def _hides(before: Image.Image, after: Image.Image) -> bool:
    """Whether a letter's worth of ink is gone: a seal may lie over text as long as one can read it."""
    for light in (False, True):
        old, new = _ink(before, light=light), _ink(after, light=light)
        ink = old.point(lambda value: 255 if value > _INK else 0)
        least = old.point(lambda value: max(_LEAST, value // _KEPT))
        gone = ImageChops.subtract(least, new).point(lambda value: 255 if value else 0)
        hidden = ImageChops.darker(ink, gone)
        for whole, lost in zip(_tiles(ink), _tiles(hidden), strict=True):
            if whole >= _INK_IN_TILE and lost >= _HIDDEN_IN_TILE * whole:
                return True
    return False


def _ink(picture: Image.Image, *, light: bool) -> Image.Image:
    """How much each pixel is darker than what is around it, in the colour where that is most; or lighter, on dark ground."""
    around = picture.filter(ImageFilter.BoxBlur(_TILE // 2))
    if not light:
        return _largest(ImageChops.subtract(around, picture))
    dark = around.convert("L").point(lambda value: 255 if value < _DARK else 0)
    return ImageChops.darker(_largest(ImageChops.subtract(picture, around)), dark)


def _tiles(mask: Image.Image) -> list[int]:
    """Pixels of a mask that are set, for each tile."""
    wide, high = -(-mask.width // _TILE), -(-mask.height // _TILE)
    padded = Image.new("L", (wide * _TILE, high * _TILE))
    padded.paste(mask, (0, 0))
    return [round(each * _TILE * _TILE / 255) for each in padded.resize((wide, high), Image.Resampling.BOX).tobytes()]


def _largest(picture: Image.Image) -> Image.Image:
    red, green, blue = picture.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _pixels(box: Box, scale: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = (each * scale for each in box)
    return int(left), int(top), int(right) + 1, int(bottom) + 1


def _millimetres(place: tuple[int, int, int, int], scale: float) -> Box:
    left, top, right, bottom = (round(each / scale, 1) for each in place)
    return left, top, right, bottom
