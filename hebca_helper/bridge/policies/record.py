"""What `policy install` changed on this computer, so that `remove` takes back exactly that."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hebca_helper.errors import Code, HelperError

PATH = "ProgramData/hebca-helper/policies.json" if sys.platform == "win32" else "var/lib/hebca-helper/policies.json"


class PolicyRecord:
    """Written before each change. One for the computer, under `root`: root's work, whoever ran it."""

    def __init__(self, root: Path) -> None:
        self.path = root / PATH

    def files(self) -> list[Path]:
        return [Path(name) for name in self._read()]

    def will_write(self, path: Path, added: Sequence[str] = ()) -> None:
        """This file is about to be written; `added` entries of a list are ours; folders that are missing now too."""
        table = self._read()
        row = table.setdefault(str(path), {"added": [], "folders": []})
        row["added"] = list(dict.fromkeys([*row["added"], *added]))
        row["folders"] = list(dict.fromkeys([*row["folders"], *self._missing_folders(path)]))
        self._write(table)

    def added(self, path: Path) -> list[str]:
        row = self._read().get(str(path), {})
        return list(row.get("added", []))

    def undo_folders(self, path: Path) -> None:
        """The file is as it was: the folders that were made for it go, unless something else is in them by now."""
        table = self._read()
        row = table.pop(str(path), None)
        if row is None:
            return
        for folder in sorted(map(Path, row["folders"]), key=lambda each: len(each.parts), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        self._write(table)

    def _missing_folders(self, path: Path) -> list[str]:
        return [str(folder) for folder in path.parents if not folder.exists()]

    def _read(self) -> dict[str, Any]:
        try:
            table: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as problem:
            raise HelperError(Code.FILE_UNREADABLE, f"{self.path}: {problem}") from None
        return table

    def _write(self, table: dict[str, Any]) -> None:
        if table:
            write_public(self.path, table)
        elif self.path.exists():
            self.path.unlink()
            if not any(self.path.parent.iterdir()):
                self.path.parent.rmdir()


def write_public(path: Path, table: object) -> None:
    """JSON that every user's browser can read, whole or not at all. ROOT_NEEDED."""
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(table, ensure_ascii=False, indent=2) + "\n", "utf-8")
        beside.chmod(0o644)
        beside.replace(path)
    except PermissionError:
        raise HelperError(Code.ROOT_NEEDED, str(path)) from None
