"""PKCS#11 (OASIS v2.40) through ctypes: the calls that the host makes, each as the standard has it.

Real USBKEYs are odd, so nothing here judges for all: a slot that fails is that slot's failure, a label is octets, a key's
type may be a vendor's number, and a failed login leaves no session behind.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_ubyte, c_ulong, c_void_p, create_string_buffer, sizeof
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.ckr import Ckr

LARGEST_OBJECT = 8 * 1024 * 1024
"""Bytes of one object's value that are read or written."""
UNAVAILABLE = c_ulong(-1).value
"""CK_UNAVAILABLE_INFORMATION: the length of an attribute that is not told."""
BATCH = 64
SIGNATURE_BUFFER = 512
"""Bytes at first; it grows when a library asks for more."""


class Attribute(IntEnum):
    """CKA_…"""

    CLASS = 0x0
    TOKEN = 0x1
    PRIVATE = 0x2
    LABEL = 0x3
    VALUE = 0x11
    CERTIFICATE_TYPE = 0x80
    ISSUER = 0x81
    SERIAL_NUMBER = 0x82
    KEY_TYPE = 0x100
    SUBJECT = 0x101
    ID = 0x102
    SENSITIVE = 0x103
    ENCRYPT = 0x104
    DECRYPT = 0x105
    SIGN = 0x108
    VERIFY = 0x10A
    MODULUS = 0x120
    MODULUS_BITS = 0x121
    PUBLIC_EXPONENT = 0x122
    EXTRACTABLE = 0x162
    EC_PARAMS = 0x180
    EC_POINT = 0x181
    ALWAYS_AUTHENTICATE = 0x202


class ObjectClass(IntEnum):
    """CKO_…"""

    DATA = 0
    CERTIFICATE = 1
    PUBLIC_KEY = 2
    PRIVATE_KEY = 3


class KeyType(IntEnum):
    """CKK_…"""

    RSA = 0
    EC = 3


X_509 = 0
"""CKC_X_509."""


class Mechanism(IntEnum):
    """CKM_…"""

    RSA_PKCS_KEY_PAIR_GEN = 0x0
    RSA_PKCS = 0x1
    EC_KEY_PAIR_GEN = 0x1040
    ECDSA = 0x1041


class User(IntEnum):
    """CKU_…"""

    SECURITY_OFFICER = 0
    USER = 1
    CONTEXT_SPECIFIC = 2


class TokenFlag(IntFlag):
    """CKF_… of CK_TOKEN_INFO."""

    LOGIN_REQUIRED = 0x4
    PROTECTED_AUTHENTICATION_PATH = 0x100
    TOKEN_INITIALIZED = 0x400
    USER_PIN_COUNT_LOW = 0x10000
    USER_PIN_FINAL_TRY = 0x20000
    USER_PIN_LOCKED = 0x40000


class CryptokiError(RuntimeError):
    """A call's CKR_ number other than CKR_OK."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        known = Ckr.named(self.number)
        return f"CKR_{known.name}" if known else f"CKR 0x{self.number:x}"


class _Packed(Structure):
    """Windows has PKCS#11's structures without gaps (v2.40, section 2.1)."""

    if sys.platform == "win32":
        _pack_ = 1


class _Version(_Packed):
    _fields_ = (("major", c_ubyte), ("minor", c_ubyte))


class _Info(_Packed):
    _fields_ = (
        ("cryptoki", _Version),
        ("manufacturer", c_ubyte * 32),
        ("flags", c_ulong),
        ("description", c_ubyte * 32),
        ("library", _Version),
    )


class _TokenInfo(_Packed):
    _fields_ = (
        ("label", c_ubyte * 32),
        ("manufacturer", c_ubyte * 32),
        ("model", c_ubyte * 16),
        ("serial", c_ubyte * 16),
        ("flags", c_ulong),
        ("counts_and_sizes", c_ulong * 10),
        ("hardware", _Version),
        ("firmware", _Version),
        ("time", c_ubyte * 16),
    )


class _SessionInfo(_Packed):
    _fields_ = (("slot", c_ulong), ("state", c_ulong), ("flags", c_ulong), ("error", c_ulong))


class _Attribute(_Packed):
    _fields_ = (("type", c_ulong), ("value", c_void_p), ("length", c_ulong))


