"""Every CKR_ number of PKCS#11 (OASIS v2.40, pkcs11t.h) with the failure it is for us."""

from __future__ import annotations

from enum import IntEnum

from hebca_helper.errors import Code, HelperError


class Ckr(IntEnum):
    OK = 0x0
    CANCEL = 0x1
    HOST_MEMORY = 0x2
    SLOT_ID_INVALID = 0x3
    GENERAL_ERROR = 0x5
    FUNCTION_FAILED = 0x6
    ARGUMENTS_BAD = 0x7
    NO_EVENT = 0x8
    NEED_TO_CREATE_THREADS = 0x9
    CANT_LOCK = 0xA
    ATTRIBUTE_READ_ONLY = 0x10
    ATTRIBUTE_SENSITIVE = 0x11
    ATTRIBUTE_TYPE_INVALID = 0x12
    ATTRIBUTE_VALUE_INVALID = 0x13
    ACTION_PROHIBITED = 0x1B
    DATA_INVALID = 0x20
    DATA_LEN_RANGE = 0x21
    DEVICE_ERROR = 0x30
    DEVICE_MEMORY = 0x31
    DEVICE_REMOVED = 0x32
    ENCRYPTED_DATA_INVALID = 0x40
    ENCRYPTED_DATA_LEN_RANGE = 0x41
    FUNCTION_CANCELED = 0x50
    FUNCTION_NOT_PARALLEL = 0x51
    FUNCTION_NOT_SUPPORTED = 0x54
    KEY_HANDLE_INVALID = 0x60
    KEY_SIZE_RANGE = 0x62
    KEY_TYPE_INCONSISTENT = 0x63
    KEY_NOT_NEEDED = 0x64
    KEY_CHANGED = 0x65
    KEY_NEEDED = 0x66
    KEY_INDIGESTIBLE = 0x67
    KEY_FUNCTION_NOT_PERMITTED = 0x68
    KEY_NOT_WRAPPABLE = 0x69
    KEY_UNEXTRACTABLE = 0x6A
    MECHANISM_INVALID = 0x70
    MECHANISM_PARAM_INVALID = 0x71
    OBJECT_HANDLE_INVALID = 0x82
    OPERATION_ACTIVE = 0x90
    OPERATION_NOT_INITIALIZED = 0x91
    PIN_INCORRECT = 0xA0
    PIN_INVALID = 0xA1
    PIN_LEN_RANGE = 0xA2
    PIN_EXPIRED = 0xA3
    PIN_LOCKED = 0xA4
    SESSION_CLOSED = 0xB0
    SESSION_COUNT = 0xB1
    SESSION_HANDLE_INVALID = 0xB3
    SESSION_PARALLEL_NOT_SUPPORTED = 0xB4
    SESSION_READ_ONLY = 0xB5
    SESSION_EXISTS = 0xB6
    SESSION_READ_ONLY_EXISTS = 0xB7
    SESSION_READ_WRITE_SO_EXISTS = 0xB8
    SIGNATURE_INVALID = 0xC0
    SIGNATURE_LEN_RANGE = 0xC1
    TEMPLATE_INCOMPLETE = 0xD0
    TEMPLATE_INCONSISTENT = 0xD1
    TOKEN_NOT_PRESENT = 0xE0
    TOKEN_NOT_RECOGNIZED = 0xE1
    TOKEN_WRITE_PROTECTED = 0xE2
    USER_ALREADY_LOGGED_IN = 0x100
    USER_NOT_LOGGED_IN = 0x101
    USER_PIN_NOT_INITIALIZED = 0x102
    USER_TYPE_INVALID = 0x103
    USER_ANOTHER_ALREADY_LOGGED_IN = 0x104
    USER_TOO_MANY_TYPES = 0x105
    DOMAIN_PARAMS_INVALID = 0x130
    CURVE_NOT_SUPPORTED = 0x140
    BUFFER_TOO_SMALL = 0x150
    CRYPTOKI_NOT_INITIALIZED = 0x190
    CRYPTOKI_ALREADY_INITIALIZED = 0x191
    PIN_TOO_WEAK = 0x1C3
    PUBLIC_KEY_INVALID = 0x1C4
    FUNCTION_REJECTED = 0x200

    @classmethod
    def named(cls, number: int) -> Ckr | None:
        """None for a vendor's number."""
        return cls._value2member_map_.get(number)  # type: ignore[return-value]


