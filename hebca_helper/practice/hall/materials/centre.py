"""The centre's side: papers made of forms and scans, and receipts with the centre's own seal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path

from hebca_helper.documents.pdf.host import PdfHost
from hebca_helper.errors import HelperError
from hebca_helper.practice.hall.materials import forms
from hebca_helper.practice.hall.refusals import HallError, Reason

MakePaper = Callable[[bytes, Sequence[bytes]], Awaitable[bytes]]
"""A form (PDF) and scans (JPG, PNG, PDF) as one PDF."""


async def make_paper(form: bytes, scans: Sequence[bytes]) -> bytes:
    """In the document host: scans come from outside. HallError where one of them cannot be used."""
    try:
        return await asyncio.to_thread(_joined, [form, *scans])
    except HelperError as problem:
        raise HallError(Reason.FIELD_WRONG, f"{problem.text}。{problem.remedy}", field="scans") from None


def _joined(parts: Sequence[bytes]) -> bytes:
    with PdfHost() as host:
        return host.collect(parts)


class Receipts:
    """Makes receipts with the key and the seal of the centre, which the practice CA made for it."""

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        self._home = home
        self._clock = clock

    async def receipt(self, filing: forms.Filing, title: str, uploaded: datetime) -> bytes:
        return await asyncio.to_thread(forms.receipt, filing, title, uploaded)
