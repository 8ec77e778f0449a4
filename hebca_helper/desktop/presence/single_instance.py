"""One window per home: the first start holds a lock, a second one asks it to come to the front and ends.

What the second says is one line: "raise", or "show NAME" with a page of `hebca_helper.pages`. The first answers "ok",
whatever it heard, and does nothing at all about words that it does not know.

The second start needs neither Qt nor the rest of the program; the first one imports QtNetwork after its window is shown.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any

from hebca_helper.errors import Code, HelperError
from hebca_helper.pages import PageName

LONGEST_FOLDER = 40
"""Octets; leaves room for our folder, the name, and the folder that QLocalServer makes while it sets the mode."""
WAIT_SECONDS = 5.0
"""How long a second start waits for a first one that is just starting."""
RETRY_SECONDS = 0.02
RAISE_SECONDS = 3.0
"""A page can follow p11 links in a loop: the window comes to the front at most once in this time without a page's name."""
RAISE = b"raise\n"
LONGEST_LINE = 64
"""Octets of what a second start may say."""


class Throttle:
    """`passes()` is True at most once in `seconds`; what is refused does not push the next time away."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._last: float | None = None

    def passes(self) -> bool:
        now = self._monotonic()
        if self._last is not None and now - self._last < self._seconds:
            return False
        self._last = now
        return True


class SingleInstance:
    """`claim()`, and as the first `listen(raise_window)`; as the second `raise_first()`."""

    def __init__(self, home: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._throttle = Throttle(RAISE_SECONDS, monotonic)
        name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:24]
        self._lock_path = home / "window.lock"
        self._address = name if sys.platform == "win32" else str(_private_folder() / f"{name}.socket")
        self._lock: IO[bytes] | None = None
        self._server: Any = None

    def claim(self) -> bool:
        """Whether this is the first start for this home. The system drops the lock when the process ends, however."""
        self._lock = self._lock_path.open("ab")
        with contextlib.suppress(OSError):
            _lock_file(self._lock)
            return True
        self._lock.close()
        self._lock = None
        return False

    def listen(self, raise_window: Callable[[str], None]) -> None:
        """As the first: call `raise_window` in Qt's thread whenever another start asks for it, with the name of the page
        that it should show, or an empty one."""
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(self._address)  # ours to remove: we hold the lock
        server.newConnection.connect(lambda: self._answer(raise_window))
        if not server.listen(self._address):
            raise HelperError(Code.EXECUTION_FAILED, server.errorString())
        self._server = server

    def _answer(self, raise_window: Callable[[str], None]) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            caller.readyRead.connect(partial(self._hear, caller, raise_window))
            if caller.canReadLine():
                self._hear(caller, raise_window)

    def _hear(self, caller: Any, raise_window: Callable[[str], None]) -> None:
        """Once the line is whole, or longer than any that we know."""
        if not caller.canReadLine() and caller.bytesAvailable() < LONGEST_LINE:
            return
        line = bytes(caller.readLine(LONGEST_LINE).data())
        caller.readyRead.disconnect()
        caller.write(b"ok\n")
        caller.disconnectFromServer()
        page = wanted_page(line)
        if page or (line == RAISE and self._throttle.passes()):
            raise_window(page)

    def raise_first(self, page: str = "") -> bool:
        """As the second: bring the first window to the front, on this page; False when it does not answer."""
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                return self._call(f"show {page}\n".encode() if page else RAISE)
            time.sleep(RETRY_SECONDS)
        return False

    def _call(self, line: bytes) -> bool:
        if sys.platform == "win32":
            with Path(rf"\\.\pipe\{self._address}").open("r+b", buffering=0) as pipe:
                pipe.write(line)
                return bool(pipe.read(1))
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(WAIT_SECONDS)
            caller.connect(self._address)
            caller.sendall(line)
            return bool(caller.recv(1))

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._lock is not None:
            self._lock.close()


def wanted_page(line: bytes) -> str:
    """The page of a "show NAME" line; empty for anything else."""
    return next((page for page in PageName if line == f"show {page}\n".encode()), "")


def _lock_file(file: IO[bytes]) -> None:
    """OSError when another process holds it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _private_folder() -> Path:
    """A folder that only this user can enter, with a path short enough for a socket (107 octets, unix(7))."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    fits = 0 < len(os.fsencode(runtime)) <= LONGEST_FOLDER and Path(runtime).is_dir()
    parent = Path(runtime if fits else tempfile.gettempdir())
    folder = parent / f"hebca-helper-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise HelperError(Code.EXECUTION_FAILED, str(folder))
    return folder