class _Mechanism(_Packed):
    _fields_ = (("mechanism", c_ulong), ("parameter", c_void_p), ("length", c_ulong))


_ORDER = """
Initialize Finalize GetInfo GetFunctionList GetSlotList GetSlotInfo GetTokenInfo GetMechanismList GetMechanismInfo InitToken
InitPIN SetPIN OpenSession CloseSession CloseAllSessions GetSessionInfo GetOperationState SetOperationState Login Logout
CreateObject CopyObject DestroyObject GetObjectSize GetAttributeValue SetAttributeValue FindObjectsInit FindObjects
FindObjectsFinal EncryptInit Encrypt EncryptUpdate EncryptFinal DecryptInit Decrypt DecryptUpdate DecryptFinal DigestInit
Digest DigestUpdate DigestKey DigestFinal SignInit Sign SignUpdate SignFinal SignRecoverInit SignRecover VerifyInit Verify
VerifyUpdate VerifyFinal VerifyRecoverInit VerifyRecover DigestEncryptUpdate DecryptDigestUpdate SignEncryptUpdate
DecryptVerifyUpdate GenerateKey GenerateKeyPair WrapKey UnwrapKey DeriveKey SeedRandom GenerateRandom GetFunctionStatus
CancelFunction WaitForSlotEvent
"""
"""The functions of CK_FUNCTION_LIST."""
_P, _N = c_void_p, c_ulong
_ARGUMENTS: Mapping[str, tuple[type, ...]] = {
    "Initialize": (_P,),
    "Finalize": (_P,),
    "GetInfo": (_P,),
    "GetSlotList": (c_ubyte, _P, _P),
    "GetTokenInfo": (_N, _P),
    "InitToken": (_N, _P, _N, _P),
    "InitPIN": (_N, _P, _N),
    "SetPIN": (_N, _P, _N, _P, _N),
    "OpenSession": (_N, _N, _P, _P, _P),
    "CloseSession": (_N,),
    "GetSessionInfo": (_N, _P),
    "Login": (_N, _N, _P, _N),
    "Logout": (_N,),
    "CreateObject": (_N, _P, _N, _P),
    "DestroyObject": (_N, _N),
    "GetAttributeValue": (_N, _N, _P, _N),
    "FindObjectsInit": (_N, _P, _N),
    "FindObjects": (_N, _P, _N, _P),
    "FindObjectsFinal": (_N,),
    "DecryptInit": (_N, _P, _N),
    "Decrypt": (_N, _P, _N, _P, _P),
    "SignInit": (_N, _P, _N),
    "Sign": (_N, _P, _N, _P, _P),
    "GenerateKeyPair": (_N, _P, _P, _N, _P, _N, _P, _P),
}


