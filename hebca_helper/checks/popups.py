"""What the person set in a Chromium-like browser, out of its preferences: whether it forbids every pop-up window, and sites that
it is to keep from this computer. Nothing else is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from hebca_helper.portals.entries import address, origin_of
from hebca_helper.tokens.catalogue import System

BLOCK = 2
"""ContentSetting CONTENT_SETTING_BLOCK (Chromium, components/content_settings). Absent means Chromium's own default, which
asks for each site."""
_FOLDERS: Mapping[System, Mapping[str, str]] = {
    System.LINUX: {"Chrome": "google-chrome", "Chromium": "chromium", "Edge": "microsoft-edge"},
    System.WINDOWS: {"Chrome": "Google/Chrome/User Data", "Edge": "Microsoft/Edge/User Data"},
    System.MACOS: {"Chrome": "Google/Chrome", "Chromium": "Chromium", "Edge": "Microsoft Edge"},
}
_PERMISSIONS = ("loopback_network", "local_network_access")
"""Local Network Access as Chromium keeps it (components/content_settings): since it tells loopback apart, and before."""


def profiles(environment: Mapping[str, str], system: System) -> dict[str, Path]:
    """Preferences file of the first profile of each browser, whether it is there or not."""
    bases = {
        System.LINUX: environment.get("XDG_CONFIG_HOME") or "~/.config",
        System.WINDOWS: environment.get("LOCALAPPDATA") or "~",
        System.MACOS: "~/Library/Application Support",
    }
    base = Path(bases[system]).expanduser()
    return {name: base / folder / "Default" / "Preferences" for name, folder in _FOLDERS[system].items()}


def blocked_in(files: Mapping[str, Path]) -> list[str]:
    return [name for name, path in files.items() if _value(path) == BLOCK]


def _value(path: Path) -> object:
    return inside(preferences(path), ("profile", "default_content_setting_values", "popups"))


def preferences(path: Path) -> object:
    """What stands in the file; None for one that cannot be read."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def inside(content: object, names: Iterable[str]) -> object:
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def refused_in(files: Mapping[str, Path]) -> dict[str, frozenset[str]]:
    """Origins by the name of the browser; nothing of one whose file cannot be read."""
    return {name: frozenset(_refused(preferences(path))) for name, path in files.items()}


def _refused(content: object) -> Iterator[str]:
    for permission in _PERMISSIONS:
        entries = inside(content, ("profile", "content_settings", "exceptions", permission))
        for pattern, entry in entries.items() if isinstance(entries, dict) else ():
            if inside(entry, ("setting",)) == BLOCK:
                with suppress(ValueError):  # a pattern for many sites names no origin
                    yield origin_of(address(str(pattern).partition(",")[0], "pattern"))
