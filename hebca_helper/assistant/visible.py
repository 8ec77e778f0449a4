"""What is shown is what is signed: text and origins with everything invisible made visible."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SUSPECT = re.compile(r"[^\n\t\x20-\x7e\u3000-\u303f\u4e00-\u9fa5\uff01-\uff5e]")
"""Everything but line ends, ASCII and common Chinese: looked at one by one, the rest at the speed of `re`."""


def visible_text(text: str) -> str:
    """The text with control, bidi and other invisible characters written as ⟨U+202E⟩."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return _SUSPECT.sub(lambda found: _shown(found[0]), text)


def visible_origin(origin: str) -> str:
    """The origin in ASCII: host names in punycode (browsers send them so), anything else written out."""
    return "".join(c if " " < c < "\x7f" else f"⟨U+{ord(c):04X}⟩" for c in origin)


def _shown(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩" if unicodedata.category(character) in _HIDDEN_CATEGORIES else character
