"""Files of any size on the command line: opened once, written beside and renamed, never left half made."""

from __future__ import annotations

import io
import os
import secrets
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from hebca_helper.errors import Code, HelperError
from hebca_helper.files import of_file
from hebca_helper.pki import pem
from hebca_helper.pki.certificates import Certificate
from hebca_helper.texts import tr

CHUNK = 256 * 1024
"""Octets read at a time."""
_LARGEST_SECRET = 4096
_NO_WAITING = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


@contextmanager
def reading(path: str) -> Iterator[BinaryIO]:
    """A regular file, read-only. HelperError(FILE_UNREADABLE) for anything else: a pipe or device could wait forever."""
    _require_local(path)
    try:
        # the kind of file is judged after opening, so that it cannot be exchanged in between
        source = os.fdopen(os.open(path, os.O_RDONLY | _NO_WAITING | _BINARY), "rb")
    except OSError as problem:
        raise of_file(problem, path) from None
    with source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise HelperError(Code.FILE_UNREADABLE, tr("{path} 不是普通文件").format(path=path))
        yield source


def chunks(source: BinaryIO) -> Iterator[bytes]:
    """The whole file from its beginning. HelperError(FILE_UNREADABLE)."""
    try:
        source.seek(0)
        while piece := source.read(CHUNK):
            yield piece
    except OSError as problem:
        raise of_file(problem, source.name) from None


def whole(path: str, largest: int) -> bytes:
    """HelperError(FILE_UNREADABLE), TOO_LARGE over so many octets."""
    with reading(path) as source:
        data = b"".join(islice(chunks(source), largest // CHUNK + 2))
    if len(data) > largest:
        raise HelperError(Code.TOO_LARGE, tr("{path} 超过 {size} MiB").format(path=path, size=largest // 1024**2))
    return data


def certificates(path: str) -> list[Certificate]:
    """At least one. HelperError(CERTIFICATE_UNREADABLE) names the file."""
    with reading(path) as source:
        try:
            return pem.certificates_from(source.read(pem.LARGEST_BUNDLE + 1))
        except HelperError as problem:
            raise HelperError(problem.code, ": ".join(filter(None, (path, problem.detail)))) from None


def secret(path: str | None) -> str:
    """The PIN in this file, the practice USBKEY's without one. HelperError(FILE_UNREADABLE), BAD_REQUEST for none."""
    if path is None:
        from hebca_helper.practice.usbkey import PRACTICE_PIN

        return PRACTICE_PIN
    found = whole(path, _LARGEST_SECRET).decode("utf-8", "replace").rstrip("\r\n")
    if not found.isprintable() or not found:
        raise HelperError(Code.BAD_REQUEST, tr("{path} 里应只有一行证书密码").format(path=path))
    return found


@contextmanager
def writing(path: str, *, overwrite: bool, private: bool = False) -> Iterator[Output]:
    """A new file beside `path`, which takes its name when the block ends well and is gone otherwise.

    `private` files are for this user only. HelperError as `require_free`; DISK_FULL, FILE_UNREADABLE on the way.
    """
    require_free(path, overwrite=overwrite)
    target = Path(path)
    beside = target.with_name(f".{target.name[:50]}.{secrets.token_hex(8)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY
    with _put_away_when_ended():
        try:
            with _told(path):
                raw = os.fdopen(os.open(beside, flags, 0o600 if private else 0o666), "wb", buffering=0)
            with raw:
                yield Output(raw, path)
                with _told(path):
                    os.fsync(raw.fileno())
            with _told(path):
                _give_name(beside, target, overwrite)
        finally:
            beside.unlink(missing_ok=True)


class Output:
    """Writes everything it is given; a full disk becomes a HelperError."""

    def __init__(self, raw: io.RawIOBase, path: str) -> None:
        self._raw = raw
        self._path = path

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        with _told(self._path):
            while left:
                left = left[self._raw.write(left) or 0 :]


@contextmanager
def _put_away_when_ended() -> Iterator[None]:
    """SIGTERM unwinds like Ctrl-C as long as there is something half made."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def require_free(path: str, *, overwrite: bool) -> None:
    """HelperError(BAD_REQUEST) where nothing can be written, before anything is done."""
    _require_local(path)
    target = Path(path)
    try:
        there = _is_there(target)
        if there and target.is_dir():
            raise HelperError(Code.BAD_REQUEST, tr("{path} 是文件夹").format(path=target))
        if there and not overwrite:
            raise _exists(target)
        if there and not target.is_file():
            raise HelperError(Code.BAD_REQUEST, tr("{path} 不是普通文件").format(path=target))
        if not target.parent.is_dir():
            raise HelperError(Code.BAD_REQUEST, tr("文件夹 {path} 不存在").format(path=target.parent))
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise HelperError(Code.BAD_REQUEST, tr("不能在文件夹 {path} 中写文件").format(path=target.parent))
    except OSError as problem:
        raise HelperError(Code.BAD_REQUEST, of_file(problem, path).detail) from None


def is_folder(path: Path) -> bool:
    """Path.is_dir() of any words: it raises for what can be no name."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_there(target: Path) -> bool:
    """Links that lead nowhere are there, too. OSError for what can be no file's name."""
    try:
        target.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _give_name(beside: Path, target: Path, overwrite: bool) -> None:
    """Without `overwrite` a file that came into being meanwhile is kept: a hard link, unlike renaming, never replaces."""
    if overwrite:
        beside.replace(target)
        return
    try:
        os.link(beside, target)
    except FileExistsError:
        raise _exists(target) from None
    except OSError:  # a file system without hard links
        require_free(str(target), overwrite=overwrite)
        beside.replace(target)


def _exists(target: Path) -> HelperError:
    return HelperError(Code.BAD_REQUEST, tr("{path} 已存在，覆盖请加 --force").format(path=target))


def _require_local(path: str) -> None:
    """No UNC or device path (\\\\server, \\\\.\\COM1), which would send this user's credentials to a server."""
    if path.startswith(("\\\\", "//")):
        raise HelperError(Code.FILE_UNREADABLE, tr("{path} 不是本机文件").format(path=path))


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise of_file(problem, path) from None
