"""Who a certificate belongs to: the unified social credit code with its check digit, and where identity items sit."""

from __future__ import annotations

import re
from collections.abc import Iterable

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015, table 2: digits and capitals without I, O, S, V, Z; a character's place is its value."""
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
"""GB 32100-2015, 4.5: weight of the i-th character is 3^(i-1) mod 31."""
_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_EMBEDDED = re.compile(rf"(?<![0-9A-Za-z])(?={_SHAPE.pattern}(?![0-9A-Za-z]))")
_RESIDENT = re.compile(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]")
_RESIDENT_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))

HEBCA_UNIQUE_ID = "1.2.156.112586.1.4"
"""Extension with the unique id, text like `<digit>@6021SF0<18-digit id>` (resources/protocol.md, section 4)."""

CREDIT_CODE_OIDS: tuple[str, ...] = (
    "1.2.156.112586.1.10",  # HEBCA: organisation code or unified social credit code
    "1.2.156.112562.2.1.1.17",  # BJCA
    "1.2.156.10260.4.1.4",  # GM/T 0015-2012: organisation code
    "1.2.156.10260.4.1.3",  # GM/T 0015-2012: business registration
    "1.2.156.10260.4.1.5",  # GM/T 0015-2012: tax number, the same code since 2015
    "1.2.156.112586.1.6",  # HEBCA: national tax number, the same code since 2015
)
"""Where to look for a credit code first, in DN attributes and extensions alike; there is no single official place."""


def valid_credit_code(text: str) -> bool:
    """Whether `text` is a unified social credit code with the right check digit (GB 32100-2015, 4.5)."""
    if not _SHAPE.fullmatch(text):
        return False
    total = sum(CREDIT_ALPHABET.index(character) * weight for character, weight in zip(text, _WEIGHTS, strict=False))
    return CREDIT_ALPHABET[-total % 31] == text[17]


def resident_number(text: str) -> bool:
    """Whether `text` is a person's identity number with the right check digit (GB 11643-1999).

    Eighteen digits too: one in thirty-one of them would pass for a credit code.
    """
    if not _RESIDENT.fullmatch(text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _RESIDENT_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17]


def credit_code(named: Iterable[str], other: Iterable[str]) -> str:
    """The first valid code among `named` (values of CREDIT_CODE_OIDS), else the first standing inside `other` texts.

    "" when there is none.
    """
    for text in named:
        if valid_credit_code(text.strip().upper()):
            return text.strip().upper()
    return next((code for text in other for code in _embedded(text) if not resident_number(code)), "")


def _embedded(text: str) -> Iterable[str]:
    candidates = (text[found.start() : found.start() + 18] for found in _EMBEDDED.finditer(text))
    return (candidate for candidate in candidates if valid_credit_code(candidate))
