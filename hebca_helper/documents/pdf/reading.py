# mypy: disable-error-code="no-untyped-call"
"""A PDF opened with pyHanko, its tables of objects (ISO 32000-1, 7.5.4) freed from what says nothing; and what pyHanko raises
on files that are not as they should be, with what the person is told then.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.crypt.permissions import StandardPermissions
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError

from hebca_helper.documents.pdf.reasons import reason
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

FAILURES = (
    misc.PdfError,
    SigningError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    UnicodeError,
    StopIteration,
    OSError,
    struct.error,
    zlib.error,
)
"""Its own errors, and those of Python that come through."""
MOST_KEPT = 16
"""Object streams whose heads are kept."""


class _Reader(PdfFileReader):
    """pyHanko reads the whole head of an object stream (ISO 32000-1, 7.5.7) again for each object in it: with all objects of
    a file in one stream that takes minutes."""

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        try:
            content, places = self._object_stream(stmnum)
        except (ValueError, KeyError):
            return super()._get_object_from_stream(idnum, stmnum, idx)  # which says what is wrong with it
        if idnum not in places or not 0 <= idx < len(places):
            return generic.NullObject()
        content.seek(places[idnum])
        try:
            return generic.read_object(content, generic.Reference(idnum, 0, self))
        except (misc.PdfStreamError, misc.PdfReadError):
            return generic.NullObject()  # as other readers take it

    def _object_stream(self, number: int) -> tuple[io.BytesIO, dict[int, int]]:
        """Its content, and where each object is in that. ValueError, KeyError."""
        kept = self.__dict__.setdefault("_object_streams", {})
        if number not in kept:
            stream = generic.Reference(number, 0, self).get_object()
            if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
                raise ValueError("no object stream")
            first, content = int(stream["/First"]), stream.data
            head = list(map(int, content[:first].split()))[: 2 * int(stream["/N"])]
            places = {each: first + place for each, place in reversed([*zip(head[::2], head[1::2], strict=True)])}
            while len(kept) >= MOST_KEPT:
                kept.pop(next(iter(kept)))
            kept[number] = io.BytesIO(content), places
        found: tuple[io.BytesIO, dict[int, int]] = kept[number]
        return found


def opened(data: bytes) -> PdfFileReader:
    """Raises what pyHanko does (`FAILURES`)."""
    reader = _Reader(io.BytesIO(data), strict=False)
    used: set[int] = set()
    for revision in range(reader.xrefs.total_revisions):
        section = reader.xrefs.get_xref_data(revision)
        if section.hybrid:  # tables for old and for new readers, which see different objects: left as it is
            used |= _numbers(section.hybrid.xref_data)
        else:
            _drop_empty(section, used, nothing_at_0=data.startswith(b"%PDF-"))
        used |= _numbers(section)
    return reader


def _numbers(table: Any) -> set[int]:
    return {*table.standard_xrefs, *table.xrefs_in_objstm}


def _drop_empty(table: Any, used: set[int], *, nothing_at_0: bool) -> None:
    """Entries of objects that never were: many generators write numbers that they did not use as objects at offset 0, where
    the file's head is, and others say of such numbers that they are free again. An object that was there before stays.
    """
    empty = {
        number: generation
        for number, (generation, offset) in table.standard_xrefs.items()
        if offset == 0 and nothing_at_0 and number not in used
    }
    for number, generation in empty.items():
        del table.standard_xrefs[number]
        table.explicit_refs_in_revision.discard((number, generation))
    for number in [each for each in table.freed if each not in used]:
        table.explicit_refs_in_revision.discard((number, table.freed.pop(number) - 1))


def unreadable(data: bytes, problem: BaseException) -> HelperError:
    """DOCUMENT_UNREADABLE with what a clerk can do something about; the cause stays in brackets for the help desk."""
    return HelperError(Code.DOCUMENT_UNREADABLE, f"{reason(data)} [{type(problem).__name__}]")


def unlock(writer: IncrementalPdfFileWriter) -> None:
    """What is written will be encrypted as the file is. HelperError(DOCUMENT_ENCRYPTED), told apart: a file that asks for a
    password, and one that opens by itself and allows neither changes nor signatures (ISO 32000-1, table 22)."""
    try:
        result = writer.encrypt(b"")
    except FAILURES:
        raise HelperError(Code.DOCUMENT_ENCRYPTED) from None
    if result.status is AuthStatus.FAILED:
        raise HelperError(Code.DOCUMENT_ENCRYPTED)
    if result.status is AuthStatus.USER and not _allows_signing(result.permission_flags):
        told = tr("文件不用密码就能打开，但制作者不允许填写和签名，请向制作者要没有限制的文件")
        raise HelperError(Code.DOCUMENT_ENCRYPTED, told)


def _allows_signing(permissions: StandardPermissions | None) -> bool:
    wanted = (
        StandardPermissions.ALLOW_MODIFICATION_GENERIC
        | StandardPermissions.ALLOW_ANNOTS_FORM_FILLING
        | StandardPermissions.ALLOW_FORM_FILLING
    )
    return permissions is None or bool(permissions & wanted)
