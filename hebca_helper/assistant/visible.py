"""What is shown is what is signed: text and origins with everything invisible made visible."""

from __future__ import annotations

import unicodedata

_KEPT = {"\n", "\t"}
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible_text(text: str) -> str:
    """The text with control, bidi and other invisible characters written as ⟨U+202E⟩."""
    return "".join(character if _is_plain(character) else f"⟨U+{ord(character):04X}⟩" for character in text)


def visible_origin(origin: str) -> str:
    """The origin in ASCII: host names in punycode (browsers send them so), anything else written out."""
    return "".join(c if " " < c < "\x7f" else f"⟨U+{ord(c):04X}⟩" for c in origin)


def _is_plain(character: str) -> bool:
    return character in _KEPT or unicodedata.category(character) not in _HIDDEN_CATEGORIES
