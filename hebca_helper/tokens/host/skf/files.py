"""The files of an application, which are what data objects are elsewhere: seals lie in them."""

from __future__ import annotations

from contextlib import suppress
from ctypes import byref

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.tokens.host.skf.failures import SkfError
from hebca_helper.tokens.host.skf.library import FileAttributes, Skf
from hebca_helper.tokens.host.skf.roster import Application, text
from hebca_helper.tokens.model import DataObject

LARGEST_FILE = 8 * 1024 * 1024
"""Octets that are read or written."""
LONGEST_NAME = 32
"""Octets of a file's name."""
PIECE = 4096
USER, EVERYONE = 0x10, 0xFF
"""Rights: who logged in, and anybody."""


def data_objects(skf: Skf, application: Application, private: bool) -> list[DataObject]:
    """The public or the private ones; `size` is what was reserved."""
    return [
        DataObject(application.info.id, text(name), private, attributes.size)
        for name, attributes in _files(skf, application)
        if _is_private(attributes) is private
    ]


def read_data(skf: Skf, application: Application, label: str, private: bool) -> bytes:
    """Raises DATA_OBJECT_MISSING, TOO_LARGE."""
    name, attributes = _named(skf, application, label, private)
    return _written(_read(skf, application, name, attributes.size))


def write_data(skf: Skf, application: Application, label: str, private: bool, value: bytes) -> None:
    """Create or replace, public or private as it may have been. Not one step: the old content comes back where the new
    one fails. Raises TOO_LARGE, BAD_REQUEST for a name that is too long."""
    if len(value) > LARGEST_FILE:
        raise HelperError(Code.TOO_LARGE, str(len(value)))
    old = next(((name, each) for name, each in _files(skf, application) if text(name) == label), None)
    name = old[0] if old else label.encode()
    if not 0 < len(name) <= LONGEST_NAME or b"\0" in name:
        raise HelperError(Code.BAD_REQUEST, f"name: {len(name)}")
    if old is None:
        _put(skf, application, name, value, private)
        return
    before = _read(skf, application, name, old[1].size)
    skf.call("DeleteFile", application.handle, name)
    try:
        _put(skf, application, name, value, private)
    except SkfError:
        with suppress(SkfError):
            skf.call("DeleteFile", application.handle, name)
        with suppress(SkfError):
            _put(skf, application, name, before, _is_private(old[1]))
        raise


def delete_data(skf: Skf, application: Application, label: str, private: bool) -> None:
    """Raises DATA_OBJECT_MISSING."""
    name, _ = _named(skf, application, label, private)
    skf.call("DeleteFile", application.handle, name)


def _files(skf: Skf, application: Application) -> list[tuple[bytes, FileAttributes]]:
    found = []
    for name in skf.names("EnumFiles", application.handle):
        attributes = FileAttributes()
        skf.call("GetFileInfo", application.handle, name, byref(attributes))
        found.append((name, attributes))
    return found


def _named(skf: Skf, application: Application, label: str, private: bool) -> tuple[bytes, FileAttributes]:
    for name, attributes in _files(skf, application):
        if text(name) == label and _is_private(attributes) is private:
            return name, attributes
    raise HelperError(Code.DATA_OBJECT_MISSING)


def _is_private(attributes: FileAttributes) -> bool:
    return bool(attributes.read_rights != EVERYONE)


def _read(skf: Skf, application: Application, name: bytes, size: int) -> bytes:
    if size > LARGEST_FILE:
        raise HelperError(Code.TOO_LARGE, str(size))
    value = bytearray()
    while len(value) < size:
        count = min(PIECE, size - len(value))
        piece = skf.sized("ReadFile", application.handle, name, len(value), count, most=count)
        if not piece:
            break
        value += piece
    return bytes(value)


def _put(skf: Skf, application: Application, name: bytes, value: bytes, private: bool) -> None:
    skf.call("CreateFile", application.handle, name, len(value), USER if private else EVERYONE, USER)
    for offset in range(0, len(value), PIECE):
        piece = value[offset : offset + PIECE]
        skf.call("WriteFile", application.handle, name, offset, piece, len(piece))


def _written(value: bytes) -> bytes:
    """A seal (DER) without the zeros up to the reserved size."""
    try:
        end = der.read(value).end
    except ValueError:
        return value
    return value if value[end:].strip(b"\0") else value[:end]
