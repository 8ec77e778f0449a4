"""C_InitToken, which python-pkcs11 does not bind. Used for the practice USBKEY only."""

from __future__ import annotations

import ctypes

from pkcs11 import Slot

from hebca_helper.errors import Code, HelperError

LABEL_SIZE = 32
"""Bytes of CK_TOKEN_INFO.label, padded with blanks (PKCS#11 v2.40 base, section 5.5, C_InitToken)."""
CKR_OK = 0


def initialise(path: str, slot: Slot, label: str, so_pin: str) -> None:
    """Make a token in this slot. The library at `path` is the one already loaded: the loader gives the same handle.

    Raises BAD_REQUEST for a label over 32 bytes, TOKEN_FAILURE with the CKR_ number."""
    name = label.encode()
    if not name or len(name) > LABEL_SIZE:
        raise HelperError(Code.BAD_REQUEST, f"label: {len(name)}")
    pin = ctypes.create_string_buffer(so_pin.encode())
    size = len(pin) - 1
    library = ctypes.CDLL(path)
    library.C_InitToken.argtypes = (ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
    library.C_InitToken.restype = ctypes.c_ulong
    try:
        result = library.C_InitToken(slot.slot_id, pin, size, name.ljust(LABEL_SIZE))
    finally:
        ctypes.memset(pin, 0, len(pin))
    if result != CKR_OK:
        raise HelperError(Code.TOKEN_FAILURE, f"C_InitToken 0x{result:x}")
