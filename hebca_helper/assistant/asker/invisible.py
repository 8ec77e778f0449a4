"""Characters that leave no mark where they stand. Made by `python -m tests.invisible_table`; do not edit.

From Debian's `unicode-data`, Unicode 15.0.0: Default_Ignorable_Code_Point (DerivedCoreProperties.txt), blanks other than
the space (category Zs, UnicodeData.txt), and U+2800, a Braille pattern without a dot.
"""

from __future__ import annotations

VERSION = "15.0.0"
RANGES = (
    (0x00A0, 0x00A0),
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x1680, 0x1680),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2000, 0x200F),
    (0x202A, 0x202F),
    (0x205F, 0x206F),
    (0x2800, 0x2800),
    (0x3000, 0x3000),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
"""First and last code point of each run."""
