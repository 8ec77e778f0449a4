"""Who uses the practice USBKEY: any number of running assistants, or one `practice init` that makes it anew.

The lock is the operating system's, so it ends with the process that holds it, however that ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hebca_helper.errors import Code, HelperError

LOCK_NAME = "in-use.lock"


@contextmanager
def practice_lock(home: Path) -> Iterator[None]:
    """Held by an assistant while it runs: nobody replaces the practice USBKEY. PRACTICE_BUSY while it is being replaced."""
    with _locked(home, shared=True):
        yield


@contextmanager
def rebuild_lock(home: Path) -> Iterator[None]:
    """Held while the practice USBKEY is replaced. PRACTICE_BUSY when an assistant runs or somebody else replaces it."""
    with _locked(home, shared=False):
        yield


@contextmanager
def _locked(home: Path, *, shared: bool) -> Iterator[None]:
    folder = home / "practice"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The handle is not inherited (PEP 446): a child that outlives us does not keep the lock.
    handle = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _lock(handle, shared=shared):
            raise HelperError(Code.PRACTICE_BUSY)
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    _USERS = 64

    def _lock(handle: int, *, shared: bool) -> bool:
        """There are no shared locks here: each user takes one byte of the file, who replaces it takes them all."""
        if not shared:
            return _lock_bytes(handle, 0, _USERS)
        return any(_lock_bytes(handle, place, 1) for place in range(_USERS))

    def _lock_bytes(handle: int, place: int, count: int) -> bool:
        os.lseek(handle, place, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, count)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(handle: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
