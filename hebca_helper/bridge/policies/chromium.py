"""Policy files of Chromium, Chrome and Edge on Linux: one file of ours in a folder that may hold others'.

Chromium reads all files of the folder; where two name the same policy, the last in the order of names wins (Chromium,
components/policy/core/common/config_dir_policy_loader.cc). Ours therefore sorts last, and takes in what others allow.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hebca_helper.bridge.policies.record import PolicyRecord, write_public
from hebca_helper.bridge.policies.wording import INSECURE, LOOPBACK, chromium_policies, pattern

FILE = "zz-hebca-helper.json"
FOLDERS: Mapping[str, str] = {
    "Chromium": "etc/chromium/policies/managed",
    "Chrome": "etc/opt/chrome/policies/managed",
    "Edge": "etc/opt/edge/policies/managed",
}


class ChromiumPolicies:
    """The policies of one browser under `root`."""

    def __init__(self, title: str, root: Path) -> None:
        self.title = title
        self.path = root / FOLDERS[title] / FILE

    def install(self, origins: Iterable[str], record: PolicyRecord) -> None:
        ours = chromium_policies(origins)
        others = self._effective(without_ours=True)
        table = {name: _union(others.get(name), values) for name, values in ours.items()}
        record.will_write(self.path)
        write_public(self.path, table)

    def remove(self, record: PolicyRecord) -> None:
        self.path.unlink(missing_ok=True)
        record.undo_folders(self.path)

    def allows(self, origin: str) -> bool:
        """Whether what the browser reads lets this origin in without asking."""
        found = self._effective()
        insecure = not origin.startswith("http:") or origin in _list(found.get(INSECURE))
        return insecure and any({origin, pattern(origin)} & set(_list(found.get(name))) for name in LOOPBACK)

    def _effective(self, *, without_ours: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path in sorted(self.path.parent.glob("*.json")):
            if not (without_ours and path == self.path):
                found.update(_readable(path))
        return found


def _readable(path: Path) -> dict[str, Any]:
    """What the browser cannot read it passes over, and so do we."""
    try:
        table = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def _union(there: object, ours: list[str]) -> list[str]:
    return list(dict.fromkeys([*_list(there), *ours]))


def _list(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
