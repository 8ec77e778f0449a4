"""SAR_… numbers (GM/T 0016-2012, annex A) as failures of ours. From 0x0A000032 on each maker has numbers of its own:
those are TOKEN_FAILURE with the number in the detail."""

from __future__ import annotations

from hebca_helper.errors import Code, HelperError

_BASE = 0x0A000000
NOT_SUPPORTED = _BASE + 0x03
INVALID_HANDLE = _BASE + 0x05
INVALID_PARAMETER = _BASE + 0x06
CERTIFICATE_NOT_FOUND = _BASE + 0x1C
BUFFER_TOO_SMALL = _BASE + 0x20
DEVICE_REMOVED = _BASE + 0x23
PIN_INCORRECT = _BASE + 0x24
PIN_LOCKED = _BASE + 0x25
ALREADY_LOGGED_IN = _BASE + 0x28
USER_NOT_LOGGED_IN = _BASE + 0x2D
FILE_MISSING = _BASE + 0x31

TABLE = {
    NOT_SUPPORTED: Code.NOT_SUPPORTED,
    INVALID_HANDLE: Code.TOKEN_FAILURE,
    _BASE + 0x09: Code.BAD_REQUEST,  # SAR_NAMELENERR
    _BASE + 0x0A: Code.NOT_SUPPORTED,  # SAR_KEYUSAGEERR
    _BASE + 0x0B: Code.NOT_SUPPORTED,  # SAR_MODULUSLENERR
    _BASE + 0x16: Code.NOT_SUPPORTED,  # SAR_RSAMODULUSLENERR
    _BASE + 0x19: Code.DECRYPTION_FAILED,  # SAR_RSADECERR
    _BASE + 0x1B: Code.NO_PRIVATE_KEY,  # SAR_KEYNOTFOUNTERR
    CERTIFICATE_NOT_FOUND: Code.NO_CERTIFICATE,
    _BASE + 0x1D: Code.NOT_SUPPORTED,  # SAR_NOTEXPORTERR
    _BASE + 0x1E: Code.DECRYPTION_FAILED,  # SAR_DECRYPTPADERR
    _BASE + 0x21: Code.NOT_SUPPORTED,  # SAR_KEYINFOTYPEERR
    DEVICE_REMOVED: Code.TOKEN_REMOVED,
    PIN_INCORRECT: Code.PIN_INCORRECT,
    PIN_LOCKED: Code.PIN_LOCKED,
    _BASE + 0x26: Code.PIN_LENGTH,  # SAR_PIN_INVALID
    _BASE + 0x27: Code.PIN_LENGTH,  # SAR_PIN_LEN_RANGE
    ALREADY_LOGGED_IN: Code.TOKEN_BUSY,
    _BASE + 0x29: Code.PIN_LOCKED,  # SAR_USER_PIN_NOT_INITIALIZED
    USER_NOT_LOGGED_IN: Code.NOT_LOGGED_IN,
    FILE_MISSING: Code.DATA_OBJECT_MISSING,
}

STALE = frozenset({INVALID_HANDLE, DEVICE_REMOVED})
"""What libraries answer for handles from before the USBKEY was pulled out."""


class SkfError(Exception):
    """A function that answered anything but SAR_OK; `number` 0 for one that broke its promise with SAR_OK."""

    def __init__(self, number: int, function: str) -> None:
        super().__init__(number, function)
        self.number = number
        self.function = function

    @property
    def failure(self) -> HelperError:
        return HelperError(TABLE.get(self.number, Code.TOKEN_FAILURE), f"SKF_{self.function} 0x{self.number:08x}")
