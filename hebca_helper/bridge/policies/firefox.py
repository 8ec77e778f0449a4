"""Firefox's policies.json, of which there is one for everybody: what others wrote stays, byte for byte in meaning."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hebca_helper.bridge.policies.record import PolicyRecord, write_public
from hebca_helper.bridge.policies.wording import FIREFOX, SKIP, firefox_domains
from hebca_helper.errors import Code, HelperError

FOLDERS = {"Firefox": "etc/firefox/policies"}
"""Firefox ESR reads the same folder (seen with 153)."""


class FirefoxPolicies:
    """The policies of Firefox under `root`."""

    def __init__(self, title: str, root: Path) -> None:
        self.title = title
        self.path = root / FOLDERS[title] / "policies.json"

    def install(self, origins: Iterable[str], record: PolicyRecord) -> None:
        table = self._read()
        domains = _domains(table)
        added = [domain for domain in firefox_domains(origins) if domain not in domains]
        if not added:
            return
        record.will_write(self.path, added)
        _inside(table)[SKIP] = [*domains, *added]
        write_public(self.path, table)

    def remove(self, record: PolicyRecord) -> None:
        added = record.added(self.path)
        if added and self.path.exists():
            table = self._read()
            kept = [domain for domain in _domains(table) if domain not in added]
            _without(table, kept)
            self._write_or_delete(table)
        record.undo_folders(self.path)

    def allows(self, origin: str) -> bool:
        try:
            return set(firefox_domains([origin])) <= set(_domains(self._read()))
        except HelperError:
            return False

    def _write_or_delete(self, table: dict[str, Any]) -> None:
        if table:
            write_public(self.path, table)
        else:
            self.path.unlink()

    def _read(self) -> dict[str, Any]:
        """POLICY_FILE_WRONG when it is there and not what Firefox would read."""
        try:
            table = json.loads(self.path.read_text("utf-8"))
            _domains(table)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError, RecursionError) as problem:
            raise HelperError(Code.POLICY_FILE_WRONG, f"{self.path}: {problem}") from None
        return dict(table)


def _inside(table: dict[str, Any]) -> dict[str, Any]:
    policies: dict[str, Any] = table.setdefault("policies", {})
    access: dict[str, Any] = policies.setdefault(FIREFOX, {})
    return access


def _domains(table: dict[str, Any]) -> list[str]:
    """AttributeError or ValueError where the shape is another."""
    value = table.get("policies", {}).get(FIREFOX, {}).get(SKIP, [])
    if not isinstance(value, list):
        raise ValueError(f"{FIREFOX}.{SKIP}")
    return value


def _without(table: dict[str, Any], kept: list[str]) -> None:
    """Only `kept` is left of the domains, and no empty shell of ours around it."""
    policies = table["policies"]
    policies[FIREFOX][SKIP] = kept
    for holder, name in ((policies[FIREFOX], SKIP), (policies, FIREFOX), (table, "policies")):
        if not holder[name]:
            del holder[name]
