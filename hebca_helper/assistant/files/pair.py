"""A source and a target, each opened once: what the person confirmed by real path and size is what is read and written.

The target is written beside and renamed (house rule 7). Where the system has it, names are looked up in the opened
folder, so that exchanging a folder after the confirmation changes nothing.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from hebca_helper.assistant.files.names import require_plain_path
from hebca_helper.errors import Code, HelperError
from hebca_helper.files import reason

WINDOWS = sys.platform == "win32"
_SAFE = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_IN_FOLDER = os.open in os.supports_dir_fd
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.EMLINK})
Read = Callable[[int], bytes]
Write = Callable[[bytes], object]


@contextmanager
def _told() -> Iterator[None]:
    """What the system says about a file is one failure, without its path."""
    try:
        yield
    except OSError as problem:
        raise HelperError(Code.FILE_UNREADABLE, reason(problem)) from None


class Source:
    """A regular file, read-only. `real` is its path without symbolic links, `size` its bytes when it was opened."""

    def __init__(self, path: str) -> None:
        with _told():
            self.file: BinaryIO = os.fdopen(os.open(path, os.O_RDONLY | _SAFE), "rb")
            try:
                status = os.fstat(self.file.fileno())
                _require(stat.S_ISREG(status.st_mode))
                self.size = status.st_size
                self.real = _real_path(self.file.fileno(), path)
                require_plain_path(self.real, windows=WINDOWS)
            except BaseException:
                self.file.close()
                raise

    def close(self) -> None:
        self.file.close()


class Target:
    """A name in an opened folder. `replaces` is the status of the regular file that has it now, None for a new one."""

    def __init__(self, path: str) -> None:
        self._name = Path(path).name
        folder = str(Path(path).parent)
        with _told():
            directory = getattr(os, "O_DIRECTORY", 0)
            self._folder = os.open(folder, os.O_RDONLY | directory | _SAFE & ~os.O_NOFOLLOW) if _IN_FOLDER else None
            try:
                self._path = Path(folder if self._folder is None else _real_path(self._folder, folder)).resolve()
                self.real = str(self._path / self._name)
                require_plain_path(self.real, windows=WINDOWS)
                self.replaces = self._status()
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None

    def write(self, fill: Callable[[Write], None]) -> None:
        """Let `fill` write a file beside, then give it the name; without that, nothing is left."""
        beside = f".{self._name[:60]}.{secrets.token_hex(8)}.part"
        with _told():
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE
            descriptor = os.open(self._at(beside), flags, 0o600, dir_fd=self._folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    fill(file.write)
                    file.flush()
                    os.fsync(file.fileno())
                self._give_name(beside)
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(self._at(beside), dir_fd=self._folder)

    def _give_name(self, beside: str) -> None:
        """What took the name since the person looked is kept: linking, unlike renaming, never replaces."""
        now = self._status()
        _require((now is None) is (self.replaces is None))
        if now is not None and self.replaces is not None:
            _require(os.path.samestat(now, self.replaces))
            os.replace(self._at(beside), self._at(self._name), src_dir_fd=self._folder, dst_dir_fd=self._folder)
        else:
            self._give_free_name(beside)

    def _give_free_name(self, beside: str) -> None:
        try:
            os.link(self._at(beside), self._at(self._name), src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except OSError as problem:
            if problem.errno not in _NO_LINKS:
                raise
            # memory sticks (FAT) and some network drives know no links
            _require(self._status() is None)
            os.rename(self._at(beside), self._at(self._name), src_dir_fd=self._folder, dst_dir_fd=self._folder)

    def _status(self) -> os.stat_result | None:
        try:
            status = os.stat(self._at(self._name), dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        _require(stat.S_ISREG(status.st_mode))
        return status

    def _at(self, name: str) -> str:
        return name if self._folder is not None else str(self._path / name)


def _real_path(descriptor: int, path: str) -> str:
    """Of what was opened, not of what has the name by now, where the system tells."""
    opened = Path(f"/proc/self/fd/{descriptor}")
    return str(opened.readlink()) if opened.is_symlink() else os.path.realpath(path)


def _require(fine: bool) -> None:
    if not fine:
        raise HelperError(Code.FILE_UNREADABLE)
