"""What pyHanko raises on files that are not as they should be, and what the person is told then."""

from __future__ import annotations

import struct
import zlib

from pyhanko.pdf_utils import misc
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


def unreadable(data: bytes, problem: BaseException) -> HelperError:
    """DOCUMENT_UNREADABLE with what a clerk can do something about; the cause stays in brackets for the help desk."""
    return HelperError(Code.DOCUMENT_UNREADABLE, f"{reason(data)} [{type(problem).__name__}]")


def encrypted(reader: PdfFileReader) -> HelperError:
    """Told apart: a file that asks for a password, and one that opens by itself and forbids changes."""
    try:
        opens = reader.decrypt(b"").status.value != 0
    except FAILURES:
        opens = False
    told = tr("文件不用密码就能打开，但制作者限制了修改，请向制作者要没有限制的文件") if opens else ""
    return HelperError(Code.DOCUMENT_ENCRYPTED, told)
