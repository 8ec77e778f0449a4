"""Where a seal goes. Plain values: made by whoever asks, read in the document host."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from hebca_helper.errors import Code, HelperError

MILLIMETRES_PER_POINT = 25.4 / 72
"""ISO 32000-1, 8.3.2.3: a point is 1/72 inch."""
LONGEST_KEYWORD = 200
LONGEST_FIELD_NAME = 500


class Mode(StrEnum):
    POSITION = "position"
    KEYWORD = "keyword"
    EVERY_PAGE = "every-page"
    EDGE = "edge"
    """Riding seal (骑缝章): a slice of the seal at the right edge of each page, one signature."""
    FIELD = "field"
    """In an empty signature field that the form brings, as large as it allows."""


@dataclass(frozen=True, slots=True)
class Placement:
    """`page` counts from 1, -1 is the last. `x_mm`, `y_mm`: the seal's centre from the top left of the page as it is
    shown; None is the usual place (right, near the bottom; the edge's middle for EDGE). `nth` counts the places where
    `keyword` stands from 1; 0 means each of them. `field`: full name of the signature field; empty is the only one."""

    mode: Mode = Mode.POSITION
    page: int = 1
    x_mm: float | None = None
    y_mm: float | None = None
    keyword: str = ""
    nth: int = 0
    field: str = ""
    right_mm: float = 0.0
    down_mm: float = 0.0
    """How far from a keyword's middle."""

    def as_row(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Placement:
        """HelperError(BAD_REQUEST)."""
        try:
            made = cls(**{**row, "mode": Mode(row.get("mode", Mode.POSITION))})
        except (TypeError, ValueError):
            raise HelperError(Code.BAD_REQUEST) from None
        made.require_sensible()
        return made

    def require_sensible(self) -> None:
        """HelperError(BAD_REQUEST)."""
        numbers = [each for each in (self.x_mm, self.y_mm, self.right_mm, self.down_mm) if each is not None]
        if not (
            all(isinstance(each, int | float) and abs(each) < 100_000 for each in numbers)
            and isinstance(self.page, int)
            and isinstance(self.nth, int)
            and self.nth >= 0
            and (self.page >= 1 or self.page == -1)
            and isinstance(self.keyword, str)
            and len(self.keyword) <= LONGEST_KEYWORD
            and (self.mode is not Mode.KEYWORD or bool(self.keyword.strip()))
            and isinstance(self.field, str)
            and len(self.field) <= LONGEST_FIELD_NAME
        ):
            raise HelperError(Code.BAD_REQUEST)
