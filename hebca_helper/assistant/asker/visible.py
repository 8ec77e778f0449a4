"""What is shown is what is signed: text, names and origins with everything invisible made visible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from hebca_helper.assistant.asker.invisible import RANGES
from hebca_helper.texts import tr

LONGEST_NAME = 255
"""Characters of a name that are shown, the elision among them."""
_HEAD, _TAIL = 160, 60
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_INVISIBLE = frozenset(chr(point) for first, last in RANGES for point in range(first, last + 1))
_SUSPECT = re.compile(r"[^\n\t\x20-\x7e\u3000-\u303f\u4e00-\u9fa5\uff01-\uff5e]")
"""Everything but line ends, ASCII and common Chinese: looked at one by one, the rest at the speed of `re`."""
_SUSPECT_IN_LINE = re.compile(r"[^\x20-\x7e\u3001-\u303f\u4e00-\u9fa5\uff01-\uff5e]")


def visible_text(text: str) -> str:
    """Text of several lines with control, bidi and other invisible characters written as ⟨U+202E⟩. U+3000 stays: Chinese
    paragraphs begin with it."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return _SUSPECT.sub(lambda found: _shown(found[0]), text)


def visible_line(text: str) -> str:
    """The same on one line, whole: line ends, tabs and every blank but the space are written out, too. For paths."""
    return _SUSPECT_IN_LINE.sub(lambda found: _shown(found[0]), text)


def visible_name(text: str) -> str:
    """A name from outside on one line of at most LONGEST_NAME characters; what is longer says how long it is."""
    shown = visible_line(text[: LONGEST_NAME + 1])
    if len(shown) <= LONGEST_NAME:
        return shown
    left_out = tr("…（共 {n} 个字符）…").format(n=f"{len(text):,}")
    tail = _fitting(reversed(text[-_TAIL:]), _TAIL)
    return "".join((*_fitting(text[:_HEAD], _HEAD), left_out, *reversed(tail)))


def without_invisible(text: str) -> str:
    """What a program that ignores them, or ends a text at NUL, makes of it."""
    return "".join(c for c in text.partition("\0")[0] if _shown(c) == c)


def visible_origin(origin: str) -> str:
    """The origin in ASCII: host names in punycode (browsers send them so), anything else written out."""
    return "".join(c if " " < c < "\x7f" else f"⟨U+{ord(c):04X}⟩" for c in origin)


def _fitting(characters: Iterable[str], room: int) -> list[str]:
    """As many of the characters, as they are shown, as have room; none is cut in two."""
    fitting: list[str] = []
    for character in characters:
        shown = visible_line(character)
        room -= len(shown)
        if room < 0:
            break
        fitting.append(shown)
    return fitting


def _shown(character: str) -> str:
    hidden = character in _INVISIBLE or unicodedata.category(character) in _HIDDEN_CATEGORIES
    return f"⟨U+{ord(character):04X}⟩" if hidden else character
