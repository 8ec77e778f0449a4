"""What pyHanko raises on files that are not as they should be."""

from __future__ import annotations

import struct
import zlib

from pyhanko.pdf_utils import misc
from pyhanko.sign.general import SigningError

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
