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
_HAIR = 0.5


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
    _require_few(len(found))
    return found


def is_cut(spot: Spot, sheet: Sheet) -> bool:
    """Whether more than a hair's breadth of it is beyond the page's edge."""
    right, bottom = spot.left + spot.width, spot.top + spot.height
    return min(spot.left, spot.top, sheet.width_mm - right, sheet.height_mm - bottom) < -_HAIR


def _require_few(count: int) -> None:
    if count > MOST_SPOTS:
        told = tr("最多盖 {most} 处，这里有 {n} 处").format(most=MOST_SPOTS, n=count)
        raise HelperError(Code.OVER_LIMIT, told)


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
    _require_few(pages.count)
    return [_placed(placement, number, width, height, pages) for number in range(pages.count)]


def _placed(placement: Placement, number: int, width: float, height: float, pages: Pages) -> Spot:
    sheet = pages.sheet(number)
    x = _usual(sheet.width_mm, width) if placement.x_mm is None else placement.x_mm
    y = _usual(sheet.height_mm, height) if placement.y_mm is None else placement.y_mm
    _require_shown(sheet, number, x, y)
    return Spot(number, x - width / 2, y - height / 2, width, height)


def _usual(page: float, seal: float) -> float:
    """Near the far edge, wholly on the page."""
    if page < seal - _HAIR:
        told = tr("页面只有 {page} mm，印章有 {seal} mm").format(page=f"{page:.0f}", seal=f"{seal:.0f}")
        raise HelperError(Code.SEAL_NO_ROOM, told)
    return max(page - MARGIN, seal) - seal / 2


def _require_shown(sheet: Sheet, number: int, x: float, y: float) -> None:
    if not sheet.shows(x, y):
        size = f"{sheet.width_mm:.0f} × {sheet.height_mm:.0f} mm"
        told = tr("盖章位置在第 {page} 页之外，页面大小为 {size}").format(page=number + 1, size=size)
        raise HelperError(Code.SEAL_PLACE_MISSING, told)


def _at_keyword(placement: Placement, width: float, height: float, pages: Pages) -> list[Spot]:
    found = pages.find(placement.keyword)
    if placement.nth:
        if len(found) < placement.nth:
            told = tr("“{keyword}”只有 {n} 处").format(keyword=placement.keyword, n=len(found))
            raise HelperError(Code.SEAL_PLACE_MISSING, told)
        found = [found[placement.nth - 1]]
    if not found:
        told = tr("没有找到“{keyword}”；扫描件、一些字体和页面上看不见的文字无法查找，请改用位置盖章").format(
            keyword=placement.keyword
        )
        raise HelperError(Code.SEAL_PLACE_MISSING, told)
    for page, x, y in found:
        _require_shown(pages.sheet(page), page, x + placement.right_mm, y + placement.down_mm)
    left, top = placement.right_mm - width / 2, placement.down_mm - height / 2
    return [Spot(page, x + left, y + top, width, height) for page, x, y in found]


def _over_the_edge(placement: Placement, width: float, height: float, pages: Pages) -> list[Spot]:
    """Slices from left to right over the pages in their order, each at the right edge; many pages get several seals."""
    if pages.count < 2:
        raise HelperError(Code.SEAL_PLACE_MISSING, tr("骑缝章至少需要两页"))
    _require_few(pages.count)
    groups = -(-pages.count // MOST_SLICES)
    made: list[Spot] = []
    for group in range(groups):
        first, after = pages.count * group // groups, pages.count * (group + 1) // groups
        share = after - first
        for place in range(share):
            sheet = pages.sheet(first + place)
            middle = sheet.height_mm / 2 if placement.y_mm is None else placement.y_mm
            _require_shown(sheet, first + place, sheet.width_mm, middle)
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
