"""From a placement to rectangles on pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hebca_helper.documents.pdf.geometry import Box, Sheet
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

MARGIN = 25.0
"""Millimetres between the seal and the paper's edges at the usual place."""
MOST_SLICES = 12
"""Pages that share one riding seal: narrower slices of 40 mm are not recognised on paper."""
MOST_SPOTS = 1000


@dataclass(frozen=True, slots=True)
class Spot:
    """On page `page` (from 0): left, top, width, height in mm as the page is shown.

    `slice`: which part of the seal's width is seen, from 0 to 1.
    """

    page: int
    left: float
    top: float
    width: float
    height: float
    slice: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Pages:
    """What placing needs to know: how many there are, one's sheet, and the middles (page, x, y in mm) of a keyword."""

    count: int
    sheet: Callable[[int], Sheet]
    find: Callable[[str], list[tuple[int, float, float]]]


def spots(placement: Placement, width: float, height: float, pages: Pages) -> list[Spot]:
    """At least one. HelperError(BAD_REQUEST) for a page that is not there, SEAL_PLACE_MISSING without a place."""
    placement.require_sensible()
    found = _WAYS[placement.mode](placement, width, height, pages)
    if len(found) > MOST_SPOTS:
        raise HelperError(Code.TOO_MANY, tr("{n} 处").format(n=len(found)))
    return found


def fitted(box: Box, width: float, height: float) -> tuple[float, float]:
    """Size of the seal in a field: as large as fits, never larger than it is."""
    scale = min(1.0, (box[2] - box[0]) / width, (box[3] - box[1]) / height)
    return width * scale, height * scale


def _at_position(placement: Placement, width: float, height: float, pages: Pages) -> list[Spot]:
    number = pages.count - 1 if placement.page == -1 else placement.page - 1
    if number >= pages.count:
        raise HelperError(Code.SEAL_PLACE_MISSING, tr("文件只有 {n} 页").format(n=pages.count))
    return [_placed(placement, number, width, height, pages)]


def _on_every_page(placement: Placement, width: float, height: float, pages: Pages) -> list[Spot]:
    return [_placed(placement, number, width, height, pages) for number in range(min(pages.count, MOST_SPOTS + 1))]


def _placed(placement: Placement, number: int, width: float, height: float, pages: Pages) -> Spot:
    sheet = pages.sheet(number)
    x = sheet.width_mm - MARGIN - width / 2 if placement.x_mm is None else placement.x_mm
    y = sheet.height_mm - MARGIN - height / 2 if placement.y_mm is None else placement.y_mm
    if not (0 <= x <= sheet.width_mm and 0 <= y <= sheet.height_mm):
        size = f"{sheet.width_mm:.0f} × {sheet.height_mm:.0f} mm"
        raise HelperError(Code.SEAL_PLACE_MISSING, tr("页面大小为 {size}").format(size=size))
    return Spot(number, x - width / 2, y - height / 2, width, height)


def _at_keyword(placement: Placement, width: float, height: float, pages: Pages) -> list[Spot]:
    found = pages.find(placement.keyword)
    if placement.nth:
        if len(found) < placement.nth:
            told = tr("“{keyword}”只有 {n} 处").format(keyword=placement.keyword, n=len(found))
            raise HelperError(Code.SEAL_PLACE_MISSING, told)
        found = [found[placement.nth - 1]]
    if not found:
        told = tr("没有找到“{keyword}”；扫描件和一些字体的文字无法查找，请改用位置盖章").format(
            keyword=placement.keyword
        )
        raise HelperError(Code.SEAL_PLACE_MISSING, told)
    left, top = placement.right_mm - width / 2, placement.down_mm - height / 2
    return [Spot(page, x + left, y + top, width, height) for page, x, y in found]


def _over_the_edge(placement: Placement, width: float, height: float, pages: Pages) -> list[Spot]:
    """Slices from left to right over the pages in their order, each at the right edge; many pages get several seals."""
    if pages.count < 2:
        raise HelperError(Code.SEAL_PLACE_MISSING, tr("骑缝章至少需要两页"))
    if pages.count > MOST_SPOTS:
        raise HelperError(Code.TOO_MANY, tr("{n} 处").format(n=pages.count))
    groups = -(-pages.count // MOST_SLICES)
    made: list[Spot] = []
    for group in range(groups):
        first, after = pages.count * group // groups, pages.count * (group + 1) // groups
        share = after - first
        for place in range(share):
            sheet = pages.sheet(first + place)
            middle = sheet.height_mm / 2 if placement.y_mm is None else placement.y_mm
            left = sheet.width_mm - width / share
            part = (place / share, (place + 1) / share)
            made.append(Spot(first + place, left, middle - height / 2, width / share, height, part))
    return made


_WAYS: dict[Mode, Callable[[Placement, float, float, Pages], list[Spot]]] = {
    Mode.POSITION: _at_position,
    Mode.EVERY_PAGE: _on_every_page,
    Mode.KEYWORD: _at_keyword,
    Mode.EDGE: _over_the_edge,
}
