"""Which origins the running practice services of this home have: each announces itself in a file of the practice folder.

`<home>/practice/hall.json` and `ca.json`: `{"origins": ["http://localhost:17280"], "pid": 4711}`. A service that is
killed leaves its file behind, and another program may get its port: so nobody believes a file whose process is gone.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from hebca_helper.files import write_atomically
from hebca_helper.tokens.discovery import PRACTICE_FOLDER

HALL = "hall.json"
CA = "ca.json"


class AnnouncedOrigins:
    """Callable: the announced origins as of now. The file is read again only when it has changed."""

    def __init__(self, home: Path, name: str = HALL) -> None:
        self._path = home / PRACTICE_FOLDER / name
        self._seen: tuple[int, int] | None = None
        self._announced = _Announced()

    def __call__(self) -> frozenset[str]:
        try:
            state = self._path.stat()
            version = (state.st_mtime_ns, state.st_ino)
            if version != self._seen:
                self._announced = _parse(self._path.read_bytes())
                self._seen = version
        except (OSError, ValueError, KeyError, TypeError):
            self._seen, self._announced = None, _Announced()
        return self._announced.origins if _is_ours(self._announced.process) else frozenset()


@dataclass(frozen=True, slots=True)
class _Announced:
    origins: frozenset[str] = frozenset()
    process: int = 0


def _parse(content: bytes) -> _Announced:
    table = json.loads(content)
    process = table["pid"]
    if type(process) is not int or not isinstance(table["origins"], list):
        raise TypeError
    return _Announced(frozenset(map(str, table["origins"])), process)


if sys.platform == "linux":

    def _is_ours(process: int) -> bool:
        """Whether the process is alive and ours: its folder belongs to its effective user (proc(5))."""
        try:
            return process > 0 and Path(f"/proc/{process}").stat().st_uid == os.geteuid()
        except OSError:
            return False
else:

    def _is_ours(process: int) -> bool:
        """Whether the process is alive."""
        import psutil  # only where there is an announcement: it costs start-up time

        return process > 0 and psutil.pid_exists(process)


def announce(home: Path, name: str, origin: str) -> None:
    """Tell that this process serves `origin`."""
    folder = home / PRACTICE_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(folder / name, json.dumps({"origins": [origin], "pid": os.getpid()}).encode())


def withdraw(home: Path, name: str, origin: str) -> None:
    """Take our own announcement back: a second service of this home may have written its own since."""
    path = home / PRACTICE_FOLDER / name
    try:
        if json.loads(path.read_bytes()).get("origins") == [origin]:
            path.unlink()
    except (OSError, ValueError, AttributeError):
        return
