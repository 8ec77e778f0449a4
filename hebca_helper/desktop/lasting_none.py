"""Keeps Python alive under PySide6: before Python 3.12 each call of a Qt function without a result gives away one
reference to None that it does not own, and after some ten thousand calls the interpreter aborts ("deallocating None").

From 3.12 on None is immortal (PEP 683) and nothing is to be done.
"""

from __future__ import annotations

import sys

ENOUGH = 1 << 60
"""References that no run of the program can use up."""


def keep_none() -> None:
    """Does what PEP 683 does, for None alone. Once is enough; more does no harm."""
    if sys.version_info >= (3, 12) or sys.getrefcount(None) > ENOUGH // 2:
        return
    import ctypes

    # PyObject begins with its reference count (docs.python.org, c-api/structures, PyObject_HEAD)
    ctypes.c_ssize_t.from_address(id(None)).value += ENOUGH
