"""Files for archives (PDF/A, ISO 19005) that are to stay such files under the seal."""

from __future__ import annotations

import re
from typing import Any

from pyhanko.pdf_utils.misc import PdfError

from hebca_helper.documents.pdf.entries import entry, items

_PART = re.compile(rb"pdfaid:part\s*(?:=\s*[\"']|>)\s*(\d)")
"""ISO 19005-1, 6.7.11: as an attribute or as an element."""
_RGB = 3


def part_of(root: Any) -> int:
    """Which part of ISO 19005 the document claims to keep, 0 for none."""
    try:
        metadata = entry(root, "/Metadata")
        found = _PART.search(metadata.data) if hasattr(metadata, "data") else None
    except (PdfError, ValueError):
        return 0
    return int(found[1]) if found else 0


def keeps_colours(root: Any) -> bool:
    """Whether a picture in DeviceRGB may come in (ISO 19005-2, 6.2.4.3): the output intent has to be for RGB."""
    for intent in items(entry(root, "/OutputIntents", [])):
        profile = entry(intent, "/DestOutputProfile")
        if profile is not None and entry(profile, "/N") == _RGB:
            return True
    return False
