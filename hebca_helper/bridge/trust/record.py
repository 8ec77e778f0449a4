"""What was installed where: written before each installation, so that nothing is ever installed and forgotten."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hebca_helper.bridge.trust.authority import Authority
from hebca_helper.bridge.trust.stores import Place, StoreKind
from hebca_helper.errors import Code, HelperError
from hebca_helper.files import unusable, write_atomically

FILE = "trust.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Row:
    place: Place
    authority: Authority


class Record:
    """The file of one home."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def rows(self) -> list[Row]:
        """A damaged file is set aside: FILE_UNREADABLE, once."""
        try:
            table = json.loads(self._path.read_bytes())
            return [_row(entry) for entry in table["installed"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, HelperError) as problem:
            raise unusable(self._path, problem, Code.FILE_UNREADABLE) from None

    def add(self, row: Row) -> None:
        rows = self.rows()
        if row not in rows:
            self._write([*rows, row])

    def drop(self, row: Row) -> None:
        self._write([each for each in self.rows() if each != row])

    def _write(self, rows: list[Row]) -> None:
        if not rows:
            self._path.unlink(missing_ok=True)
            return
        table = {"format": FORMAT, "installed": [_entry(row) for row in rows]}
        write_atomically(self._path, json.dumps(table, ensure_ascii=False, indent=1).encode())


def _entry(row: Row) -> dict[str, str]:
    place = row.place
    return {"kind": place.kind, "path": str(place.path), "title": place.title, "certificate": row.authority.pem}


def _row(entry: Any) -> Row:
    place = Place(StoreKind(entry["kind"]), Path(entry["path"]), str(entry["title"]))
    return Row(place, Authority.parse(entry["certificate"]))


def at(row: Row, authority: Authority) -> Row:
    """The same place, another authority."""
    return replace(row, authority=authority)