class _FunctionList(_Packed):
    _fields_ = (("version", _Version), *((name, c_void_p) for name in _ORDER.split()))


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """CK_TOKEN_INFO of one slot: the fields as octets without their padding."""

    slot: int
    label: bytes
    manufacturer: bytes
    model: bytes
    serial: bytes
    flags: int

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells this token from another one that is put into the same slot."""
        return (self.slot, self.label, self.manufacturer, self.model, self.serial)


Template = Mapping[Attribute, bytes]
"""Attributes with their octets, as `number` and `flag` make them."""


def number(value: int) -> bytes:
    """A CK_ULONG."""
    return bytes(c_ulong(value))


def flag(value: bool) -> bytes:
    """A CK_BBOOL."""
    return b"\1" if value else b"\0"


class Cryptoki:
    """One loaded library. Only one thread may use it: C_Initialize is called without locking."""

    def __init__(self, path: str) -> None:
        """Raises OSError for what is no library, AttributeError for one without C_GetFunctionList, CryptokiError."""
        self._library = ctypes.CDLL(path)
        table = POINTER(_FunctionList)()
        get_list = self._library.C_GetFunctionList
        get_list.argtypes, get_list.restype = (_P,), c_ulong
        _check(get_list(byref(table)))
        self._calls = {
            name: CFUNCTYPE(c_ulong, *arguments)(getattr(table.contents, name))
            for name, arguments in _ARGUMENTS.items()
        }
        self.initialized = False

    def call(self, name: str, *arguments: object) -> None:
        """Raises CryptokiError for every answer but CKR_OK."""
        _check(self._calls[name](*arguments))

    def ask(self, name: str, *arguments: object) -> int:
        """The CKR_ number."""
        answer: int = self._calls[name](*arguments)
        return answer

    def initialize(self) -> None:
        self.call("Initialize", None)
        self.initialized = True

    def finalize(self) -> None:
        self.initialized = False
        self.call("Finalize", None)

    def description(self) -> str:
        """Maker, library and version, for the help desk."""
        info = _Info()
        self.call("GetInfo", byref(info))
        words = [_unpadded(info.manufacturer), _unpadded(info.description)]
        version = f"{info.library.major}.{info.library.minor}"
        return " ".join([*(word.decode("utf-8", "replace") for word in words), version]).strip()

    def slots(self) -> list[int]:
        """Slots that say a token is in them. The list may grow or shrink between two calls."""
        count = c_ulong()
        self.call("GetSlotList", 1, None, byref(count))
        for _ in range(5):
            count.value += BATCH
            slots = (c_ulong * count.value)()
            answer = self.ask("GetSlotList", 1, slots, byref(count))
            if answer != Ckr.BUFFER_TOO_SMALL:
                break
        _check(answer)
        return list(slots[: count.value])

    def token(self, slot: int) -> TokenRecord:
        info = _TokenInfo()
        self.call("GetTokenInfo", slot, byref(info))
        label, maker = _unpadded(info.label), _unpadded(info.manufacturer)
        return TokenRecord(slot, label, maker, _unpadded(info.model), _unpadded(info.serial), info.flags)

    def init_token(self, slot: int, so_pin: str, label: bytes) -> None:
        """`label` has 32 octets."""
        with _Pin(so_pin) as pin:
            self.call("InitToken", slot, *pin, label)

    def open(self, slot: int, *, rw: bool) -> Session:
        handle = c_ulong()
        serial, writing = 4, 2
        self.call("OpenSession", slot, serial | (writing if rw else 0), None, None, byref(handle))
        return Session(self, handle.value)


class Session:
    """An open session; it lives as long as its token stays in its slot."""

    def __init__(self, library: Cryptoki, handle: int) -> None:
        self._library = library
        self._handle = handle
        self._buffer = create_string_buffer(SIGNATURE_BUFFER)

    def _call(self, name: str, *arguments: object) -> None:
        self._library.call(name, self._handle, *arguments)

    def check(self) -> None:
        """Raises CryptokiError where the session is no more."""
        self._call("GetSessionInfo", byref(_SessionInfo()))

    def close(self) -> None:
        self._call("CloseSession")

    def login(self, user: User, pin: str | None) -> None:
        """None: the PIN is typed on the token itself."""
        with _Pin(pin) as octets:
            self._call("Login", user, *octets)

    def logout(self) -> None:
        self._call("Logout")

    def set_pin(self, old: str, new: str) -> None:
        with _Pin(old) as before, _Pin(new) as after:
            self._call("SetPIN", *before, *after)

    def init_pin(self, pin: str) -> None:
        with _Pin(pin) as octets:
            self._call("InitPIN", *octets)

    def find(self, template: Template) -> list[int]:
        """Handles of all objects that have these attributes."""
        attributes, keep = _template(template)
        self._call("FindObjectsInit", attributes, len(template))
        del keep
        found: list[int] = []
        handles, count = (c_ulong * BATCH)(), c_ulong()
        try:
            while True:
                self._call("FindObjects", handles, BATCH, byref(count))
                if not 0 < count.value <= BATCH:
                    return found
                found += handles[: count.value]
        finally:
            self._library.ask("FindObjectsFinal", self._handle)

    def get(self, item: int, name: Attribute) -> bytes | None:
        """An attribute's octets; None where this library does not have or not tell it. Raises TOO_LARGE."""
        wanted = _Attribute(name, None, 0)
        if not self._told("GetAttributeValue", item, wanted):
            return None
        if wanted.length > LARGEST_OBJECT:
            raise HelperError(Code.TOO_LARGE, str(wanted.length))
        value = create_string_buffer(max(wanted.length, 1))
        wanted.value = ctypes.addressof(value)
        return value.raw[: wanted.length] if self._told("GetAttributeValue", item, wanted) else None

    def _told(self, name: str, item: int, wanted: _Attribute) -> bool:
        answer = self._library.ask(name, self._handle, item, byref(wanted), 1)
        if answer in _GONE:
            raise CryptokiError(answer)
        return answer == Ckr.OK and wanted.length != UNAVAILABLE

    def create(self, template: Template) -> None:
        attributes, keep = _template(template)
        self._call("CreateObject", attributes, len(template), byref(c_ulong()))
        del keep

    def destroy(self, item: int) -> None:
        self._call("DestroyObject", item)

    def sign(self, key: int, mechanism: Mechanism, data: bytes, before: Callable[[], None] | None = None) -> bytes:
        """`before` is called when the signature is begun: where a key's own PIN goes."""
        return self._operate("Sign", key, mechanism, data, before)

    def decrypt(self, key: int, mechanism: Mechanism, data: bytes, before: Callable[[], None] | None = None) -> bytes:
        """`before` as for `sign`."""
        return self._operate("Decrypt", key, mechanism, data, before)

    def _operate(
        self, name: str, key: int, mechanism: Mechanism, data: bytes, before: Callable[[], None] | None
    ) -> bytes:
        self._call(f"{name}Init", byref(_Mechanism(mechanism, None, 0)), key)
        try:
            if before is not None:
                before()
        except CryptokiError:
            # The standard has no other end for what was begun; what comes of it is thrown away.
            with suppress(CryptokiError):
                self._output(name, data)
            raise
        return self._output(name, data)

    def _output(self, name: str, data: bytes) -> bytes:
        length = c_ulong(len(self._buffer))
        answer = self._library.ask(name, self._handle, data, len(data), self._buffer, byref(length))
        if answer == Ckr.BUFFER_TOO_SMALL and len(self._buffer) < length.value <= LARGEST_OBJECT:
            self._buffer = create_string_buffer(length.value)
            answer = self._library.ask(name, self._handle, data, len(data), self._buffer, byref(length))
        _check(answer)
        return self._buffer.raw[: length.value]

    def generate_pair(self, mechanism: Mechanism, public: Template, private: Template) -> int:
        """The handle of the public key."""
        one, other = c_ulong(), c_ulong()
        shown, keep_shown = _template(public)
        hidden, keep_hidden = _template(private)
        way = _Mechanism(mechanism, None, 0)
        self._call("GenerateKeyPair", byref(way), shown, len(public), hidden, len(private), byref(one), byref(other))
        del keep_shown, keep_hidden
        return one.value


