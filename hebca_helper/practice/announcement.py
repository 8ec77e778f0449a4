"""Which origins a running practice hall of this home has: it announces itself in `practice/hall.json`."""

from __future__ import annotations

import json
from pathlib import Path


class AnnouncedOrigins:
    """Callable: the announced origins as of now. The file is read again only when it has changed."""

    def __init__(self, home: Path) -> None:
        self._path = home / "practice" / "hall.json"
        self._seen: tuple[int, int] | None = None
        self._origins: frozenset[str] = frozenset()

    def __call__(self) -> frozenset[str]:
        try:
            state = self._path.stat()
            version = (state.st_mtime_ns, state.st_ino)
            if version != self._seen:
                self._origins = frozenset(map(str, json.loads(self._path.read_bytes())["origins"]))
                self._seen = version
        except (OSError, ValueError, KeyError, TypeError):
            self._seen, self._origins = None, frozenset()
        return self._origins
