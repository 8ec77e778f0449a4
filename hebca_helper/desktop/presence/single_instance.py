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
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from hebca_helper.errors import Code, HelperError
from hebca_helper.files import try_lock
from hebca_helper.pages import PageName

ADDRESS_NAME = "window.socket"
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
        self._lock_path = home / "window.lock"
        self._folder: int | None = None
        self._address = self._in_home(home)
        self._lock: int | None = None
        self._server: Any = None

    def _in_home(self, home: Path) -> str:
        """The socket stands in the home, where nobody else can put one first. A socket's path has room for 107 octets
        (unix(7)), the home's may be longer: on Linux the open folder has a short name of its own (proc(5))."""
        if sys.platform == "win32":
            return hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:24]
        if sys.platform != "linux":
            return str(home / ADDRESS_NAME)
        self._folder = os.open(home, os.O_PATH | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._folder}/{ADDRESS_NAME}"

    def claim(self) -> bool:
        """Whether this is the first start for this home. The system drops the lock when the process ends, however."""
        self._lock = try_lock(self._lock_path)
        if self._lock is not None:
            with contextlib.suppress(OSError):  # a full disk: then nobody can end us, should we hang
                os.ftruncate(self._lock, 0)
                os.write(self._lock, str(os.getpid()).encode())
        return self._lock is not None

    def holder(self) -> int | None:
        """As the second: the process that is the first, where it could say so."""
        try:
            return int(self._lock_path.read_bytes())
        except (OSError, ValueError):
            return None

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
        for handle in (self._lock, self._folder):
            if handle is not None:
                os.close(handle)
        self._lock = self._folder = None


def wanted_page(line: bytes) -> str:
    """The page of a "show NAME" line; empty for anything else."""
    return next((page for page in PageName if line == f"show {page}\n".encode()), "")
