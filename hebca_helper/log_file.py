"""The program's own log: one small file under the home and the one before it. PINs and contents never come here."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

FOLDER, FILE_NAME = "log", "hebca-helper.log"
LARGEST = 512 * 1024
"""Bytes from which the file is put aside and a new one begun."""
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogFile(logging.Handler):
    """Appends to the file, which only its owner can read; a full disk costs the line, not the program.

    Not `logging.handlers.RotatingFileHandler`: importing that costs every start a score of milliseconds.
    """

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.path = home / FOLDER / FILE_NAME
        formatter = logging.Formatter(_FORMAT, "%Y-%m-%dT%H:%M:%SZ")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._append(self.format(record) + "\n")
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Nobody can be told: the log is where one would tell it."""

    def _append(self, line: str) -> None:
        if self.path.exists() and self.path.stat().st_size + len(line) > LARGEST:
            self.path.replace(previous(self.path))
        if not self.path.exists():
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            self.path.touch(mode=0o600)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line)


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
    handler.close()
