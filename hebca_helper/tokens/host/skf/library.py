"""The C interface of GM/T 0016 by ctypes. ULONG has 32 bits on every system, structures are packed, sizes that a library
tells are hints: every buffer is ours, zeroed and of known length."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes import c_char_p, c_int32, c_uint8, c_uint32, c_void_p
from pathlib import Path
from typing import Any

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.skf.failures import BUFFER_TOO_SMALL, NOT_SUPPORTED, SkfError

FIRST_BUFFER = 4096
LARGEST_BUFFER = 1024 * 1024
"""Octets, whatever a library asks for."""
DEVICE_INFO_BUFFER = 1024
"""Octets for DEVINFO: 294 by the standard, 296 where a maker did not pack it."""


class _Packed(ctypes.LittleEndianStructure):
    _pack_ = 1


class DeviceInfo(_Packed):
    """DEVINFO up to the serial number, which stands at the same place in every variant."""

    _fields_ = [
        ("version", c_uint8 * 2),
        ("manufacturer", c_uint8 * 64),
        ("issuer", c_uint8 * 64),
        ("label", c_uint8 * 32),
        ("serial", c_uint8 * 32),
    ]


class RsaPublicKey(_Packed):
    """RSAPUBLICKEYBLOB."""

    _fields_ = [("algorithm", c_uint32), ("bits", c_uint32), ("modulus", c_uint8 * 256), ("exponent", c_uint8 * 4)]


class EccPublicKey(_Packed):
    """ECCPUBLICKEYBLOB: coordinates right-aligned."""

    _fields_ = [("bits", c_uint32), ("x", c_uint8 * 64), ("y", c_uint8 * 64)]


class EccSignature(_Packed):
    """ECCSIGNATUREBLOB."""

    _fields_ = [("r", c_uint8 * 64), ("s", c_uint8 * 64)]


class EccCipherHead(_Packed):
    """ECCCIPHERBLOB without the `length` octets of the ciphertext at its end."""

    _fields_ = [("x", c_uint8 * 64), ("y", c_uint8 * 64), ("hash", c_uint8 * 32), ("length", c_uint32)]


class EnvelopedKeyHead(_Packed):
    """ENVELOPEDKEYBLOB without the ECCCIPHERBLOB at its end."""

    _fields_ = [
        ("version", c_uint32),
        ("algorithm", c_uint32),
        ("bits", c_uint32),
        ("private_key", c_uint8 * 64),
        ("public_key", EccPublicKey),
    ]


class CipherParameters(_Packed):
    """BLOCKCIPHERPARAM; goes by value."""

    _fields_ = [("iv", c_uint8 * 32), ("iv_length", c_uint32), ("padding", c_uint32), ("feed_bits", c_uint32)]


class FileAttributes(_Packed):
    """FILEATTRIBUTE."""

    _fields_ = [("name", c_uint8 * 32), ("size", c_uint32), ("read_rights", c_uint32), ("write_rights", c_uint32)]


_KINDS: dict[str, Any] = {
    "h": c_void_p,  # a handle: never an int of 32 bits
    "u": c_uint32,
    "b": c_int32,
    "s": c_char_p,
    "p": c_void_p,  # a buffer or a structure
    "c": CipherParameters,
}
_FUNCTIONS = {
    "EnumDev": "bpp", "ConnectDev": "sp", "DisConnectDev": "h", "GetDevInfo": "hp", "LockDev": "hu", "UnlockDev": "h",
    "EnumApplication": "hpp", "OpenApplication": "hsp", "CloseApplication": "h",
    "GetPINInfo": "huppp", "VerifyPIN": "hupp", "ChangePIN": "huppp", "UnblockPIN": "hppp", "ClearSecureState": "h",
    "EnumFiles": "hpp", "GetFileInfo": "hsp", "ReadFile": "hsuupp", "CreateFile": "hsuuu", "WriteFile": "hsupu",
    "DeleteFile": "hs",
    "EnumContainer": "hpp", "CreateContainer": "hsp", "DeleteContainer": "hs", "OpenContainer": "hsp",
    "CloseContainer": "h", "GetContainerType": "hp", "ImportCertificate": "hbpu", "ExportCertificate": "hbpp",
    "ExportPublicKey": "hbpp", "GenECCKeyPair": "hup", "ImportECCKeyPair": "hp", "ECCSignData": "hpup",
    "GenRSAKeyPair": "hup", "RSASignData": "hpupp", "ECCPrvKeyDecrypt": "hppp",
    "ImportSessionKey": "hupup", "DecryptInit": "hc", "DecryptUpdate": "hpupp", "DecryptFinal": "hpp", "CloseHandle": "h",
}  # fmt: skip
"""By the name without `SKF_`: the parameters, as `_KINDS` has them."""


class Number:
    """A ULONG that a library writes: in a slot of eight octets, should one write as many."""

    def __init__(self, value: int = 0) -> None:
        self._slot = (c_uint32 * 2)(value, 0)

    @property
    def value(self) -> int:
        return int(self._slot[0])

    @property
    def _as_parameter_(self) -> Any:
        return ctypes.addressof(self._slot)


class Skf:
    """One loaded library. Every call raises SkfError for what is not SAR_OK."""

    def __init__(self, path: str) -> None:
        """Raises MODULE_NOT_LOADED; DRIVER_MISMATCH for a library of another width than this program."""
        if not Path(path).is_absolute():
            raise HelperError(Code.MODULE_NOT_LOADED, f"{path}: not an absolute path")
        try:
            self._library = _loader(path)
        except OSError as problem:
            if (width := _width(path)) not in (0, _OWN_WIDTH):
                raise HelperError(Code.DRIVER_MISMATCH, f"{path}: {width} / {_OWN_WIDTH}") from None
            raise HelperError(Code.MODULE_NOT_LOADED, f"{path}: {problem}") from None
        self._functions: dict[str, Any] = {}
        if not self.has("EnumDev"):
            raise HelperError(Code.MODULE_NOT_LOADED, f"{path}: SKF_EnumDev")

    def has(self, name: str) -> bool:
        return hasattr(self._library, f"SKF_{name}")

    def call(self, name: str, *values: Any) -> None:
        """SKF_`name`. Raises SkfError, also for a function the library does not have."""
        function = self._functions.get(name) or self._bound(name)
        result = function(*values)
        if result:
            raise SkfError(result, name)

    def handle(self, name: str, *values: Any) -> int:
        """What a function that opens something writes at its end."""
        handle = c_void_p()
        self.call(name, *values, ctypes.byref(handle))
        if handle.value is None:
            raise SkfError(0, f"{name} without a handle")
        return handle.value

    def data(self, name: str, *values: Any) -> bytes:
        """What a function with a buffer and its size at its end writes, zeros behind it included: its size is a hint."""
        room = FIRST_BUFFER
        while True:
            buffer, size = ctypes.create_string_buffer(room), Number(room)
            try:
                self.call(name, *values, buffer, size)
            except SkfError as problem:
                if problem.number != BUFFER_TOO_SMALL or room >= LARGEST_BUFFER:
                    raise
            else:
                # Some answer SAR_OK and the size they would have needed.
                if not room < size.value <= LARGEST_BUFFER:
                    return buffer.raw
            room = min(LARGEST_BUFFER, max(2 * room, min(size.value, LARGEST_BUFFER)))

    def sized(self, name: str, *values: Any, most: int) -> bytes:
        """As `data`, for at most so many octets, as long as the library says."""
        buffer, size = ctypes.create_string_buffer(most), Number(most)
        self.call(name, *values, buffer, size)
        return buffer.raw[: min(size.value, most)]

    def names(self, name: str, *values: Any) -> list[bytes]:
        """A list of names, each ended by a NUL, the whole by one more, or by none."""
        listed, _, _ = self.data(name, *values).partition(b"\0\0")
        return [each for each in listed.split(b"\0") if each]

    @contextmanager
    def opened(self, open_with: str, close_with: str, *values: Any) -> Iterator[int]:
        handle = self.handle(open_with, *values)
        try:
            yield handle
        finally:
            with suppress(SkfError):
                self.call(close_with, handle)

    @contextmanager
    def locked(self, device: int, milliseconds: int) -> Iterator[None]:
        """Keep other programs out meanwhile; a library that cannot is gone on with."""
        try:
            self.call("LockDev", device, milliseconds)
        except SkfError as problem:
            if problem.number != NOT_SUPPORTED:
                raise
            yield
            return
        try:
            yield
        finally:
            with suppress(SkfError):
                self.call("UnlockDev", device)

    def _bound(self, name: str) -> Any:
        try:
            function = getattr(self._library, f"SKF_{name}")
        except AttributeError:
            raise SkfError(NOT_SUPPORTED, name) from None
        function.argtypes = [_KINDS[kind] for kind in _FUNCTIONS[name]]
        function.restype = c_uint32
        self._functions[name] = function
        return function


def _loader(path: str) -> Any:
    """32-bit Windows libraries are __stdcall."""
    if sys.platform == "win32":
        return ctypes.WinDLL(path)
    return ctypes.CDLL(path)


_OWN_WIDTH = 8 * ctypes.sizeof(c_void_p)
_PE_WIDTHS = {0x14C: 32, 0x8664: 64, 0xAA64: 64}
"""Machine of a PE header (Microsoft's PE format)."""


def _width(path: str) -> int:
    """Bits of an ELF or PE library; 0 where that cannot be told."""
    with suppress(OSError, IndexError), Path(path).open("rb") as file:
        head = file.read(64)
        if head[:4] == b"\x7fELF":
            return {1: 32, 2: 64}.get(head[4], 0)
        if head[:2] == b"MZ":
            file.seek(int.from_bytes(head[60:64], "little"))
            return _PE_WIDTHS.get(int.from_bytes(file.read(6)[4:], "little"), 0)
    return 0
