# mypy: disable-error-code="no-untyped-call"
"""Looking into a PDF with pyHanko without changing it."""

from __future__ import annotations

import io

from pyhanko.pdf_utils.reader import PdfFileReader

from hebca_helper.documents.pdf.empty_fields import EmptyField, empty_fields, pages_of
from hebca_helper.documents.pdf.entries import entry
from hebca_helper.documents.pdf.failures import FAILURES


def fields_of(data: bytes) -> list[EmptyField]:
    """Empty signature fields; none where the file cannot be read or stamped."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        return [] if reader.encrypted else empty_fields(reader)
    except FAILURES:
        return []


def page_units(data: bytes) -> list[float]:
    """UserUnit of each page in points (ISO 32000-1, 8.3.2.3); empty where the file cannot be read."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        if reader.encrypted:
            reader.decrypt(b"")
        return [float(entry(page, "/UserUnit", 1)) for _, page in pages_of(reader)]
    except FAILURES:
        return []
