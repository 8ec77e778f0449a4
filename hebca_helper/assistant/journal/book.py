"""What was asked, by whom, and how it ended: digest, kind and size, never content.

SQLite in WAL mode: a row is written before the reply goes out and survives the death of the process.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from pathlib import Path

from hebca_helper.files import of_file, set_aside

FILE_NAME = "journal.sqlite3"
_TABLE = """CREATE TABLE IF NOT EXISTS journal (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, channel TEXT NOT NULL, origin TEXT NOT NULL,
    operation TEXT NOT NULL, token TEXT NOT NULL, certificate TEXT NOT NULL,
    digest TEXT NOT NULL, size INTEGER NOT NULL, result TEXT NOT NULL, holder TEXT NOT NULL DEFAULT '') STRICT"""
COLUMNS = "at, channel, origin, operation, token, certificate, digest, size, result, holder"
_INSERT = f"INSERT INTO journal ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608


class Operation(StrEnum):
    CONNECT = "connect"
    LOGIN = "login"
    LOGIN_PAGE_PIN = "login-page-pin"
    ONLINE_LOGIN = "online-login"
    LOGOUT = "logout"
    SIGN = "sign"
    CHANGE_PIN = "change-pin"
    UNBLOCK = "unblock"
    RESET_PIN = "reset-pin"
    SIGN_SILENTLY = "sign-silently"
    SIGN_DOCUMENT = "sign-document"
    SEAL_HASH = "seal-hash"
    SEAL_HASH_BARE = "seal-hash-bare"
    STAMP = "stamp"
    CHECK_FILE = "check-file"
    DECRYPT = "decrypt"
    OPEN_ENVELOPE = "open-envelope"
    READ_DATA = "read-data"
    WRITE_DATA = "write-data"
    DELETE_DATA = "delete-data"
    GENERATE_KEY = "generate-key"
    IMPORT_CERTIFICATE = "import-certificate"
    IMPORT_KEY_PAIR = "import-key-pair"
    ENCRYPT_FILE = "encrypt-file"
    DECRYPT_FILE = "decrypt-file"


DONE = "done"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """`at` is ISO 8601 UTC; `digest` SHA-256 hex of the content, `size` its bytes; `result` is "done" or an errors.Code;
    `holder` is whom the certificate names, for whoever reads the journal when the USBKEY is not there."""

    at: str
    channel: str
    origin: str
    operation: str
    token: str = ""
    certificate: str = ""
    digest: str = ""
    size: int = 0
    result: str = DONE
    holder: str = ""


_row = attrgetter(*(each.name for each in fields(JournalEntry)))
"""The entry's columns; `dataclasses.astuple` copies deeply, which costs more than the insert."""


class Journal:
    """One connection, used on the assistant's loop only."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.damaged: Path | None = None
        """Where a damaged journal was set aside when this one was opened."""
        self._database = self._open()
        self._listeners: list[Callable[[], None]] = []

    def write(self, entry: JournalEntry) -> None:
        """HelperError(DISK_FULL, FILE_UNREADABLE) where it cannot be written: then the operation has failed."""
        with _told():
            self._database.execute(_INSERT, _row(entry))
        self._tell()

    def recent(self, limit: int = 100) -> list[JournalEntry]:
        """Newest first."""
        rows = self._database.execute(f"SELECT {COLUMNS} FROM journal ORDER BY number DESC LIMIT ?", (limit,))  # noqa: S608
        return [JournalEntry(*row) for row in rows]

    def count(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM journal").fetchone()[0])

    def delete_before(self, until: datetime) -> int:
        """Delete the rows older than this aware moment; how many there were."""
        text = moment(until.astimezone(UTC))
        return self._delete("DELETE FROM journal WHERE at < ?", (text,))

    def delete_all(self) -> int:
        """How many rows there were."""
        return self._delete("DELETE FROM journal WHERE true", ())

    def _delete(self, statement: str, values: tuple[str, ...]) -> int:
        """What a person deletes is overwritten and leaves the write-ahead log too."""
        with _told():
            self._database.execute("PRAGMA secure_delete = ON")
            deleted = self._database.execute(statement, values).rowcount
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._tell()
        return deleted

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """`listener` comes after each row and each deletion, on the assistant's loop; the result ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def close(self) -> None:
        self._database.close()

    def _open(self) -> sqlite3.Connection:
        """HelperError(DISK_FULL, FILE_UNREADABLE) where there can be none: the one that is there stays as it is."""
        with _told():
            self.path.touch(mode=0o600)
            try:
                return _connect(self.path)
            except sqlite3.DatabaseError as problem:
                if _of_the_disk(problem):
                    raise
                self.damaged = set_aside(self.path)
            for leftover in ("-wal", "-shm"):
                self.path.with_name(FILE_NAME + leftover).unlink(missing_ok=True)
            self.path.touch(mode=0o600)
            return _connect(self.path)


_OF_THE_DISK = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR_SHMSIZE: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_BUSY: errno.EBUSY,
    sqlite3.SQLITE_LOCKED: errno.EBUSY,
}
"""Result codes (sqlite.org, rescode.html) that say nothing against the file, as the system's own errors."""


def _of_the_disk(problem: sqlite3.Error) -> int:
    """The system's error number; 0 for what is wrong with the file itself."""
    code = getattr(problem, "sqlite_errorcode", 0)
    return _OF_THE_DISK.get(code, _OF_THE_DISK.get(code & 0xFF, 0))


@contextmanager
def _told() -> Iterator[None]:
    """SQLite's failures and the system's as rows of the table."""
    try:
        yield
    except sqlite3.Error as problem:
        raise of_file(OSError(_of_the_disk(problem), str(problem)), FILE_NAME) from None
    except OSError as problem:
        raise of_file(problem, FILE_NAME) from None


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, timeout=5.0)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA cache_size = -256")  # KiB: rows are written and hardly ever read
        database.execute(_TABLE)
        _bring_up_to_date(database)
        database.execute("SELECT count(*) FROM journal").fetchone()
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database


def _bring_up_to_date(database: sqlite3.Connection) -> None:
    """Journals from before the holder was written get the column, empty."""
    if "holder" not in [column[1] for column in database.execute("PRAGMA table_info(journal)")]:
        database.execute("ALTER TABLE journal ADD COLUMN holder TEXT NOT NULL DEFAULT ''")


def moment(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds")