_GONE = frozenset(
    {Ckr.DEVICE_REMOVED, Ckr.TOKEN_NOT_PRESENT, Ckr.SESSION_HANDLE_INVALID, Ckr.SESSION_CLOSED, Ckr.SLOT_ID_INVALID}
)


def _check(answer: int) -> None:
    if answer != Ckr.OK:
        raise CryptokiError(answer)


def _unpadded(field: ctypes.Array[c_ubyte]) -> bytes:
    """Blanks by the standard, zeros by some makers; what follows a first zero is left over from something else."""
    return bytes(field).partition(b"\0")[0].rstrip()


def _template(template: Template) -> tuple[ctypes.Array[_Attribute], list[object]]:
    """CK_ATTRIBUTE[], and what must be kept alive while it is used."""
    attributes = (_Attribute * max(len(template), 1))()
    values = [create_string_buffer(value, max(len(value), 1)) for value in template.values()]
    for place, (name, value, octets) in enumerate(zip(template, template.values(), values, strict=True)):
        attributes[place] = _Attribute(name, ctypes.addressof(octets), len(value))
    return attributes, list(values)


class _Pin:
    """A PIN's octets and their number for a call, overwritten after it."""

    def __init__(self, pin: str | None) -> None:
        octets = None if pin is None else pin.encode("utf-8", "replace")
        self._buffer = None if octets is None else create_string_buffer(octets, max(len(octets), 1))
        self._size = len(octets or b"")

    def __enter__(self) -> tuple[object, int]:
        return self._buffer, self._size

    def __exit__(self, *_: object) -> None:
        if self._buffer is not None:
            ctypes.memset(self._buffer, 0, sizeof(self._buffer))