_CODES: dict[Code, tuple[Ckr, ...]] = {
    Code.DECRYPTION_FAILED: (Ckr.ENCRYPTED_DATA_INVALID, Ckr.ENCRYPTED_DATA_LEN_RANGE),
    Code.NOT_LOGGED_IN: (
        Ckr.KEY_HANDLE_INVALID,
        Ckr.OBJECT_HANDLE_INVALID,
        Ckr.OPERATION_ACTIVE,  # one request at a time: it is our own session that is stuck
        Ckr.SESSION_CLOSED,
        Ckr.SESSION_HANDLE_INVALID,
        Ckr.USER_NOT_LOGGED_IN,
    ),
    Code.NOT_SUPPORTED: (
        Ckr.CURVE_NOT_SUPPORTED,
        Ckr.DOMAIN_PARAMS_INVALID,
        Ckr.FUNCTION_NOT_SUPPORTED,
        Ckr.KEY_FUNCTION_NOT_PERMITTED,
        Ckr.KEY_INDIGESTIBLE,
        Ckr.KEY_NOT_WRAPPABLE,
        Ckr.KEY_SIZE_RANGE,
        Ckr.KEY_TYPE_INCONSISTENT,
        Ckr.KEY_UNEXTRACTABLE,
        Ckr.MECHANISM_INVALID,
        Ckr.MECHANISM_PARAM_INVALID,
    ),
    Code.PIN_EXPIRED: (Ckr.PIN_EXPIRED,),
    Code.PIN_INCORRECT: (Ckr.PIN_INCORRECT,),
    Code.PIN_LENGTH: (Ckr.PIN_INVALID, Ckr.PIN_LEN_RANGE),
    Code.PIN_LOCKED: (Ckr.PIN_LOCKED,),
    Code.PIN_NOT_SET: (Ckr.USER_PIN_NOT_INITIALIZED,),
    Code.PIN_WEAK: (Ckr.PIN_TOO_WEAK,),
    Code.TOKEN_BUSY: (
        Ckr.SESSION_COUNT,
        Ckr.SESSION_EXISTS,
        Ckr.SESSION_READ_ONLY_EXISTS,
        Ckr.SESSION_READ_WRITE_SO_EXISTS,
        Ckr.USER_ALREADY_LOGGED_IN,
        Ckr.USER_ANOTHER_ALREADY_LOGGED_IN,
        Ckr.USER_TOO_MANY_TYPES,
    ),
    Code.TOKEN_REMOVED: (Ckr.DEVICE_REMOVED, Ckr.SLOT_ID_INVALID, Ckr.TOKEN_NOT_PRESENT),
    Code.USER_CANCELLED: (Ckr.CANCEL, Ckr.FUNCTION_CANCELED, Ckr.FUNCTION_REJECTED),
}
_BY_NUMBER: dict[int, Code] = {ckr: code for code, group in _CODES.items() for ckr in group}

LOST = frozenset(
    {
        Ckr.DEVICE_ERROR,
        Ckr.DEVICE_REMOVED,
        Ckr.GENERAL_ERROR,
        Ckr.KEY_HANDLE_INVALID,
        Ckr.OBJECT_HANDLE_INVALID,
        Ckr.OPERATION_ACTIVE,
        Ckr.SESSION_CLOSED,
        Ckr.SESSION_HANDLE_INVALID,
        Ckr.SLOT_ID_INVALID,
        Ckr.TOKEN_NOT_PRESENT,
        Ckr.TOKEN_NOT_RECOGNIZED,
        Ckr.USER_NOT_LOGGED_IN,
    }
)
"""After one of these a session may be gone: the token pulled out, or logged out behind our back."""


def failure_of(number: int) -> HelperError:
    """The row of our table; a number that says no more than "it failed", and any vendor's, is TOKEN_FAILURE."""
    known = Ckr.named(number)
    detail = f"CKR_{known.name}" if known else f"CKR 0x{number:x}"
    return HelperError(_BY_NUMBER.get(number, Code.TOKEN_FAILURE), detail)
