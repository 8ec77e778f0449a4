"""Files that several of our programs keep: replaced as a whole, set aside when damaged, locked among all processes.

The locks are the operating system's: they end with the process that holds them, however that ends. Their files are
0600, for whoever can open one can hold it.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What write(2) says when nothing more fits."""


def set_aside(path: Path) -> Path:
    """Move a damaged file beside itself under a name nothing else uses."""
    aside = path.with_name(f"{path.name}.damaged-{os.urandom(4).hex()}")
    path.rename(aside)
    return aside


def unusable(path: Path, problem: Exception, code: Code = Code.SETTINGS_DAMAGED) -> HelperError:
    """What is told of a file of the home that cannot be read. A damaged one, or one that is not for us, is set aside and
    has this code; one that a disk does not give away, or does not let go, stays where it is."""
    if isinstance(problem, OSError) and not isinstance(problem, PermissionError | IsADirectoryError):
        return of_file(problem, path.name)
    if isinstance(problem, OSError):
        why = reason(problem)
    else:
        why = "UTF-8" if isinstance(problem, UnicodeDecodeError) else getattr(problem, "detail", "") or str(problem)
    try:
        name = set_aside(path).name
    except OSError as failure:
        name = reason(failure)
    return HelperError(code, "; ".join(filter(None, (path.name, why, name))))


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` (mode 0600) so that a crash leaves either the old or the new content."""
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Waits until nobody else holds the lock `path`, and holds it. Threads are kept apart, too. OSError."""
    handle = _open(path)
    try:
        _wait_for(handle)
        yield
    finally:
        os.close(handle)


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """The handle that holds the lock `path` until it is closed; None when somebody else holds it. Any number may hold
    it `shared`."""
    handle = _open(path)
    try:
        free = _take(handle, shared=shared)
    except BaseException:
        os.close(handle)
        raise
    if free:
        return handle
    os.close(handle)
    return None


def _open(path: Path) -> int:
    """Its folder is made (0700) where it is missing. No child inherits the handle (PEP 446): one that outlives us does
    not keep the lock. A file that others can open may be held by them for ever: a new one takes its place."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    found = os.fstat(handle)
    if sys.platform == "win32" or (found.st_uid == os.geteuid() and not found.st_mode & 0o077):
        return handle
    os.close(handle)
    path.unlink(missing_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


if sys.platform == "win32":
    import msvcrt

    _USERS = 64

    def _wait_for(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # OSError after ten seconds

    def _take(handle: int, *, shared: bool) -> bool:
        """There are no shared locks here: each user takes one byte of the file, who wants it alone takes them all."""
        if not shared:
            return _take_bytes(handle, 0, _USERS)
        return any(_take_bytes(handle, place, 1) for place in range(_USERS))

    def _take_bytes(handle: int, place: int, count: int) -> bool:
        os.lseek(handle, place, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, count)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _wait_for(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)

    def _take(handle: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def reason(problem: OSError) -> str:
    """What the system says of a file or folder, in words of the person's language."""
    words = {
        **dict.fromkeys(_NO_ROOM, "磁盘空间不足"),
        **dict.fromkeys((errno.ENOENT, errno.ENOTDIR), "文件或文件夹不存在"),
        **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EBUSY), "没有权限，或文件正被其他程序打开"),
        errno.EROFS: "磁盘不能写入",
        errno.EISDIR: "这是文件夹",
        errno.EEXIST: "已有同名的文件",
        errno.ENAMETOOLONG: "文件名太长",
        errno.EIO: "磁盘出错",
    }
    return tr(words.get(problem.errno or 0, "")) or problem.strerror or str(problem)


def of_file(problem: OSError, name: object = "") -> HelperError:
    """DISK_FULL where nothing more fits, else FILE_UNREADABLE; the detail names the file and what is wrong with it."""
    code = Code.DISK_FULL if problem.errno in _NO_ROOM else Code.FILE_UNREADABLE
    return HelperError(code, ": ".join(filter(None, (str(name or problem.filename or ""), reason(problem)))))


def of(problem: BaseException) -> HelperError:
    """Any failure as a row of the table, for who tells it to the person."""
    if isinstance(problem, HelperError):
        return problem
    return (
        of_file(problem) if isinstance(problem, OSError) else HelperError(Code.EXECUTION_FAILED, type(problem).__name__)
    )
