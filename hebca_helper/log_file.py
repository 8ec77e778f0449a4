"""The program's own log: one small file under the home and the one before it. PINs and contents never come here."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

FOLDER, FILE_NAME = "log", "hebca-helper.log"
LARGEST = 512 * 1024
"""Bytes from which the file is put aside and a new one begun."""
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogFile(RotatingFileHandler):
    """Appends to the file, which only its owner can read; a full disk costs the line, not the program."""

    def __init__(self, home: Path) -> None:
        self.path = home / FOLDER / FILE_NAME
        super().__init__(self.path, maxBytes=LARGEST, backupCount=1, encoding="utf-8", delay=True)
        formatter = logging.Formatter(_FORMAT, "%Y-%m-%dT%H:%M:%SZ")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, exist_ok=True)
        return open(self.baseFilename, "a", encoding="utf-8", opener=_private)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Nobody can be told: the log is where one would tell it."""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def previous(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def files(home: Path) -> Sequence[Path]:
    """Those that exist, the older one first."""
    current = home / FOLDER / FILE_NAME
    return [path for path in (previous(current), current) if path.exists()]


def start(home: Path, level: str) -> LogFile:
    """Write what this program's own code logs, from `level` ("debug" … "error") on. Libraries' lines stay out."""
    handler = LogFile(home)
    use_level(level)
    logging.getLogger("hebca_helper").addHandler(handler)
    return handler


def use_level(level: str) -> None:
    logging.getLogger("hebca_helper").setLevel(level.upper())


def stop(handler: LogFile) -> None:
    logging.getLogger("hebca_helper").removeHandler(handler)
    with suppress(OSError):  # a full disk: what it still holds is lost
        handler.close()
