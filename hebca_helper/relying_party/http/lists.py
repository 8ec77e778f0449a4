"""Revocation lists in files that somebody else keeps up to date: read again when a file changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

from hebca_helper.errors import HelperError
from hebca_helper.files import of_file
from hebca_helper.pki.revocation import Crl


class ListFiles:
    """`use` gets all lists whenever one of the files changed. Safe to use from several threads."""

    def __init__(self, paths: Sequence[Path], use: Callable[[list[Crl]], object]) -> None:
        self._paths = list(paths)
        self._use = use
        self._lists: dict[Path, Crl] = {}
        self._seen: dict[Path, tuple[int, int]] = {}
        self._lock = Lock()

    def begin(self) -> None:
        """Read all of them. HelperError for the first that is missing or no list: better told at once than by refused
        logins."""
        for path in self._paths:
            try:
                self._lists[path] = Crl.parse(path.read_bytes())
            except OSError as problem:
                raise of_file(problem, path) from None
            except HelperError as problem:
                raise HelperError(problem.code, str(path)) from None
        self._use(list(self._lists.values()))

    def refresh(self) -> None:
        """A file that is half written or gone leaves the list read before: that one ends by its own date."""
        with self._lock:
            changed = [self._read(path) for path in self._paths]
            if any(changed):
                self._use(list(self._lists.values()))

    def _read(self, path: Path) -> bool:
        try:
            found = path.stat()
            seen = (found.st_mtime_ns, found.st_size)
            if self._seen.get(path) == seen:
                return False
            self._lists[path] = Crl.parse(path.read_bytes())
        except (OSError, HelperError):
            return False
        self._seen[path] = seen
        return True
