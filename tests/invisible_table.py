"""Makes `hebca_helper/assistant/asker/invisible.py` from Debian's `unicode-data`:

python -m tests.invisible_table > hebca_helper/assistant/asker/invisible.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

FOLDER = Path("/usr/share/unicode")
PROPERTIES, CATEGORIES = FOLDER / "DerivedCoreProperties.txt", FOLDER / "UnicodeData.txt"
_IGNORABLE = re.compile(r"^([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*; Default_Ignorable_Code_Point\b", re.MULTILINE)
_BLANK = re.compile(r"^([0-9A-F]+);[^;]*;Zs;", re.MULTILINE)
_SPACE, _BRAILLE_BLANK = 0x20, 0x2800

_PAGE = '''"""Characters that leave no mark where they stand. Made by `python -m tests.invisible_table`; do not edit.

From Debian's `unicode-data`, Unicode {version}: Default_Ignorable_Code_Point (DerivedCoreProperties.txt), blanks other than
the space (category Zs, UnicodeData.txt), and U+2800, a Braille pattern without a dot.
"""

from __future__ import annotations

VERSION = "{version}"
RANGES = (
{lines})
"""First and last code point of each run."""
'''


def version() -> str:
    found = re.match(r"# DerivedCoreProperties-([0-9.]+)\.txt", PROPERTIES.read_text("utf-8"))
    assert found is not None
    return found[1]


def code_points() -> set[int]:
    ignorable = _IGNORABLE.findall(PROPERTIES.read_text("utf-8"))
    found = {point for first, last in ignorable for point in range(int(first, 16), int(last or first, 16) + 1)}
    blanks = {int(point, 16) for point in _BLANK.findall(CATEGORIES.read_text("utf-8"))}
    return (found | blanks | {_BRAILLE_BLANK}) - {_SPACE}


def page() -> str:
    lines = "".join(f"    (0x{first:04X}, 0x{last:04X}),\n" for first, last in _runs(code_points()))
    return _PAGE.format(version=version(), lines=lines)


def _runs(points: Iterable[int]) -> Iterator[tuple[int, int]]:
    ordered = sorted(points)
    first = ordered[0]
    for point, following in pairwise([*ordered, -1]):
        if following != point + 1:
            yield first, point
            first = following


if __name__ == "__main__":
    sys.stdout.write(page())
