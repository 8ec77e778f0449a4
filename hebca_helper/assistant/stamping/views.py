"""Documents for the window to show and to check: the files are read here and parsed in the document host only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hebca_helper.assistant.files.pair import Source
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.stamping.authorities import AuthoritiesFor
from hebca_helper.documents import LARGEST_FILE, require_size
from hebca_helper.documents.client import check_document
from hebca_helper.documents.pdf.client import PdfHost
from hebca_helper.documents.report import Report

Hit = tuple[int, float, float, float, float]
FormField = tuple[str, int, float, float, float, float]
"""An empty signature field: name, page from 0; left, top, right, bottom in mm."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """Width and height of each page in mm."""

    pages: tuple[tuple[float, float], ...]


class DocumentView:
    """One document after another in a host of its own; `close` ends it."""

    def __init__(self) -> None:
        self._host = PdfHost()

    async def open(self, path: Path, octets: int | None = None) -> Sheets:
        """`octets`: of the file's beginning, as a signature is over it. HelperError: FILE_UNREADABLE, TOO_LARGE,
        DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE."""
        return Sheets(tuple(await asyncio.to_thread(lambda: self._host.open(read_file(path)[:octets]))))

    async def page(self, number: int, dots_per_inch: float) -> bytes:
        """PNG; `number` from 0."""
        return await asyncio.to_thread(self._host.page, number, dots_per_inch)

    async def find(self, keyword: str) -> list[Hit]:
        """Page from 0; left, top, right, bottom in mm."""
        return await asyncio.to_thread(self._host.find, keyword)

    async def fields(self, path: Path) -> list[FormField]:
        """The empty signature fields of a form, in its order."""
        return await asyncio.to_thread(lambda: self._host.fields(read_file(path)))

    async def collect(self, pictures: Sequence[Path], target: Path) -> Path:
        """Write pictures and PDFs as one A4 PDF; the path of it."""

        def work() -> Path:
            target.write_bytes(self._host.collect([read_file(each) for each in pictures]))
            return target

        return await asyncio.to_thread(work)

    async def close(self) -> None:
        await asyncio.to_thread(self._host.close)


class DocumentViews:
    def __init__(self, parts: Parts, authorities: AuthoritiesFor) -> None:
        self._parts = parts
        self._authorities = authorities

    def view(self) -> DocumentView:
        return DocumentView()

    async def check(self, path: Path) -> Report:
        """HelperError(FILE_UNREADABLE, DOCUMENT_HOST_FAILED)."""
        now = self._parts.clock.now()
        trusted, crls = await asyncio.to_thread(self._authorities, False)
        return await asyncio.to_thread(lambda: check_document(read_file(path), trusted, crls, now))


def read_file(path: Path) -> bytes:
    """HelperError(FILE_UNREADABLE, TOO_LARGE)."""
    source = Source(str(path))
    try:
        require_size(source.size)
        return source.file.read(LARGEST_FILE + 1)
    finally:
        source.close()
