"""First letters of how Chinese is read, for searching: 张家口 is zjk."""

from __future__ import annotations

from bisect import bisect_right

_FIRSTS = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
"""Level 1 of GB/T 2312-1980 (rows 16 to 55) is sorted by pinyin: the first character of each letter."""
_END = 0xD7FA
"""Level 1 ends here; level 2 is sorted by radicals and tells nothing."""


def initials(text: str) -> str:
    """One small letter for each character of level 1, ASCII as it is, anything else left out."""
    return "".join(map(_initial, text.casefold()))


def _initial(character: str) -> str:
    if character.isascii():
        return character
    code = int.from_bytes(character.encode("gb2312", "ignore"))
    if not _FIRSTS[0][0] <= code < _END:
        return ""
    return _FIRSTS[bisect_right(_FIRSTS, (code, "~")) - 1][1]
