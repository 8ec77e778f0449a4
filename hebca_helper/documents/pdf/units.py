"""Pages in larger units than points, as drawings of machines and buildings have them: pdfium does not know of these."""

from __future__ import annotations

from collections.abc import Sequence

_NAME, _PACKED = b"/UserUnit", b"/ObjStm"


def units_in(data: bytes) -> Sequence[float]:
    """Points of a unit for each page; empty when all have one. pyHanko is loaded only where the file may say more."""
    if _NAME not in data and _PACKED not in data:
        return ()
    from hebca_helper.documents.pdf.reading import page_units

    found = page_units(data)
    return () if all(each == 1 for each in found) else found
