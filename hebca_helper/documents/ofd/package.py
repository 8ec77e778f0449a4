"""The ZIP that an OFD document is (GB/T 33190-2016, 7.1), read in memory under limits.

Each member is unpacked at most once, and never more of it than its limit: what its header says is not believed.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable

from hebca_helper.documents import LARGEST_FILE, require_size
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.texts import tr

MOST_MEMBERS = 20_000
LARGEST_MEMBER = LARGEST_FILE
LARGEST_TOTAL = 2 * LARGEST_FILE
"""Octets unpacked, of all members together."""
Digest = Callable[[bytes], bytes]
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER = b"PK\x03\x04"
"""What every member begins with (APPNOTE.TXT, 4.3.7)."""
_DEEPEST = 16
"""Folders above a file that are tried."""
_ENCRYPTED, _UTF_8 = 0x1, 0x800
"""Bits of the general purpose flag (APPNOTE.TXT, 4.4.4)."""
_ZIP_FAILURES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    IndexError,
)
"""Everything that `zipfile` is known to raise on damaged archives."""


class Package:
    """Members by their path without a leading slash. Every method raises HelperError(DOCUMENT_UNREADABLE),
    DOCUMENT_ENCRYPTED, TOO_LARGE.
    """

    def __init__(self, data: bytes) -> None:
        require_size(len(data))
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _ZIP_FAILURES as problem:
            raise HelperError(Code.DOCUMENT_UNREADABLE, tr("不是 OFD 文档")) from problem
        self._members = _members(self._archive)
        _require_nothing_hidden(data, self._archive)
        self._folded = _folded(self._members)
        self._unpacked: dict[str, bytes] = {}
        self._digests: dict[tuple[str, Digest], bytes] = {}
        self._total = 0

    @property
    def names(self) -> list[str]:
        """Paths of all files, in the archive's order."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """A member by its exact path."""
        if name not in self._unpacked:
            self._unpacked[name] = self._unpack(self._members[name])
        return self._unpacked[name]

    def digest(self, name: str, method: Digest) -> bytes:
        """Of a member by its exact path; made once, however many signatures cover it."""
        if (name, method) not in self._digests:
            self._digests[name, method] = method(self.read(name))
        return self._digests[name, method]

    def find(self, reference: str, base: str = "") -> str | None:
        """The member that `reference`, standing in a file of the folder `base`, means; None when there is none.

        Absolute paths start at the root; others at `base`, as the standard has it, or at a folder above it up to the root,
        as some makers do. Where no spelling fits exactly, case does not count, unless that leaves a choice.
        """
        reference = reference.strip().replace("\\", "/")
        starts = [""] if reference.startswith("/") else _upwards(base)
        paths = [_normal(posixpath.join(start, reference.lstrip("/"))) for start in starts]
        for path in paths:
            if path in self._members:
                return path
        return next((self._folded[path.lower()] for path in paths if self._folded.get(path.lower())), None)

    def _unpack(self, member: zipfile.ZipInfo) -> bytes:
        room = min(LARGEST_MEMBER, LARGEST_TOTAL - self._total)
        try:
            with self._archive.open(member) as source:
                content = source.read(room + 1)
        except _ZIP_FAILURES as problem:
            raise HelperError(Code.DOCUMENT_UNREADABLE, member.filename[:200]) from problem
        if len(content) > room:
            raise HelperError(Code.TOO_LARGE, tr("文档解压后太大"))
        self._total += len(content)
        return content


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise HelperError(Code.TOO_LARGE, tr("文档中的文件太多"))
    for entry in entries:
        if entry.is_dir():
            continue
        name = _normal(_name(entry).replace("\\", "/"))
        if name in found:
            # one reader takes the first, another the last: what is signed and what is shown could differ
            raise HelperError(Code.DOCUMENT_UNREADABLE, tr("同名文件出现了两次"))
        if entry.flag_bits & _ENCRYPTED:
            raise HelperError(Code.DOCUMENT_ENCRYPTED, tr("OFD 文档已加密，解密后才能检查"))
        if entry.compress_type not in _METHODS:
            raise HelperError(Code.DOCUMENT_UNREADABLE, tr("文档使用了少见的压缩方式"))
        found[name] = entry
    return found


def _require_nothing_hidden(data: bytes, archive: zipfile.ZipFile) -> None:
    """Between the members of the directory there may be no further ones: readers that go through a file from its beginning
    would show those, whatever the signed ones say. HelperError(DOCUMENT_UNREADABLE)."""
    here = 0
    for entry in sorted(archive.infolist(), key=lambda each: each.header_offset):
        if _LOCAL_HEADER in data[here : entry.header_offset]:
            raise HelperError(Code.DOCUMENT_UNREADABLE, tr("文档中藏有目录之外的文件"))
        names = data[entry.header_offset + 26 : entry.header_offset + 30]
        head = 30 + int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")
        here = max(here, entry.header_offset + head + entry.compress_size)
    if _LOCAL_HEADER in data[here : archive.start_dir]:
        raise HelperError(Code.DOCUMENT_UNREADABLE, tr("文档中藏有目录之外的文件"))


def _upwards(folder: str) -> list[str]:
    """The folder and those above it, the root last."""
    parts = [part for part in folder.split("/")[:_DEEPEST] if part]
    return ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]


def _name(entry: zipfile.ZipInfo) -> str:
    """Without the flag for UTF-8, `zipfile` takes names for those of a PC of 1981; Chinese programs write UTF-8 or GBK."""
    if entry.flag_bits & _UTF_8:
        return entry.filename
    try:
        return der.octets_text(entry.filename.encode("cp437"))
    except UnicodeEncodeError:
        return entry.filename


def _folded(members: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Path by its lower-case form; "" where two share it."""
    found: dict[str, str] = {}
    for name in members:
        found[name.lower()] = "" if name.lower() in found else name
    return found


def _normal(path: str) -> str:
    return posixpath.normpath("/" + path).lstrip("/")
