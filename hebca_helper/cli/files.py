"""Files of any size on the command line: opened once, written beside and renamed, never left half made."""

from __future__ import annotations

import io
import os
import secrets
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from hebca_helper.errors import Code, HelperError, of_file
from hebca_helper.texts import tr

CHUNK = 256 * 1024
"""Octets read at a time."""
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
        raise HelperError(Code.FILE_UNREADABLE, str(problem)) from None


def read_text_file(path: str) -> str:
    """A small UTF-8 text file. HelperError(FILE_UNREADABLE)."""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise HelperError(Code.FILE_UNREADABLE, f"{path}: {problem}") from None


@contextmanager
def writing(path: str, *, overwrite: bool, private: bool = False) -> Iterator[Output]:
    """A new file beside `path`, which takes its name when the block ends well and is gone otherwise.

    `private` files are for this user only. HelperError(EXECUTION_FAILED) when `path` exists and may not be
    overwritten, when it is no regular file, and when the file cannot be written.
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
    """HelperError as `writing`, before anything is done."""
    _require_local(path)
    target = Path(path)
    with _told(path):
        there = os.path.lexists(target)
        if there and not overwrite:
            raise _exists(target)
        if there and not target.is_file():
            raise HelperError(Code.EXECUTION_FAILED, tr("{path} 不是普通文件").format(path=target))


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
    return HelperError(Code.EXECUTION_FAILED, tr("{path} 已存在，覆盖请加 --force").format(path=target))


def _require_local(path: str) -> None:
    """No UNC or device path (\\\\server, \\\\.\\COM1), which would send this user's credentials to a server."""
    if path.startswith(("\\\\", "//")):
        raise HelperError(Code.FILE_UNREADABLE, tr("{path} 不是本机文件").format(path=path))


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise HelperError(Code.EXECUTION_FAILED, f"{path}: {problem.strerror}") from None
